import { LanewiseError, type ObjectId, type RepoPath } from '@lanewise/model';
import { decodePath, hasStrangeBytes } from './path-text.js';
import { lastWords } from './failure.js';
import { parseTree, normalMode, typeOfMode, type RawTreeEntry } from './parse-objects.js';
import type { ObjectReader } from './read-objects.js';
import type { FileChange, FileMode, TreeEntry, TreePath } from './repository.js';
import { runGit } from './runner.js';
import type { Session } from './session.js';

/** How many files of one commit are looked up one by one; for more its whole tree is listed. */
const fewPaths = 400;

/**
 * What stands at each path. Folders are resolved by git itself (`<commit>:<path>`); for files the
 * folder is read, because git cannot tell the mode of a file, nor resolve one whose blob is not
 * in the store.
 */
export async function readEntries(
  session: Session,
  reader: ObjectReader,
  paths: readonly TreePath[],
): Promise<readonly (TreeEntry | undefined)[]> {
  const result: (TreeEntry | undefined)[] = new Array<TreeEntry | undefined>(paths.length).fill(
    undefined,
  );
  const rest: number[] = [];
  const askable = paths.flatMap((path, index) => (isAskable(path.path) ? [index] : []));
  const names = askable.map((index) => nameOf(paths[index] as TreePath));
  const objects = await reader.checkObjects(names);
  askable.forEach((index, position) => {
    const object = objects[position];
    const path = (paths[index] as TreePath).path;
    if (object?.type === 'tree')
      result[index] = { path, mode: '040000', type: 'tree', id: object.id };
    else if (path !== '') rest.push(index);
  });
  rest.push(...paths.flatMap((path, index) => (isAskable(path.path) ? [] : [index])));
  await readFiles(session, reader, paths, rest, result);
  return result;
}

/** A path with a line break cannot be asked for by line, and one that is no text not by its text. */
function isAskable(path: string): boolean {
  return !/[\n\r]/.test(path) && !hasStrangeBytes(path);
}

function nameOf({ commit, path }: TreePath): string {
  return path === '' ? `${commit}^{tree}` : `${commit}:${path}`;
}

async function readFiles(
  session: Session,
  reader: ObjectReader,
  paths: readonly TreePath[],
  indexes: readonly number[],
  result: (TreeEntry | undefined)[],
): Promise<void> {
  const byCommit = new Map<ObjectId, number[]>();
  for (const index of indexes) {
    const { commit } = paths[index] as TreePath;
    byCommit.set(commit, [...(byCommit.get(commit) ?? []), index]);
  }
  const few: number[] = [];
  for (const [commit, group] of byCommit) {
    if (
      group.length <= fewPaths &&
      group.every((index) => isAskable((paths[index] as TreePath).path))
    )
      few.push(...group);
    else await readFromList(session, commit, paths, group, result);
  }
  await readFromFolders(reader, paths, few, result, session.objectFormat === 'sha1' ? 20 : 32);
}

async function readFromList(
  session: Session,
  commit: ObjectId,
  paths: readonly TreePath[],
  group: readonly number[],
  result: (TreeEntry | undefined)[],
): Promise<void> {
  const listed = new Map(
    (await listTree(session, commit, ['-t'])).map((entry) => [entry.path as string, entry]),
  );
  for (const index of group) result[index] = listed.get((paths[index] as TreePath).path);
}

async function readFromFolders(
  reader: ObjectReader,
  paths: readonly TreePath[],
  indexes: readonly number[],
  result: (TreeEntry | undefined)[],
  idLength: number,
): Promise<void> {
  const folders = indexes.map((index) => {
    const { commit, path } = paths[index] as TreePath;
    return nameOf({ commit, path: path.slice(0, Math.max(0, path.lastIndexOf('/'))) as RepoPath });
  });
  const distinct = [...new Set(folders)];
  const checked = await reader.checkObjects(distinct);
  const folderIds = new Map(
    distinct.map((name, position) => [
      name,
      checked[position]?.type === 'tree' ? checked[position]?.id : undefined,
    ]),
  );
  const ids = [...new Set([...folderIds.values()].filter((id) => id !== undefined))];
  const trees = new Map<string, ReadonlyMap<string, RawTreeEntry>>();
  (await reader.readObjects(ids)).forEach((object, position) => {
    const entries = object === undefined ? [] : parseTree(object.content, idLength);
    trees.set(ids[position] as string, new Map(entries.map((entry) => [entry.name, entry])));
  });
  indexes.forEach((index, position) => {
    const { path } = paths[index] as TreePath;
    const tree = trees.get(folderIds.get(folders[position] as string) ?? '');
    const entry = tree?.get(path.slice(path.lastIndexOf('/') + 1));
    if (entry !== undefined)
      result[index] = { path, mode: entry.mode, type: entry.type, id: entry.id };
  });
}

