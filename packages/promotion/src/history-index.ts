import { join } from 'node:path';
import type { ChangedCommit, Repository } from '@lanewise/git';
import {
  isLanewiseError,
  oneLine,
  type CommitId,
  type ObjectId,
  type RefName,
  type RepoPath,
} from '@lanewise/model';
import type { CommitNote } from './cell.js';
import { joinIndexParts, readIndexParts, writeIndexPart, type IndexEntry } from './index-text.js';
import { appendToJournal, beginJournal, mostParts, readJournal } from './kept-journal.js';
import { isAncestor, keptName, readSeenTip } from './seen-tip.js';
import { readTrailers } from './trailers.js';
import type { Watch } from './watch.js';

/** A commit of the first-parent line that changed watched files. */
export interface IndexedCommit extends CommitNote {
  /** Its number in the index: later ones came later. */
  readonly position: number;
}

/** What a commit made of a watched file. */
export interface FileStep {
  /** The commit's number. */
  readonly position: number;
  /** null: the file was deleted. */
  readonly blob: ObjectId | null;
}

/** A branch whose history was replaced: seen because a tip that was kept is no ancestor of the new one. */
export interface LostTip {
  readonly lost: CommitId;
  /** The last watched commit of the new history when that was seen; null: it had none. */
  readonly after: CommitId | null;
}

/**
 * The watched past of a branch. It is kept as text, of which only what is asked for is read: most
 * questions are about a few files among thousands.
 */
export interface HistoryIndex {
  readonly tip: CommitId;
  readonly lostTips: readonly LostTip[];
  readonly parts: readonly string[];
  /** How many commits there are, and each by its number, oldest first. */
  readonly count: number;
  readonly commit: (position: number) => IndexedCommit;
  readonly has: (commit: CommitId) => boolean;
  /** What happened to files, oldest first; a file that never changed is left out. */
  readonly steps: (paths: ReadonlySet<RepoPath>) => ReadonlyMap<RepoPath, readonly FileStep[]>;
}

export interface IndexSources {
  readonly repository: Pick<
    Repository,
    'readHistory' | 'readCommits' | 'readAncestry' | 'cacheDirectory'
  >;
  readonly branch: RefName;
  readonly tip: CommitId;
  readonly watch: Watch;
}

/**
 * The index of a branch's history: the kept one, extended by the commits since its tip, else read
 * from the beginning. Without a place to keep it, it is read each time; the answers are the same.
 */
export async function readHistoryIndex(sources: IndexSources): Promise<HistoryIndex> {
  const { repository, branch, watch, tip } = sources;
  const file = keptAt(sources);
  const [parts, seen] = await Promise.all([
    file === null ? null : readJournal(file),
    readSeenTip(repository, branch),
  ]);
  const kept = readIndexParts(parts ?? []);
  const known = kept?.index ?? null;
  const newer = known === null ? null : await readNewer(sources, known);
  const lost = await findLost(sources, known, seen, newer);
  const usable = kept?.watch === watch.digest ? known : null;
  const from = newer === null ? null : usable;
  if (from?.tip === tip && lost === null) return from;
  const entries = from === null ? await readAll(sources) : await toEntries(sources, newer ?? []);
  const first = from?.count ?? 0;
  const after = entries.at(-1)?.commit ?? (first > 0 ? from?.commit(first - 1).commit : null);
  const before = known?.lostTips ?? [];
  const lostTips = lost === null ? before : [...before, { lost, after: after ?? null }];
  const part = writeIndexPart({ watch: watch.digest, tip, lostTips, first }, entries);
  if (file !== null) await keep(file, from?.parts ?? [], part);
  return readIndexParts([...(from?.parts ?? []), part])?.index ?? throwUnread();
}

function throwUnread(): never {
  throw new Error('An index that was just written does not read as one.');
}

/** Appends to what is kept; many small parts become one, as each costs a little to look through. */
async function keep(file: string, before: readonly string[], part: string): Promise<void> {
  if (before.length === 0) await beginJournal(file, part);
  else if (before.length < mostParts) await appendToJournal(file, part);
  else await beginJournal(file, joinIndexParts([...before, part]));
}

/** A tip that was kept and is no ancestor of the new one, unless that was noticed before. */
async function findLost(
  { repository, tip }: IndexSources,
  kept: HistoryIndex | null,
  seen: CommitId | null,
  newer: readonly ChangedCommit[] | null,
): Promise<CommitId | null> {
  const isNewer = (commit: CommitId): boolean => newer?.some(({ id }) => id === commit) === true;
  for (const known of [kept?.tip ?? null, seen]) {
    if (known === null || known === tip) continue;
    // The new first-parent line goes on from the kept tip: what is on it is an ancestor.
    if (newer !== null && (known === kept?.tip || isNewer(known) || kept?.has(known))) continue;
    if (await isAncestor(repository, tip, known)) continue;
    if (known === kept?.tip || kept?.lostTips.every(({ lost }) => lost !== known) !== false)
      return known;
  }
  return null;
}

/** The commits since the kept tip, newest first; null where that is no commit of the new first-parent line. */
async function readNewer(
  { repository, tip }: IndexSources,
  kept: HistoryIndex,
): Promise<readonly ChangedCommit[] | null> {
  if (kept.tip === tip) return [];
  const newer: ChangedCommit[] = [];
  try {
    const walk = { tip, since: [kept.tip], firstParent: true };
    for await (const commit of repository.readHistory(walk)) newer.push(commit);
  } catch (error) {
    if (isLanewiseError(error, 'OBJECT_MISSING')) return null;
    throw error;
  }
  return newer.at(-1)?.parents[0] === kept.tip ? newer : null;
}

async function readAll(sources: IndexSources): Promise<readonly IndexEntry[]> {
  const { repository, tip, watch } = sources;
  const found: ChangedCommit[] = [];
  const paths = watch.folders === null ? {} : { paths: watch.folders };
  for await (const commit of repository.readHistory({ tip, firstParent: true, ...paths })) {
    if (commit.changes.some(({ path }) => watch.matches(path))) found.push(commit);
  }
  return toEntries(sources, found);
}

/** Commits, newest first, as entries, oldest first; those that changed nothing watched are left out. */
async function toEntries(
  { repository, watch }: IndexSources,
  newestFirst: readonly ChangedCommit[],
): Promise<readonly IndexEntry[]> {
  const commits = newestFirst
    .filter(({ changes }) => changes.some(({ path }) => watch.matches(path)))
    .reverse();
  const dates = new Map(commits.map(({ id, committedAt }) => [id, committedAt]));
  const parents = new Set(commits.flatMap((commit) => commit.parents));
  const unknown = [...parents].filter((id) => !dates.has(id));
  const read = unknown.length === 0 ? [] : await repository.readCommits(unknown);
  for (const [id, { committedAt }] of read) dates.set(id, committedAt);
  return commits.map((commit) => ({
    commit: commit.id,
    at: Math.max(commit.committedAt, ...commit.parents.map((id) => dates.get(id) ?? 0)),
    author: oneLine(commit.author.name),
    subject: oneLine(commit.message.split('\n', 1)[0] ?? '').slice(0, 200),
    trailers: readTrailers(commit.message),
    changes: commit.changes
      .filter(({ path }) => watch.matches(path))
      .map(({ path, id }) => ({ path, id })),
  }));
}

function keptAt({ repository, branch }: IndexSources): string | null {
  if (repository.cacheDirectory === null) return null;
  return join(repository.cacheDirectory, keptName('history', branch));
}
