import { createHash } from 'node:crypto';
import type { Commit, FileMode, Identity, TagObject } from '@lanewise/git';
import type { CommitId, ObjectId } from '@lanewise/model';

export interface MemoryTreeEntry {
  readonly mode: FileMode;
  readonly id: ObjectId;
}

/** An object in the form in which it is read; its id is that of git's own encoding. */
export type MemoryObject =
  | { readonly type: 'blob'; readonly content: Uint8Array }
  | { readonly type: 'tree'; readonly entries: ReadonlyMap<string, MemoryTreeEntry> }
  | { readonly type: 'commit'; readonly commit: Commit }
  | { readonly type: 'tag'; readonly tag: TagObject };

/** Objects by id, in the order in which they came. */
export type MemoryObjects = Map<ObjectId, MemoryObject>;

/** Puts a blob in and gives its id. */
export function putBlob(objects: MemoryObjects, content: Uint8Array): ObjectId {
  const id = hashObject('blob', content);
  if (!objects.has(id)) objects.set(id, { type: 'blob', content });
  return id;
}

/** Puts a tree in and gives its id. */
export function putTree(
  objects: MemoryObjects,
  entries: ReadonlyMap<string, MemoryTreeEntry>,
): ObjectId {
  const id = hashObject('tree', encodeTree(entries));
  if (!objects.has(id)) objects.set(id, { type: 'tree', entries });
  return id;
}

export interface NewCommit {
  readonly tree: ObjectId;
  readonly parents: readonly CommitId[];
  readonly author: Identity;
  readonly at: number;
  readonly message: string;
}

/** Puts a commit in, its committer being the author, and gives its id. */
export function putCommit(objects: MemoryObjects, made: NewCommit): CommitId {
  const author = plainIdentity(made.author);
  const person = `${author.name} <${author.email}> ${made.at} +0000`;
  const parents = made.parents.map((parent) => `parent ${parent}\n`).join('');
  const text = `tree ${made.tree}\n${parents}author ${person}\ncommitter ${person}\n\n${made.message}`;
  const id = hashObject('commit', Buffer.from(text)) as CommitId;
  const commit = {
    id,
    tree: made.tree,
    parents: made.parents,
    author,
    authoredAt: made.at,
    committedAt: made.at,
    message: made.message,
  };
  if (!objects.has(id)) objects.set(id, { type: 'commit', commit });
  return id;
}

export interface NewTag {
  readonly target: ObjectId;
  readonly targetType: TagObject['targetType'];
  readonly name: string;
  readonly tagger: Identity;
  readonly at: number;
  readonly message: string;
}

/** Puts an annotated tag in and gives its id. */
export function putTag(objects: MemoryObjects, made: NewTag): ObjectId {
  const tagger = plainIdentity(made.tagger);
  const text = `object ${made.target}\ntype ${made.targetType}\ntag ${made.name}\ntagger ${tagger.name} <${tagger.email}> ${made.at} +0000\n\n${made.message}`;
  const id = hashObject('tag', Buffer.from(text));
  const { target, targetType, name, message } = made;
  if (!objects.has(id))
    objects.set(id, {
      type: 'tag',
      tag: { id, target, targetType, name, tagger, taggedAt: made.at, message },
    });
  return id;
}

/** Git's id of an object: SHA-1 over `<type> <length>`, NUL, content. */
export function hashObject(type: MemoryObject['type'], content: Uint8Array): ObjectId {
  return createHash('sha1')
    .update(`${type} ${content.length}\0`)
    .update(content)
    .digest('hex') as ObjectId;
}

function encodeTree(entries: ReadonlyMap<string, MemoryTreeEntry>): Buffer {
  const sorted = [...entries]
    // Git sorts a folder as if its name ended in a slash, by bytes.
    .map(([name, entry]) => ({
      name,
      entry,
      key: Buffer.from(entry.mode === '040000' ? `${name}/` : name),
    }))
    .sort((left, right) => Buffer.compare(left.key, right.key));
  return Buffer.concat(
    sorted.flatMap(({ name, entry }) => [
      Buffer.from(`${entry.mode.replace(/^0/, '')} ${name}\0`),
      Buffer.from(entry.id, 'hex'),
    ]),
  );
}

function plainIdentity(who: Identity): Identity {
  // eslint-disable-next-line no-control-regex -- control characters are what is dropped
  const clean = (value: string) => value.replace(/[\u0000-\u001f<>]/g, '').trim();
  return { name: clean(who.name), email: clean(who.email) };
}
