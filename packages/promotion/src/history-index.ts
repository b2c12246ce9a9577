import { join } from 'node:path';
import type { ChangedCommit, Repository } from '@lanewise/git';
import {
  oneLine,
  type CommitId,
  type ObjectId,
  type RefName,
  type RepoPath,
} from '@lanewise/model';
import type { CommitNote } from './cell.js';
import { readKept, writeKept } from './kept-file.js';
import { packIndex, unpackIndex } from './pack-index.js';
import { isAncestor, keptName, readSeenTip } from './seen-tip.js';
import { readTrailers } from './trailers.js';
import type { Watch } from './watch.js';

/** A commit of the first-parent line with the watched files that it changed. */
export interface IndexedCommit extends CommitNote {
  /** Its number in the index: later ones came later. */
  readonly position: number;
  readonly changes: readonly { readonly path: RepoPath; readonly id: ObjectId | null }[];
}

/** A branch whose history was replaced: seen because a tip that was kept is no ancestor of the new one. */
export interface LostTip {
  readonly lost: CommitId;
  /** The last watched commit of the new history when that was seen; null: it had none. */
  readonly after: CommitId | null;
}

/** The watched past of a branch, oldest first. */
export interface HistoryIndex {
  readonly tip: CommitId;
  readonly commits: readonly IndexedCommit[];
  readonly lostTips: readonly LostTip[];
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
  const [read, seen] = await Promise.all([
    file === null ? null : readKept(file),
    readSeenTip(repository, branch),
  ]);
  const kept = unpackIndex(read);
  const lost = await findLost(sources, kept?.index ?? null, seen);
  const usable = kept?.watch === watch.digest && lost !== kept.index.tip ? kept.index : null;
  if (usable?.tip === tip && lost === null) return usable;
  const index = await bringUpToDate(sources, usable, kept?.index.lostTips ?? [], lost);
  if (file !== null) await writeKept(file, packIndex(index, watch.digest));
  return index;
}

/** A tip that was kept and is no ancestor of the new one, unless that was noticed before. */
async function findLost(
  { repository, tip }: IndexSources,
  kept: HistoryIndex | null,
  seen: CommitId | null,
): Promise<CommitId | null> {
  for (const known of [kept?.tip ?? null, seen]) {
    if (known === null || known === tip) continue;
    if (await isAncestor(repository, tip, known)) continue;
    if (known === kept?.tip || kept?.lostTips.every(({ lost }) => lost !== known) !== false)
      return known;
  }
  return null;
}

async function bringUpToDate(
  sources: IndexSources,
  usable: HistoryIndex | null,
  lostTips: readonly LostTip[],
  lost: CommitId | null,
): Promise<HistoryIndex> {
  const { tip } = sources;
  const extended =
    usable === null ? null : usable.tip === tip ? usable : await extend(sources, usable);
  const commits = extended?.commits ?? (await readAll(sources));
  if (lost === null) return { tip, commits, lostTips };
  const after = commits.at(-1)?.commit ?? null;
  return { tip, commits, lostTips: [...lostTips, { lost, after }] };
}

/** The commits since the kept tip; null where that is no commit of the new first-parent line. */
async function extend(sources: IndexSources, kept: HistoryIndex): Promise<HistoryIndex | null> {
  const { repository, tip, watch } = sources;
  const newer: ChangedCommit[] = [];
  let oldest: ChangedCommit | null = null;
  for await (const commit of repository.readHistory({
    tip,
    since: [kept.tip],
    firstParent: true,
  })) {
    oldest = commit;
    if (commit.changes.some(({ path }) => watch.matches(path))) newer.push(commit);
  }
  if (oldest?.parents[0] !== kept.tip) return null;
  const commits = [
    ...kept.commits,
    ...(await toIndexed(sources, newer.reverse(), kept.commits.length)),
  ];
  return { tip, commits, lostTips: kept.lostTips };
}

async function readAll(sources: IndexSources): Promise<readonly IndexedCommit[]> {
  const { repository, tip, watch } = sources;
  const found: ChangedCommit[] = [];
  const paths = watch.folders === null ? {} : { paths: watch.folders };
  for await (const commit of repository.readHistory({ tip, firstParent: true, ...paths })) {
    if (commit.changes.some(({ path }) => watch.matches(path))) found.push(commit);
  }
  return toIndexed(sources, found.reverse(), 0);
}

async function toIndexed(
  { repository, watch }: IndexSources,
  commits: readonly ChangedCommit[],
  first: number,
): Promise<readonly IndexedCommit[]> {
  const dates = new Map(commits.map(({ id, committedAt }) => [id, committedAt]));
  const parents = new Set(commits.flatMap((commit) => commit.parents));
  const unknown = [...parents].filter((id) => !dates.has(id));
  const read = unknown.length === 0 ? [] : await repository.readCommits(unknown);
  for (const [id, { committedAt }] of read) dates.set(id, committedAt);
  return commits.map((commit, index) => ({
    position: first + index,
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
