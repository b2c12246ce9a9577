import type { ObjectId } from '@lanewise/model';
import { findInTree, seekName, typeOfMode, type NameSought } from './parse-objects.js';
import { hasStrangeBytes } from './path-text.js';
import type { ObjectReader } from './read-objects.js';
import { listTree } from './read-trees.js';
import type { TreeEntry, TreePath } from './repository.js';
import type { Session } from './session.js';

type Found = (TreeEntry | undefined)[];

/** From so many names in one folder on, the folder is read: git reads all of it for each name. */
const fewNames = 4;

/** How many folders are read at once: of large ones each is hundreds of kilobytes. */
const foldersAtOnce = 32;

/** How many files of one commit are looked up one by one; for more its whole tree is listed. */
const fewPaths = 400;

/**
 * What stands at each path, one `cat-file` for all. Where several names are asked of one folder, the
 * folder is read once, however many commits have it; single folders are resolved by git itself.
 */
export async function readEntries(
  session: Session,
  reader: ObjectReader,
  paths: readonly TreePath[],
): Promise<readonly (TreeEntry | undefined)[]> {
  const result: Found = new Array<TreeEntry | undefined>(paths.length).fill(undefined);
  const sorted = sortPaths(paths);
  await Promise.all([
    readFolders(reader, paths, sorted.folders, result, idLengthOf(session)),
    readSingle(session, reader, paths, sorted, result),
  ]);
  return result;
}

interface SortedPaths {
  /** By `<commit>:<folder>` the numbers of the paths in it: several each. */
  readonly folders: ReadonlyMap<string, readonly number[]>;
  readonly single: readonly number[];
  readonly unaskable: readonly number[];
}

function sortPaths(paths: readonly TreePath[]): SortedPaths {
  const askable: number[] = [];
  const single: number[] = [];
  const unaskable: number[] = [];
  paths.forEach(({ path }, index) => {
    if (!isAskable(path)) unaskable.push(index);
    else if (path === '') single.push(index);
    else askable.push(index);
  });
  const folders = groupBy(askable, folderOf(paths));
  for (const [folder, indexes] of folders) {
    if (indexes.length >= fewNames) continue;
    folders.delete(folder);
    single.push(...indexes);
  }
  return { folders, single, unaskable };
}

/** A path with a line break cannot be asked for by line, and one that is no text not by its text. */
function isAskable(path: string): boolean {
  return !/[\n\r]/.test(path) && !hasStrangeBytes(path);
}

function nameOf(commit: ObjectId, path: string): string {
  return path === '' ? `${commit}^{tree}` : `${commit}:${path}`;
}

/** Each tree is walked once, for all names that any commit wants of it. */
async function readFolders(
  reader: ObjectReader,
  paths: readonly TreePath[],
  folders: SortedPaths['folders'],
  result: Found,
  idLength: number,
): Promise<void> {
  const checked = await reader.checkObjects([...folders.keys()]);
  const places = [...folders.values()];
  const isTree = places.flatMap((_, position) =>
    checked[position]?.type === 'tree' ? [position] : [],
  );
  const byTree = groupBy(isTree, (position) => checked[position]?.id as ObjectId);
  const trees = [...byTree].map(
    ([id, positions]) => [id, positions.flatMap((position) => places[position] ?? [])] as const,
  );
  const sought = makeSought(paths);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let from = next; from < trees.length; from = next) {
      next = from + foldersAtOnce;
      const some = trees.slice(from, next);
      const objects = await reader.readObjects(some.map(([id]) => id));
      some.forEach(([, indexes], position) => {
        const content = objects[position]?.content;
        if (content === undefined) return;
        findInTree(content, idLength, sought(indexes), ({ places }, mode, id) => {
          for (const index of places) {
            const { path } = paths[index] as TreePath;
            result[index] = { path, mode, type: typeOfMode(mode), id };
          }
        });
      });
    }
  };
  // Two groups are under way at a time: git reads one while the other is walked.
  await Promise.all([work(), work()]);
}

interface Sought extends NameSought {
  /** Numbers of the paths that have this name. */
  readonly places: number[];
}

/** The names of paths as trees are searched for them: the same names are wanted of many trees. */
function makeSought(
  paths: readonly TreePath[],
): (indexes: readonly number[]) => ReadonlyMap<number, readonly Sought[]> {
  const known = new Map<string, NameSought>();
  const nameOfPath = (index: number): NameSought => {
    const { path } = paths[index] as TreePath;
    const text = path.slice(path.lastIndexOf('/') + 1);
    let name = known.get(text);
    if (name === undefined) known.set(text, (name = seekName(text)));
    return name;
  };
  return (indexes) => {
    const byHash = new Map<number, Sought[]>();
    for (const index of indexes) {
      const name = nameOfPath(index);
      const same = byHash.get(name.hash);
      const there = same?.find(({ bytes }) => bytes === name.bytes);
      if (there !== undefined) there.places.push(index);
      else if (same !== undefined) same.push({ ...name, places: [index] });
      else byHash.set(name.hash, [{ ...name, places: [index] }]);
    }
    return byHash;
  };
}

/**
 * Few names of many folders: git resolves what is a folder. For files the folder is read, because
 * git cannot tell the mode of a file, nor resolve one whose blob is not in the store.
 */
async function readSingle(
  session: Session,
  reader: ObjectReader,
  paths: readonly TreePath[],
  { single, unaskable }: SortedPaths,
  result: Found,
): Promise<void> {
  const objects = await reader.checkObjects(
    single.map((index) => {
      const { commit, path } = paths[index] as TreePath;
      return nameOf(commit, path);
    }),
  );
  const files = single.filter((index, position) => {
    const object = objects[position];
    const { path } = paths[index] as TreePath;
    if (object?.type === 'tree')
      result[index] = { path, mode: '040000', type: 'tree', id: object.id };
    return object?.type !== 'tree' && path !== '';
  });
  await readFiles(session, reader, paths, [...files, ...unaskable], result);
}

async function readFiles(
  session: Session,
  reader: ObjectReader,
  paths: readonly TreePath[],
  indexes: readonly number[],
  result: Found,
): Promise<void> {
  const few: number[] = [];
  for (const [commit, group] of groupBy(indexes, (index) => (paths[index] as TreePath).commit)) {
    const asksEach = group.every((index) => isAskable((paths[index] as TreePath).path));
    if (group.length <= fewPaths && asksEach) few.push(...group);
    else await readFromList(session, commit, paths, group, result);
  }
  await readFolders(reader, paths, groupBy(few, folderOf(paths)), result, idLengthOf(session));
}

async function readFromList(
  session: Session,
  commit: ObjectId,
  paths: readonly TreePath[],
  group: readonly number[],
  result: Found,
): Promise<void> {
  const listed = new Map(
    (await listTree(session, commit, ['-t'])).map((entry) => [entry.path as string, entry]),
  );
  for (const index of group) result[index] = listed.get((paths[index] as TreePath).path);
}

function folderOf(paths: readonly TreePath[]): (index: number) => string {
  return (index) => {
    const { commit, path } = paths[index] as TreePath;
    return nameOf(commit, path.slice(0, Math.max(0, path.lastIndexOf('/'))));
  };
}

function groupBy<Key>(
  indexes: readonly number[],
  keyOf: (index: number) => Key,
): Map<Key, number[]> {
  const groups = new Map<Key, number[]>();
  for (const index of indexes) {
    const key = keyOf(index);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [index]);
    else known.push(index);
  }
  return groups;
}

function idLengthOf({ objectFormat }: Session): number {
  return objectFormat === 'sha1' ? 20 : 32;
}
