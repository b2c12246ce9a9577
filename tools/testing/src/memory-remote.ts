import type { FileMode, Repository } from '@lanewise/git';
import { parseRefName, type CommitId, type ObjectId, type RefName } from '@lanewise/model';
import { putCommit, putTag, type MemoryObject, type MemoryObjects } from './memory-objects.js';
import { openMemoryRepository, type MemoryRepositoryOptions } from './memory-repository.js';
import { editTree, findEntry, walkFiles, type TreeEdit } from './memory-trees.js';
import { worldBegins, type CommitOptions, type Files } from './world.js';

/** A remote in memory: what others see. Its state changes only through `publish` of its repositories and these functions. */
export interface MemoryRemote {
  /** All refs with what they name; a live view. */
  refs(): ReadonlyMap<RefName, ObjectId>;
  /** The branch that HEAD points at. */
  head: RefName | null;
  /** Says why a push of a ref is refused (a protected branch, a hook), or null. */
  refuses: (ref: RefName, from: ObjectId | null, to: ObjectId | null) => string | null;
  /** false: a server without atomic push; updates go one by one. */
  atomic: boolean;
  commit(files: Files, message?: string, options?: CommitOptions): CommitId;
  tag(name: string, target: string, message?: string): ObjectId;
  setRef(ref: string, id: string | null): void;
  files(revision?: string): Readonly<Record<string, string>>;
  read(path: string, revision?: string): string;
  log(revision?: string): readonly string[];
  /** A repository on this remote with a store of its own: what it writes nobody sees before it is published. */
  open(options?: MemoryRepositoryOptions): Repository;
  /** A remote with the same refs and objects that goes its own way; costs a copy of the refs. */
  clone(): MemoryRemote;
  /** The refs as text, for comparing end states: equal ids are equal contents. */
  describe(): string;
}

/** What repositories need of their remote. */
export interface MemoryRemoteState {
  readonly refs: Map<RefName, ObjectId>;
  /** Objects that the remote has. Shared by clones until one adds: then layered. */
  lookup(id: ObjectId): MemoryObject | undefined;
  add(id: ObjectId, object: MemoryObject): void;
  head(): RefName | null;
  refuses(ref: RefName, from: ObjectId | null, to: ObjectId | null): string | null;
  atomic(): boolean;
}

/** Makes an empty remote in memory; its HEAD is `main`. Ids equal real git's for equal contents. */
export function makeMemoryRemote(): MemoryRemote {
  return makeRemote(null, new Map(), worldBegins);
}

/** A repository in memory with a remote of its own. */
export function makeMemoryRepository(options: MemoryRepositoryOptions = {}): Repository {
  return makeMemoryRemote().open(options);
}

interface Layer {
  readonly objects: MemoryObjects;
  readonly below: Layer | null;
  readonly depth: number;
}