/** All files of a tree, or those at or below some paths, in git's order. Throws OBJECT_MISSING. */
export async function listTree(
  session: Session,
  commit: ObjectId,
  options: readonly string[],
  below?: readonly RepoPath[],
): Promise<readonly TreeEntry[]> {
  if (below?.length === 0) return [];
  const limit = below === undefined || below.includes('' as RepoPath) ? [] : below;
  const result = await runGit(session.readerPlace, [
    'ls-tree',
    '-r',
    '-z',
    '--full-tree',
    ...options,
    commit,
    '--',
    ...limit,
  ]);
  if (result.code !== 0) throw unreadableTree(session, commit, result.stderr);
  return parseTreeList(result.stdout);
}

/** Parses `ls-tree -z`: `<mode> <type> <id>`, tab, path, NUL. */
export function parseTreeList(output: Buffer): readonly TreeEntry[] {
  const entries: TreeEntry[] = [];
  // One decoding for all names is by far the fastest; bytes that are no text need the careful way.
  const text = output.toString();
  if (text.includes('\ufffd')) return splitAtNul(output).map(parseTreeLine);
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\0', at);
    const tab = text.indexOf('\t', at);
    const first = text.indexOf(' ', at);
    const second = text.indexOf(' ', first + 1);
    const normal = normalMode(text.slice(at, first));
    entries.push({
      path: text.slice(tab + 1, end) as RepoPath,
      mode: normal,
      type: typeOfMode(normal),
      id: text.slice(second + 1, tab) as ObjectId,
    });
    at = end + 1;
  }
  return entries;
}

function parseTreeLine(line: Buffer): TreeEntry {
  const tab = line.indexOf('\t');
  const [mode = '', , id = ''] = line.toString('latin1', 0, tab).split(' ');
  const normal = normalMode(mode);
  const path = decodePath(line.subarray(tab + 1)) as RepoPath;
  return { path, mode: normal, type: typeOfMode(normal), id: id as ObjectId };
}

function splitAtNul(output: Buffer): readonly Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < output.length;) {
    const end = output.indexOf(0, at);
    parts.push(output.subarray(at, end));
    at = end + 1;
  }
  return parts;
}

/** Most bytes of paths that go into arguments; with more, everything is compared and the rest left out here. */
const longestPathArguments = 60_000;

/** Paths as arguments where they are few, and a test for what git then still gives too much. */
export function limitPaths(paths: readonly RepoPath[] | undefined): {
  readonly args: readonly string[];
  readonly wanted: (path: string) => boolean;
} {
  const all = { args: [], wanted: () => true };
  if (paths === undefined || paths.includes('' as RepoPath)) return all;
  const size = paths.reduce((sum, path) => sum + path.length + 1, 0);
  if (size <= longestPathArguments && paths.length > 0) return { args: paths, wanted: () => true };
  const wanted = new Set<string>(paths);
  return { args: [], wanted: (path) => ancestorsOf(path).some((folder) => wanted.has(folder)) };
}

function ancestorsOf(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** Files that differ between two trees. Throws OBJECT_MISSING. */
export async function diffTrees(
  session: Session,
  from: ObjectId,
  to: ObjectId,
  paths?: readonly RepoPath[],
): Promise<readonly FileChange[]> {
  const { args, wanted } = limitPaths(paths);
  const result = await runGit(session.readerPlace, [
    'diff-tree',
    '-r',
    '-z',
    '--raw',
    '--no-renames',
    '--no-abbrev',
    from,
    to,
    '--',
    ...args,
  ]);
  if (result.code !== 0) throw unreadableTree(session, to, result.stderr);
  const text = result.stdout.toString();
  const fields = text.includes('\ufffd')
    ? splitAtNul(result.stdout).map(decodePath)
    : text.split('\0');
  const changes: FileChange[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const change = parseRawChange(fields[index] ?? '', fields[index + 1] ?? '');
    if (wanted(change.path)) changes.push(change);
  }
  return changes;
}

/** One entry of git's raw diff format: `:<mode> <mode> <id> <id> <letter>` and its path. */
export function parseRawChange(meta: string, path: string, before = false): FileChange {
  const [, mode = '', , id = ''] = meta.split(' ');
  const deleted = mode === '000000';
  const change = {
    path: path as RepoPath,
    id: deleted ? null : (id as ObjectId),
    mode: deleted ? null : (mode as FileMode),
  };
  return before ? { ...change, before: parseBefore(meta) } : change;
}

/** What the first half of a raw entry says: mode and id of the file that stood there. */
function parseBefore(meta: string): NonNullable<FileChange['before']> | null {
  const [mode = '', , id = ''] = meta.slice(1).split(' ');
  return mode === '000000' ? null : { id: id as ObjectId, mode: mode as FileMode };
}

function unreadableTree(session: Session, commit: ObjectId, stderr: string): LanewiseError {
  return new LanewiseError(
    'OBJECT_MISSING',
    `The tree of ${commit} in ${session.name} could not be read: ${lastWords(stderr)}.`,
    {
      hint: 'The repository may have been rewritten; run the command again to read it anew.',
    },
  );
}
