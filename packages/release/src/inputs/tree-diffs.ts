import type { FileChange, Repository, TreeEntry } from '@lanewise/git';
import { byText, type CommitId, type ObjectId, type RepoPath } from '@lanewise/model';

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

type Reader = Pick<Repository, 'diffTrees' | 'listFiles'>;

/** How many git processes may run at once. */
const parallel = 4;

/**
 * Reads the differences of all paths: the same folder with the same two trees is compared once,
 * however many bases have it; where there are fewer bases than such pairs, whole commits are compared.
 */
export async function readTreeDiffs(
  repository: Reader,
  head: CommitId,
  differing: readonly DifferingPath[],
): Promise<TreeDiffs> {
  const trees = differing.filter((one) => !isFile(one));
  const pairs = new Map(trees.map((one) => [keyOf(one), one]));
  const bases = [...new Set(trees.map(({ base }) => base))];
  if (bases.length < pairs.size) {
    const diffs = await mapParallel(bases, (base) => repository.diffTrees(base, head));
    const byBase = new Map(bases.map((base, index) => [base, sortChanges(diffs[index] ?? [])]));
    return kept((one) => {
      if (isFile(one)) return fileChange(one);
      const changes = byBase.get(one.base) ?? [];
      // The folder's own path too: a file or submodule may have come in its place.
      return one.path === ''
        ? changes
        : [...at(changes, one.path), ...below(changes, `${one.path}/`)];
    });
  }
  const keys = [...pairs.keys()];
  const diffs = await mapParallel([...pairs.values()], (one) => diffPair(repository, one));
  const byKey = new Map(keys.map((key, index) => [key, diffs[index] ?? []]));
  return (one) => (isFile(one) ? fileChange(one) : (byKey.get(keyOf(one)) ?? []));
}

/** Thousands of products ask for the same few folders. */
function kept(answer: TreeDiffs): TreeDiffs {
  const known = new Map<string, readonly ChangedFile[]>();
  return (one) => {
    const key = `${one.base}\0${one.path}`;
    let found = known.get(key);
    if (found === undefined) known.set(key, (found = answer(one)));
    return found;
  };
}

function sortChanges(changes: readonly FileChange[]): readonly ChangedFile[] {
  const files = changes.map(({ path, id }) => ({ path, deleted: id === null }));
  return files.sort((a, b) => byText(a.path, b.path));
}

/** Of sorted files those that begin with a text. */
function below(files: readonly ChangedFile[], prefix: string): readonly ChangedFile[] {
  let end = firstFrom(files, prefix);
  const start = end;
  while (files[end]?.path.startsWith(prefix) === true) end += 1;
  return files.slice(start, end);
}

/** Of sorted files the one at a path, where there is one. */
function at(files: readonly ChangedFile[], path: string): readonly ChangedFile[] {
  const found = files[firstFrom(files, path)];
  return found?.path === path ? [found] : [];
}

function firstFrom(files: readonly ChangedFile[], text: string): number {
  let [low, high] = [0, files.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (byText(files[middle]?.path ?? '', text) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Runs a task for each item, some at once, keeping the order. */
export async function mapParallel<T, R>(
  items: readonly T[],
  run: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await run(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, items.length) }, worker));
  return results;
}

async function diffPair(
  repository: Reader,
  { path, before, after }: DifferingPath,
): Promise<readonly ChangedFile[]> {
  const within = (inner: string): RepoPath =>
    (path === '' ? inner : `${path}/${inner}`) as RepoPath;
  const [old, now] = [treeOf(before), treeOf(after)];
  if (old !== null && now !== null) {
    const changes = await repository.diffTrees(old, now);
    return changes.map((change) => ({ path: within(change.path), deleted: change.id === null }));
  }
  const only = old ?? now;
  const listed = only === null ? [] : await repository.listFiles(only);
  const files = listed.map((file) => ({ path: within(file.path), deleted: now === null }));
  // What stood in the folder's place, or came into it: a file, a link, a submodule.
  const place = old === null ? before : after;
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