function makeRemote(
  below: Layer | null,
  refs: Map<RefName, ObjectId>,
  clock: number,
): MemoryRemote {
  let layer: Layer = addLayer(below);
  let now = clock;
  const lookup = (id: ObjectId) => find(layer, id);
  const state: MemoryRemoteState = {
    refs,
    lookup,
    add: (id, object) => {
      if (lookup(id) === undefined) layer.objects.set(id, object);
    },
    head: () => remote.head,
    refuses: (ref, from, to) => remote.refuses(ref, from, to),
    atomic: () => remote.atomic,
  };
  const commitAt = (revision: string) => {
    const id = resolve(refs, lookup, revision);
    const object = lookup(id);
    if (object?.type !== 'commit') throw new Error(`${revision} is no commit.`);
    return object.commit;
  };
  const remote: MemoryRemote = {
    refs: () => refs,
    head: parseRefName('refs/heads/main'),
    refuses: () => null,
    atomic: true,
    commit: (files, message = 'change', options = {}) => {
      const branch = parseRefName(`refs/heads/${options.branch ?? 'main'}`);
      const tip = refs.get(branch);
      const parents = (options.parents ?? (tip === undefined ? [] : [tip])) as CommitId[];
      const [first] = parents;
      const tree = editTree(
        lookup,
        layer.objects,
        first === undefined ? null : commitAt(first).tree,
        toEdits(files),
      );
      if (options.at === undefined) now += 60;
      const author = { name: 'Dev', email: 'dev@example.com' };
      const id = putCommit(layer.objects, {
        tree,
        parents,
        author,
        at: options.at ?? now,
        message,
      });
      refs.set(branch, id);
      return id;
    },
    tag: (name, target, message) => {
      const id = resolve(refs, lookup, target);
      const tagger = { name: 'Dev', email: 'dev@example.com' };
      const made =
        message === undefined
          ? id
          : putTag(layer.objects, {
              target: id,
              targetType: lookup(id)?.type ?? 'commit',
              name,
              tagger,
              at: worldBegins,
              message: `${message}\n`,
            });
      refs.set(parseRefName(`refs/tags/${name}`), made);
      return made;
    },
    setRef: (ref, id) =>
      void (id === null
        ? refs.delete(parseRefName(ref))
        : refs.set(parseRefName(ref), id as ObjectId)),
    files: (revision = 'main') =>
      Object.fromEntries(
        [...walkFiles(lookup, commitAt(revision).tree)].map((entry) => [
          entry.path,
          textOf(lookup(entry.id)),
        ]),
      ),
    read: (path, revision = 'main') => {
      const entry = findEntry(lookup, commitAt(revision).tree, path as never);
      if (entry === undefined) throw new Error(`${path} is not in ${revision}.`);
      return textOf(lookup(entry.id));
    },
    log: (revision = 'main') => {
      const messages: string[] = [];
      for (let at: CommitId | undefined = commitAt(revision).id; at !== undefined;) {
        const commit = commitAt(at);
        messages.push(commit.message);
        at = commit.parents[0];
      }
      return messages;
    },
    open: (options) => openMemoryRepository(state, options ?? {}),
    clone: () => {
      const shared = layer;
      layer = addLayer(shared);
      const copy = makeRemote(shared, new Map(refs), now);
      copy.head = remote.head;
      copy.refuses = remote.refuses;
      copy.atomic = remote.atomic;
      return copy;
    },
    describe: () =>
      [...refs]
        .map(([ref, id]) => `${ref} ${id}`)
        .sort()
        .join('\n'),
  };
  return remote;
}

/** How many layers are looked through before they are made one. */
const deepest = 6;

function addLayer(below: Layer | null): Layer {
  if (below === null) return { objects: new Map(), below, depth: 0 };
  if (below.objects.size === 0 && below.below !== null) return addLayer(below.below);
  if (below.depth < deepest) return { objects: new Map(), below, depth: below.depth + 1 };
  const all: MemoryObjects = new Map();
  for (let layer: Layer | null = below; layer !== null; layer = layer.below) {
    for (const [id, object] of layer.objects) all.set(id, object);
  }
  return { objects: new Map(), below: { objects: all, below: null, depth: 0 }, depth: 1 };
}

function find(top: Layer, id: ObjectId): MemoryObject | undefined {
  for (let layer: Layer | null = top; layer !== null; layer = layer.below) {
    const object = layer.objects.get(id);
    if (object !== undefined) return object;
  }
  return undefined;
}

/** A branch, a tag, a full ref or an id, to the commit it names. */
function resolve(
  refs: ReadonlyMap<RefName, ObjectId>,
  lookup: (id: ObjectId) => MemoryObject | undefined,
  revision: string,
): ObjectId {
  const names = [revision, `refs/tags/${revision}`, `refs/heads/${revision}`] as RefName[];
  let id =
    names.map((name) => refs.get(name)).find((found) => found !== undefined) ??
    (revision as ObjectId);
  for (let object = lookup(id); object?.type === 'tag'; object = lookup(id)) id = object.tag.target;
  return id;
}

function textOf(object: MemoryObject | undefined): string {
  return object?.type === 'blob' ? Buffer.from(object.content).toString() : '';
}

function toEdits(files: Files): readonly TreeEdit[] {
  return Object.entries(files).map(([path, file]) => {
    if (file === null) return { path, content: null, mode: '100644' as FileMode };
    if (typeof file === 'string' || file instanceof Uint8Array)
      return { path, content: Buffer.from(file), mode: '100644' as FileMode };
    const content = file.mode === '160000' ? (file.content as ObjectId) : Buffer.from(file.content);
    return { path, content, mode: file.mode };
  });
}
