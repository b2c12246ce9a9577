import { CommitParser, type ParserOptions } from 'conventional-commits-parser';
import { oneLine, type CommitId } from '@lanewise/model';
import type { CommitOrigin } from './touching.js';

/** How much a change raises a version. */
export type Bump = 'major' | 'minor' | 'patch';

/** A commit that touched a product's inputs. */
export interface TouchingCommit {
  readonly id: CommitId;
  readonly message: string;
  readonly merge: boolean;
  /** Whether it touched nothing of the product itself, only what it is built from. */
  readonly dependency: boolean;
  /** Who made it and all that it touched, where an explanation asks for it; shared by all products. */
  readonly origin?: CommitOrigin;
}

/** What a commit's message says, by the rules of Conventional Commits 1.0.0. */
export interface ConventionalCommit {
  readonly type: string | null;
  readonly scope: string | null;
  readonly subject: string;
  readonly breaking: boolean;
  /** null: nothing that raises a version by itself. */
  readonly bump: Bump | null;
  /** Ids (or their beginnings) of the commits that it takes back. */
  readonly reverts: readonly string[];
}

// References to issues are left out: the patterns that look for them take time that grows with the
// square of a line's length, and anybody may write a commit message.
const options = {
  headerPattern: /^(\w[\w-]*)(?:\(([^()\r\n]*)\))?(!?): +(.*)$/,
  headerCorrespondence: ['type', 'scope', 'mark', 'subject'],
  breakingHeaderPattern: /^(\w[\w-]*)(?:\(([^()\r\n]*)\))?(!): +(.*)$/,
  // A footer is a line of its own that begins with exactly these words (in capitals).
  noteKeywords: ['BREAKING CHANGE', 'BREAKING-CHANGE'],
  notesPattern: (keywords: string) => new RegExp(`^(${keywords}): +(.*)`),
  fieldPattern: /(?!)/,
  revertPattern: /(?!)/,
  issuePrefixes: undefined,
  referenceActions: undefined,
};
const parser = new CommitParser(options as unknown as ParserOptions);

const bumps: Readonly<Record<string, Bump>> = {
  feat: 'minor',
  fix: 'patch',
  perf: 'patch',
  revert: 'patch',
};

/**
 * Reads a commit's message. `feat` raises the minor part, `fix`, `perf` and a revert the patch,
 * `!` or a `BREAKING CHANGE` footer the major one; case of the type does not matter.
 */
export function parseCommit(message: string): ConventionalCommit {
  const header = message.slice(0, longestHeader).split(/\r?\n/, 1)[0] ?? '';
  const reverts = revertedBy(message);
  const plain = { type: null, scope: null, subject: oneLine(header), breaking: false };
  if (header.trim() === '') return { ...plain, bump: null, reverts };
  const parsed = parser.parse([header, '', ...breakingLines(message)].join('\n'));
  const type = parsed['type']?.toLowerCase() ?? null;
  if (type === null) return { ...plain, bump: reverts.length > 0 ? 'patch' : null, reverts };
  const breaking =
    parsed['mark'] === '!' || parsed.notes.some(({ title }) => /^BREAKING[ -]CHANGE$/.test(title));
  const scope =
    parsed['scope'] === undefined || parsed['scope'] === null ? null : oneLine(parsed['scope']);
  return {
    type,
    scope: scope === '' ? null : scope,
    subject: oneLine(parsed['subject'] ?? header),
    breaking,
    bump: breaking ? 'major' : Object.hasOwn(bumps, type) ? (bumps[type] ?? null) : null,
    reverts,
  };
}

/** The only lines below the header that raise a version. */
function breakingLines(message: string): readonly string[] {
  const lines = message.slice(0, longestMessage).split('\n', 2000);
  return lines.filter((line) => line.startsWith('BREAKING')).map((line) => line.slice(0, 200));
}

/** A message longer than any person's is read only at its beginning. */
const longestMessage = 65_536;
const longestHeader = 500;

/** git's own words (`This reverts commit …`), and the `Refs:` footer of a `revert:` commit. */
function revertedBy(message: string): readonly string[] {
  const text = message.slice(0, longestMessage);
  const said = [...text.matchAll(/\bThis reverts commit ([0-9a-f]{7,64})\b/g)].map(([, id]) => id);
  const footer = /^revert(?:\([^()\r\n]*\))?!?: /i.test(text)
    ? [...text.matchAll(/^Refs: (.*)$/gm)].flatMap(
        ([, ids = '']) => ids.match(/\b[0-9a-f]{7,64}\b/g) ?? [],
      )
    : [];
  return [...said.filter((id) => id !== undefined), ...footer];
}

/**
 * Commits without those that were taken back among them: a revert and what it reverts say nothing
 * of the outcome. Newest first, so that the revert of a revert brings its commit back.
 */
export function cancelReverts<
  T extends { readonly id: string; readonly parsed: ConventionalCommit },
>(commits: readonly T[]): readonly T[] {
  const gone = new Set<T>();
  for (const commit of commits) {
    if (gone.has(commit)) continue;
    const taken = commit.parsed.reverts.flatMap(
      (id) => commits.find((other) => other.id.startsWith(id)) ?? [],
    );
    if (taken.length === 0 || taken.length < commit.parsed.reverts.length) continue;
    for (const one of [commit, ...taken]) gone.add(one);
  }
  return commits.filter((commit) => !gone.has(commit));
}
