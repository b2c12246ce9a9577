import type { FileChange, Repository, TreeEntry } from '@lanewise/git';
import type { CommitId, ObjectId, RepoPath } from '@lanewise/model';

/** A file that differs between a base and HEAD. */
export interface ChangedFile {
  readonly path: RepoPath;
  readonly deleted: boolean;
}

/** One folder or file that differs between a base and HEAD, with what stands there at both. */
export interface DifferingPath {
  readonly base: CommitId;
  readonly path: RepoPath;
  readonly before: TreeEntry | undefined;
  readonly after: TreeEntry | undefined;
}

/** The files that differ at or below a path, answered from what was read before. */
export type TreeDiffs = (differing: DifferingPath) => readonly ChangedFile[];

/**
 * Reads the differences of all paths: the same folder with the same two trees is compared once,
 * however many bases have it, and all pairs by one process.
 */
export async function readTreeDiffs(
  repository: Pick<Repository, 'diffTreePairs'>,
  differing: readonly DifferingPath[],
): Promise<TreeDiffs> {
  const pairs = new Map(differing.filter((one) => !isFile(one)).map((one) => [keyOf(one), one]));
  const asked = [...pairs.values()];
  const diffs = await repository.diffTreePairs(
    asked.map(({ before, after }) => ({ from: treeOf(before), to: treeOf(after) })),
  );
  const changes = new Map(
    asked.map((one, index) => [keyOf(one), changedIn(one, diffs[index] ?? [])]),
  );
  return (one) => (isFile(one) ? fileChange(one) : (changes.get(keyOf(one)) ?? []));
}

/** The files by their paths from the root, and what stood in the folder's place or came into it. */
function changedIn(
  { path, before, after }: DifferingPath,
  changes: readonly FileChange[],
): readonly ChangedFile[] {
  const prefix = path === '' ? '' : `${path}/`;
  const files = changes.map((change) => ({
    path: `${prefix}${change.path}` as RepoPath,
    deleted: change.id === null,
  }));
  const place = treeOf(before) === null ? before : treeOf(after) === null ? after : undefined;
  return place === undefined ? files : [...files, { path, deleted: after === undefined }];
}

function isFile({ before, after }: DifferingPath): boolean {
  return treeOf(before) === null && treeOf(after) === null;
}

function fileChange({ path, after }: DifferingPath): readonly ChangedFile[] {
  return [{ path, deleted: after === undefined }];
}

function treeOf(entry: TreeEntry | undefined): ObjectId | null {
  return entry?.type === 'tree' ? entry.id : null;
}

function keyOf({ path, before, after }: DifferingPath): string {
  return `${path}\0${before?.id ?? ''}\0${after?.id ?? ''}`;
}
