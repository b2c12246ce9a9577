import type { CommitId, ObjectId, RepoPath } from '@lanewise/model';
import type { HistoryIndex, IndexedCommit, LostTip } from './history-index.js';
import type { Trailers } from './trailers.js';

/** Raise it when the index means something else: what an older one kept is read anew. */
const format = 1;

type PackedCommit = readonly [
  commit: string,
  at: number,
  author: string,
  subject: string,
  trailers: Trailers | 0,
  /** Number of the path, then the blob or 0, by turns. */
  changes: readonly (number | string)[],
];

interface PackedIndex {
  readonly format: number;
  readonly watch: string;
  readonly tip: string;
  readonly lostTips: readonly LostTip[];
  readonly paths: readonly string[];
  readonly commits: readonly PackedCommit[];
}

/** The index in few bytes: each path once. */
export function packIndex(index: HistoryIndex, watch: string): PackedIndex {
  const numbers = new Map<string, number>();
  const numberOf = (path: string): number => {
    const known = numbers.get(path);
    if (known !== undefined) return known;
    numbers.set(path, numbers.size);
    return numbers.size - 1;
  };
  const commits = index.commits.map((one): PackedCommit => [
    one.commit,
    one.at,
    one.author,
    one.subject,
    Object.keys(one.trailers).length === 0 ? 0 : one.trailers,
    one.changes.flatMap(({ path, id }) => [numberOf(path), id ?? 0]),
  ]);
  const { tip, lostTips } = index;
  return { format, watch, tip, lostTips, paths: [...numbers.keys()], commits };
}

/** The index as it was; null for what is none. */
export function unpackIndex(value: unknown): { index: HistoryIndex; watch: string } | null {
  if (typeof value !== 'object' || value === null) return null;
  const packed = value as PackedIndex;
  if (packed.format !== format || !Array.isArray(packed.commits)) return null;
  const paths = packed.paths as readonly RepoPath[];
  const commits = packed.commits.map(
    ([commit, at, author, subject, trailers, changes], position): IndexedCommit => ({
      position,
      commit: commit as CommitId,
      at,
      author,
      subject,
      trailers: trailers === 0 ? {} : trailers,
      changes: unpackChanges(changes, paths),
    }),
  );
  return {
    index: { tip: packed.tip as CommitId, commits, lostTips: packed.lostTips },
    watch: packed.watch,
  };
}

function unpackChanges(
  changes: readonly (number | string)[],
  paths: readonly RepoPath[],
): IndexedCommit['changes'] {
  const list: { path: RepoPath; id: ObjectId | null }[] = [];
  for (let at = 0; at + 1 < changes.length; at += 2) {
    const path = paths[Number(changes[at])];
    const id = changes[at + 1];
    if (path !== undefined) list.push({ path, id: id === 0 ? null : (id as ObjectId) });
  }
  return list;
}
