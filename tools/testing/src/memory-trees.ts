import type { FileChange, FileMode, TreeEntry } from '@lanewise/git';
import type { ObjectId, RepoPath } from '@lanewise/model';
import {
  putBlob,
  putTree,
  type MemoryObject,
  type MemoryObjects,
  type MemoryTreeEntry,
} from './memory-objects.js';

export type Lookup = (id: ObjectId) => MemoryObject | undefined;

export interface TreeEdit {
  readonly path: string;
  /** null deletes. A string is an object id (for submodules), bytes are a file. */
  readonly content: Uint8Array | ObjectId | null;
  readonly mode: FileMode;
}

type Folder = Map<string, MemoryTreeEntry | Folder>;

/** Applies edits in order as fast-import does, puts the new objects in, and gives the root's id. */
export function editTree(
  lookup: Lookup,
  objects: MemoryObjects,
  tree: ObjectId | null,
  edits: readonly TreeEdit[],
): ObjectId {
  const root =
    tree === null ? new Map<string, MemoryTreeEntry | Folder>() : openFolder(lookup, tree);
  for (const edit of edits) applyEdit(lookup, objects, root, edit);
  return closeFolder(objects, root);
}

function openFolder(lookup: Lookup, id: ObjectId): Folder {
  const object = lookup(id);
  return new Map(object?.type === 'tree' ? object.entries : []);
}

function applyEdit(lookup: Lookup, objects: MemoryObjects, root: Folder, edit: TreeEdit): void {
  const parts = edit.path.split('/');
  const name = parts.pop() as string;
  let folder = root;
  for (const part of parts) {
    const entry = folder.get(part);
    if (entry instanceof Map) folder = entry;
    else if (edit.content === null && entry?.mode !== '040000') return;
    else {
      const inner: Folder =
        entry?.mode === '040000'
          ? openFolder(lookup, entry.id)
          : new Map<string, MemoryTreeEntry | Folder>();
      folder.set(part, inner);
      folder = inner;
    }
  }
  if (edit.content === null) folder.delete(name);
  else
    folder.set(name, {
      mode: edit.mode,
      id: typeof edit.content === 'string' ? edit.content : putBlob(objects, edit.content),
    });
}

function closeFolder(objects: MemoryObjects, folder: Folder): ObjectId {
  const entries = new Map<string, MemoryTreeEntry>();
  for (const [name, entry] of folder) {
    if (!(entry instanceof Map)) entries.set(name, entry);
    else {
      const id = closeFolder(objects, entry);
      // Git knows no empty folders.
      if (id !== emptyTree) entries.set(name, { mode: '040000', id });
    }
  }
  return putTree(objects, entries);
}

/** Id of the tree without entries. */
export const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904' as ObjectId;

/** What stands at a path of a tree; undefined where nothing does. */
export function findEntry(lookup: Lookup, tree: ObjectId, path: RepoPath): TreeEntry | undefined {
  let entry: MemoryTreeEntry | undefined = { mode: '040000', id: tree };
  for (const part of path === '' ? [] : path.split('/')) {
    const folder: MemoryObject | undefined =
      entry?.mode === '040000' ? lookup(entry.id) : undefined;
    entry = folder?.type === 'tree' ? folder.entries.get(part) : undefined;
  }
  return entry === undefined ? undefined : describe(path, entry);
}

/** All files of a tree in git's order, with their paths below `prefix`. */
export function* walkFiles(lookup: Lookup, tree: ObjectId, prefix = ''): Iterable<TreeEntry> {
  const folder = lookup(tree);
  if (folder?.type !== 'tree') return;
  for (const [name, entry] of sortEntries(folder.entries)) {
    if (entry.mode === '040000') yield* walkFiles(lookup, entry.id, `${prefix}${name}/`);
    else yield describe(`${prefix}${name}` as RepoPath, entry);
  }
}

/** Files that differ between two trees (`null` is the empty one), by path. */
export function diffFolders(
  lookup: Lookup,
  from: ObjectId | null,
  to: ObjectId | null,
  prefix = '',
): readonly FileChange[] {
  if (from === to) return [];
  const before = entriesOf(lookup, from);
  const after = entriesOf(lookup, to);
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) =>
    diffEntries(lookup, before.get(name), after.get(name), `${prefix}${name}`),
  );
}

function diffEntries(
  lookup: Lookup,
  before: MemoryTreeEntry | undefined,
  after: MemoryTreeEntry | undefined,
  path: string,
): readonly FileChange[] {
  if (before?.id === after?.id && before?.mode === after?.mode) return [];
  const wasFolder = before?.mode === '040000';
  const isFolder = after?.mode === '040000';
  const inside =
    wasFolder || isFolder
      ? diffFolders(lookup, wasFolder ? before.id : null, isFolder ? after.id : null, `${path}/`)
      : [];
  const own: FileChange[] = [];
  if (after !== undefined && !isFolder)
    own.push({ path: path as RepoPath, id: after.id, mode: after.mode });
  else if (before !== undefined && !wasFolder)
    own.push({ path: path as RepoPath, id: null, mode: null });
  return [...own, ...inside];
}

function entriesOf(lookup: Lookup, tree: ObjectId | null): ReadonlyMap<string, MemoryTreeEntry> {
  const object = tree === null ? undefined : lookup(tree);
  return object?.type === 'tree' ? object.entries : new Map<string, MemoryTreeEntry>();
}

function sortEntries(
  entries: ReadonlyMap<string, MemoryTreeEntry>,
): readonly (readonly [string, MemoryTreeEntry])[] {
  const keyOf = ([name, entry]: readonly [string, MemoryTreeEntry]) =>
    Buffer.from(entry.mode === '040000' ? `${name}/` : name);
  return [...entries].sort((left, right) => Buffer.compare(keyOf(left), keyOf(right)));
}

function describe(path: RepoPath, entry: MemoryTreeEntry): TreeEntry {
  const type = entry.mode === '040000' ? 'tree' : entry.mode === '160000' ? 'commit' : 'blob';
  return { path, mode: entry.mode, type, id: entry.id };
}

/** Whether a path is one of the given or below one; no list means all. */
export function isWithin(path: string, paths: readonly RepoPath[] | undefined): boolean {
  return (
    paths === undefined ||
    paths.some((folder) => folder === '' || path === folder || path.startsWith(`${folder}/`))
  );
}
