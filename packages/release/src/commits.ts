import { CommitParser, type ParserOptions } from 'conventional-commits-parser';
import { defaultTypes, oneLine, type Bump, type CommitId, type Versioning } from '@lanewise/model';
import { readMessage, referencesIn } from './commit-message.js';
import type { CommitOrigin } from './touching.js';

/** A commit that touched a product's inputs. */
export interface TouchingCommit {
  readonly id: CommitId;
  readonly message: string;
  readonly merge: boolean;
  /** Whether it touched nothing of the product itself, only what it is built from. */
  readonly dependency: boolean;
  /** Of a merge that was taken back later: the commits that it brought. */
  readonly brought?: ReadonlySet<string>;
  /** Who made it and all that it touched, where an explanation asks for it; shared by all products. */
  readonly origin?: CommitOrigin;
}

/** A change that a commit's message tells of, by the rules of Conventional Commits 1.0.0. */
export interface ConventionalCommit {
  readonly type: string | null;
  readonly scope: string | null;
  readonly subject: string;
  readonly breaking: boolean;
  /** What breaks, in the words of its `BREAKING CHANGE` footers; null where there is none. */
  readonly warning: string | null;
  /** null: nothing that raises a version by itself. */
  readonly bump: Bump | null;
  /** Ids (or their beginnings) of the commits that it takes back, and requests such as `#12`. */
  readonly reverts: readonly string[];
  /** The pull or merge request that it came by: `#12`, `!12`. */
  readonly request: string | null;
  /** That request, and the issues that it names. */
  readonly references: readonly string[];
}

// References to issues are left out: the patterns that look for them take time that grows with the
// square of a line's length, and anybody may write a commit message.
const options = {
  headerPattern: /^(\w[\w-]*)(?:\(([^()\r\n]*)\))?(!?): +(.*)$/,
  headerCorrespondence: ['type', 'scope', 'mark', 'subject'],
  // A footer is a line of its own that begins with exactly these words (in capitals).
  noteKeywords: ['BREAKING CHANGE', 'BREAKING-CHANGE'],
  notesPattern: (keywords: string) => new RegExp(`^(${keywords}): +(.*)`),
  fieldPattern: /(?!)/,
  revertPattern: /(?!)/,
  issuePrefixes: undefined,
  referenceActions: undefined,
};
const parser = new CommitParser(options as unknown as ParserOptions);

/**
 * Reads a commit's message as one change. How much its type raises a version is configured (`feat`
 * the minor part, `fix`, `perf` and a revert the patch); `!` or a `BREAKING CHANGE` footer raise the
 * major one. Case of the type does not matter. Of a merge commit the title of its request counts.
 */
export function parseCommit(
  message: string,
  types: Versioning['types'] = defaultTypes,
): ConventionalCommit {
  const { title, breaking: footers, request, issues, reverts } = readMessage(message);
  const references = [...new Set([...(request === null ? [] : [request]), ...issues])];
  const said = { reverts, request, references };
  const plain = {
    type: null,
    scope: null,
    subject: oneLine(title),
    breaking: false,
    warning: null,
  };
  const reverting = reverts.length > 0 ? bumpOfType('revert', types) : null;
  if (title.trim() === '') return { ...plain, ...said, bump: reverting };
  const parsed = parser.parse([title, '', ...footers].join('\n'));
  const type = parsed['type']?.toLowerCase() ?? null;
  const notes = parsed.notes.filter(({ title: token }) => /^BREAKING[ -]CHANGE$/.test(token));
  const warning = notes.map(({ text }) => oneLine(text)).join('; ');
  if (type === null) return { ...plain, ...said, bump: reverting };
  const breaking = parsed['mark'] === '!' || notes.length > 0;
  const scope = oneLine(parsed['scope'] ?? '');
  return {
    type,
    scope: scope === '' ? null : scope,
    subject: oneLine(parsed['subject'] ?? title),
    breaking,
    warning: warning === '' ? null : warning,
    bump: breaking ? 'major' : bumpOfType(type, types),
    ...said,
  };
}

/**
 * The changes that a commit tells of: one, or where it puts many together under a title of no type
 * (a squash with a list of commits) one for each entry of that list. Below a title with a type the
 * list adds nothing but what breaks: whoever wrote the title said what the whole is.
 */
export function readChanges(
  message: string,
  types: Versioning['types'] = defaultTypes,
): readonly ConventionalCommit[] {
  return readOnce(message, types).changes;
}

interface ReadMessage {
  readonly parsed: ConventionalCommit;
  readonly changes: readonly ConventionalCommit[];
}

/** A commit to a library tells the same to every product built from it: each message is read once. */
const readMessages = new WeakMap<Versioning['types'], Map<string, ReadMessage>>();
const mostRead = 10_000;

function readOnce(message: string, types: Versioning['types']): ReadMessage {
  let known = readMessages.get(types);
  if (known === undefined || known.size >= mostRead)
    readMessages.set(types, (known = new Map<string, ReadMessage>()));
  let read = known.get(message);
  if (read === undefined) {
    const parsed = parseCommit(message, types);
    known.set(message, (read = { parsed, changes: listChanges(message, parsed, types) }));
  }
  return read;
}

function listChanges(
  message: string,
  whole: ConventionalCommit,
  types: Versioning['types'],
): readonly ConventionalCommit[] {
  const known = (type: string | null): boolean =>
    type !== null && (Object.hasOwn(types, type) || commonTypes.has(type));
  const listed = readMessage(message)
    .listed.map((line) => parseCommit(line, types))
    .filter(({ type }) => known(type));
  if (listed.length === 0) return [whole];
  const breaking = whole.breaking || listed.some((one) => one.breaking);
  if (whole.type !== null) return [breaking ? { ...whole, breaking, bump: 'major' } : whole];
  const { request, reverts } = whole;
  return listed.map((one) => ({
    ...one,
    request,
    reverts,
    references: [
      ...new Set([...(request === null ? [] : [request]), ...referencesIn(one.subject)]),
    ],
    // A footer tells of the whole list.
    ...(whole.warning !== null && { warning: whole.warning }),
  }));
}

/** Types that people write without their raising anything: a list's entries are known by them. */
const commonTypes = new Set(['build', 'chore', 'ci', 'docs', 'refactor', 'style', 'test']);

function bumpOfType(type: string, types: Versioning['types']): Bump | null {
  const bump = Object.hasOwn(types, type) ? types[type]?.bump : undefined;
  return bump === undefined || bump === 'none' ? null : bump;
}

/** A commit with what its message tells. */
export interface ReadCommit extends TouchingCommit {
  readonly changes: readonly ConventionalCommit[];
}

/** Commits with their changes, those left out that were taken back among them. Newest first. */
export function readCommits(
  commits: readonly TouchingCommit[],
  types: Versioning['types'] = defaultTypes,
): readonly ReadCommit[] {
  const read = commits.map((commit) => ({
    ...commit,
    ...readOnce(commit.message, types),
  }));
  return cancelReverts(read);
}

/**
 * Commits without those that were taken back among them: a revert and what it reverts say nothing
 * of the outcome. Newest first, so that the revert of a revert brings its commit back. With a merge
 * go the commits that it brought.
 */
export function cancelReverts<
  T extends {
    readonly id: string;
    readonly parsed: ConventionalCommit;
    readonly brought?: ReadonlySet<string>;
  },
>(commits: readonly T[]): readonly T[] {
  const gone = new Set<T>();
  for (const commit of commits) {
    if (gone.has(commit)) continue;
    const taken = commit.parsed.reverts.map((name) => named(name, commits, commit));
    if (taken.length === 0 || taken.some((found) => found.length === 0)) continue;
    for (const one of [commit, ...taken.flat()]) gone.add(one);
    for (const { brought } of taken.flat()) {
      if (brought === undefined) continue;
      for (const other of commits) if (brought.has(other.id)) gone.add(other);
    }
  }
  return commits.filter((commit) => !gone.has(commit));
}

/** The commits that a revert names, by id or by the request that they came by. */
function named<T extends { readonly id: string; readonly parsed: ConventionalCommit }>(
  name: string,
  commits: readonly T[],
  revert: T,
): readonly T[] {
  if (/^[#!]/.test(name))
    return commits.filter((other) => other !== revert && other.parsed.request === name);
  return commits.filter((other) => other.id.startsWith(name)).slice(0, 1);
}
