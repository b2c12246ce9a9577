import {
  findBlocked,
  findFilteredPaths,
  judgePush,
  makeAncestry,
  matchesPattern,
  parseRefPattern,
  type ChangedCommit,
  type Commit,
  type FileChange,
  type HistoryRequest,
  type ObjectDraft,
  type PublishOutcome,
  type RefSnapshot,
  type RefUpdate,
  type Repository,
} from '@lanewise/git';
import {
  LanewiseError,
  parseRefName,
  type CommitId,
  type ObjectId,
  type RefName,
} from '@lanewise/model';
import { putCommit, putTag, type MemoryObject, type MemoryObjects } from './memory-objects.js';
import type { MemoryRemoteState } from './memory-remote.js';
import { diffFolders, editTree, findEntry, isWithin, walkFiles } from './memory-trees.js';

/** Calls that touch the remote: only between these can another run be noticed. */
export type RemoteCall = 'fetch' | 'readRefs' | 'readHead' | 'fetchCommits' | 'publish';

export interface MemoryRepositoryOptions {
  readonly name?: string;
  /**
   * Awaited before each call that touches the remote, and after `publish`: a scheduler holds a run
   * here while another goes on, or throws `makeCrash()` to end it as SIGKILL would.
   */
  readonly beforeEffect?: (call: RemoteCall) => Promise<void> | void;
  readonly afterEffect?: (call: RemoteCall) => Promise<void> | void;
  /** true: behaves like a git that is configured to sign. */
  readonly signs?: boolean;
}

/** What a scheduler throws to end a run on the spot: nobody may catch it. */
export function makeCrash(): Error {
  return Object.assign(new Error('The process was killed.'), { name: 'Crash' });
}

/** Tells whether a caught value is a crash. */
export function isCrash(value: unknown): boolean {
  return value instanceof Error && value.name === 'Crash';
}

/** A repository over a remote in memory. Objects that it wrote or fetched are its own. */
export function openMemoryRepository(
  remote: MemoryRemoteState,
  options: MemoryRepositoryOptions,
): Repository {
  const own: MemoryObjects = new Map();
  const lookup = (id: ObjectId): MemoryObject | undefined => own.get(id) ?? remote.lookup(id);
  const effect = async <Result>(call: RemoteCall, act: () => Result): Promise<Result> => {
    await options.beforeEffect?.(call);
    const result = act();
    await options.afterEffect?.(call);
    return result;
  };
  const readRefs = (asked: readonly string[]): RefSnapshot => {
    const patterns = asked.map(parseRefPattern);
    return {
      refs: new Map(
        [...remote.refs].filter(([ref]) =>
          patterns.some((pattern) => matchesPattern(pattern, ref)),
        ),
      ),
    };
  };
  const readEntries: Repository['readEntries'] = async (paths) =>
    paths.map(({ commit, path }) => findEntry(lookup, treeOf(lookup, commit), path));
  const readBlobs: Repository['readBlobs'] = async (ids, { largest = Infinity } = {}) =>
    new Map(
      ids
        .map((id) => [id, blobOf(lookup, id)] as const)
        .filter(([, content]) => content.length <= largest),
    );
  return {
    name: options.name ?? 'memory',
    notices: [],
    rememberedHead: null,
    remembered: async () => ({ refs: new Map() }),
    cacheDirectory: null,
    fetch: (request) => effect('fetch', () => ({ ...readRefs(request.refs), complete: true })),
    readRefs: (refs) => effect('readRefs', () => readRefs(refs)),
    readHead: () =>
      effect('readHead', () =>
        remote.head() !== null && remote.refs.has(remote.head() as RefName) ? remote.head() : null,
      ),
    fetchCommits: (ids) =>
      effect(
        'fetchCommits',
        () => new Map(ids.map((id) => [id, remote.lookup(id)?.type === 'commit'])),
      ),
    readEntries,
    readBlobs,
    listFiles: async (commit, below) =>
      [...walkFiles(lookup, treeOf(lookup, commit))].filter((entry) =>
        isWithin(entry.path, below === undefined ? undefined : [below].flat()),
      ),
    readCommits: async (ids) => new Map(ids.map((id) => [id, commitOf(lookup, id)])),
    readTags: async (ids) =>
      new Map(
        ids.map((id) => {
          const object = lookup(id) ?? missing(id);
          return [id, object.type === 'tag' ? object.tag : null];
        }),
      ),
    readAncestry: async (commits) => makeAncestry(parentsOf(lookup, commits)),
    readHistory: (request) => walkHistory(lookup, request),
    diffTrees: async (from, to, paths) =>
      diffFolders(lookup, treeOf(lookup, from), treeOf(lookup, to)).filter((change) =>
        isWithin(change.path, paths),
      ),
    diffTreePairs: async (pairs) =>
      pairs.map(({ from, to }) =>
        diffFolders(
          lookup,
          from === null ? null : treeOf(lookup, from),
          to === null ? null : treeOf(lookup, to),
        ),
      ),
    findFiltered: (commit, paths) => findFilteredPaths({ readEntries, readBlobs }, commit, paths),
    write: async (drafts) => {
      if (options.signs === true)
        throw new LanewiseError(
          'SIGNING_CONFIGURED',
          'git is configured to sign, which Lanewise does not do yet; nothing was written.',
        );
      return writeDrafts(lookup, own, drafts);
    },
    publish: (updates) => effect('publish', () => publish(remote, lookup, updates)),
    close: async () => undefined,
  };
}

function writeDrafts(
  lookup: (id: ObjectId) => MemoryObject | undefined,
  own: MemoryObjects,
  drafts: readonly ObjectDraft[],
): ReadonlyMap<string, ObjectId> {
  const ids = new Map<string, ObjectId>();
  const resolve = (target: CommitId | { readonly mark: string }): CommitId => {
    const id = typeof target === 'string' ? target : ids.get(target.mark);
    if (id === undefined)
      throw new LanewiseError('GIT_FAILED', 'A draft refers to a mark that no earlier one has.');
    if (lookup(id) === undefined)
      throw new LanewiseError('GIT_FAILED', `There is no object ${id}.`);
    return id as CommitId;
  };
  for (const draft of drafts) {
    if (draft.kind === 'tag') {
      parseRefName(`refs/tags/${draft.name}`);
      const target = resolve(draft.target);
      const targetType = lookup(target)?.type ?? 'commit';
      ids.set(draft.mark, putTag(own, { ...draft, target, targetType }));
      continue;
    }
    const parents = draft.parents.map(resolve);
    const [first] = parents;
    const tree = editTree(
      lookup,
      own,
      first === undefined ? null : commitOf(lookup, first).tree,
      draft.edits,
    );
    ids.set(
      draft.mark,
      putCommit(own, { tree, parents, author: draft.author, at: draft.at, message: draft.message }),
    );
  }
  return ids;
}

function publish(
  remote: MemoryRemoteState,
  lookup: (id: ObjectId) => MemoryObject | undefined,
  updates: readonly RefUpdate[],
): PublishOutcome {
  if (!remote.atomic() && updates.length > 1) {
    for (const update of updates) {
      const outcome = publish(remote, lookup, [update]);
      if (outcome.kind !== 'published') return outcome;
    }
    return { kind: 'published' };
  }
  const stale = updates.some(({ ref, expected }) => (remote.refs.get(ref) ?? null) !== expected);
  if (stale) {
    const contains = (ref: RefName) =>
      movedOn(
        remote,
        lookup,
        updates.find((update) => update.ref === ref),
      );
    const judgement = judgePush(updates, remote.refs, contains);
    return judgement.kind === 'unchanged' ? { kind: 'published' } : judgement;
  }
  const blocked = findBlocked(updates, remote.refs.keys());
  if (blocked.length > 0) {
    const [first] = blocked;
    return {
      kind: 'refused',
      refs: blocked.map(({ ref }) => ref),
      reason: `${first?.by ?? ''} exists on the remote and stands in the way of ${first?.ref ?? ''}: git cannot have both`,
      blocked,
    };
  }
  const refused = updates.flatMap(({ ref, expected, to }) => {
    const reason = remote.refuses(ref, expected, to);
    return reason === null ? [] : [{ ref, reason }];
  });
  if (refused[0] !== undefined)
    return { kind: 'refused', refs: refused.map(({ ref }) => ref), reason: refused[0].reason };
  for (const { ref, to } of updates) {
    if (to === null) remote.refs.delete(ref);
    else {
      send(remote, lookup, to);
      remote.refs.set(ref, to);
    }
  }
  return { kind: 'published' };
}

/** Whether a branch went on from the commit that was to be published. */
function movedOn(
  remote: MemoryRemoteState,
  lookup: (id: ObjectId) => MemoryObject | undefined,
  update: RefUpdate | undefined,
): boolean {
  const found = update === undefined ? undefined : remote.refs.get(update.ref);
  if (
    update === undefined ||
    update.to === null ||
    found === undefined ||
    !update.ref.startsWith('refs/heads/')
  )
    return false;
  const members = [
    found,
    update.to,
    ...(update.expected === null ? [] : [update.expected]),
  ] as CommitId[];
  const ancestry = makeAncestry(parentsOf(lookup, members));
  const forward =
    update.expected === null ||
    ancestry.contains(update.to as CommitId, update.expected as CommitId);
  return forward && ancestry.contains(found as CommitId, update.to as CommitId);
}

/** Gives the remote an object and all that it names and the remote has not. */
function send(
  remote: MemoryRemoteState,
  lookup: (id: ObjectId) => MemoryObject | undefined,
  top: ObjectId,
): void {
  const open = [top];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (remote.lookup(id) !== undefined) continue;
    const object = lookup(id);
    if (object === undefined) continue;
    remote.add(id, object);
    if (object.type === 'commit') open.push(object.commit.tree, ...object.commit.parents);
    else if (object.type === 'tag') open.push(object.tag.target);
    else if (object.type === 'tree')
      for (const entry of object.entries.values()) open.push(entry.id);
  }
}

function* sortedHistory(
  lookup: (id: ObjectId) => MemoryObject | undefined,
  request: HistoryRequest,
): Iterable<Commit> {
  const excluded = parentsOf(lookup, request.since ?? []);
  const seen = new Set<CommitId>();
  const open = [request.tip, ...(request.alsoFrom ?? [])].map((tip) => commitOf(lookup, tip));
  while (open.length > 0) {
    // The newest of those that are open; of equally old ones the one that was met first, as git does.
    const next = open.reduce(
      (best, commit, index) =>
        commit.committedAt > (open[best] as Commit).committedAt ? index : best,
      0,
    );
    const [commit] = open.splice(next, 1) as [Commit];
    if (seen.has(commit.id) || excluded.has(commit.id)) continue;
    seen.add(commit.id);
    yield commit;
    const parents = request.firstParent ? commit.parents.slice(0, 1) : commit.parents;
    for (const parent of parents) open.push(commitOf(lookup, parent));
  }
}

async function* walkHistory(
  lookup: (id: ObjectId) => MemoryObject | undefined,
  request: HistoryRequest,
): AsyncIterable<ChangedCommit> {
  for (const commit of sortedHistory(lookup, request)) {
    const [first] = commit.parents;
    const before = first === undefined ? null : commitOf(lookup, first).tree;
    const changes = diffFolders(lookup, before, commit.tree).filter((change) =>
      isWithin(change.path, request.paths),
    );
    if (request.paths !== undefined && changes.length === 0) continue;
    const told = request.before === true ? withBefore(lookup, before, changes) : changes;
    yield { ...commit, changes: told };
  }
}

function withBefore(
  lookup: (id: ObjectId) => MemoryObject | undefined,
  tree: ObjectId | null,
  changes: readonly FileChange[],
): readonly FileChange[] {
  return changes.map((change) => {
    const entry = tree === null ? undefined : findEntry(lookup, tree, change.path);
    return { ...change, before: entry === undefined ? null : { id: entry.id, mode: entry.mode } };
  });
}

function parentsOf(
  lookup: (id: ObjectId) => MemoryObject | undefined,
  commits: readonly CommitId[],
): Map<CommitId, readonly CommitId[]> {
  const parents = new Map<CommitId, readonly CommitId[]>();
  const open = [...commits];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const object = parents.has(id) ? undefined : lookup(id);
    if (object?.type !== 'commit') continue;
    parents.set(id, object.commit.parents);
    open.push(...object.commit.parents);
  }
  return parents;
}

function treeOf(lookup: (id: ObjectId) => MemoryObject | undefined, id: ObjectId): ObjectId {
  const object = lookup(id) ?? missing(id);
  if (object.type === 'commit') return object.commit.tree;
  return object.type === 'tag' ? treeOf(lookup, object.tag.target) : id;
}

function commitOf(lookup: (id: ObjectId) => MemoryObject | undefined, id: ObjectId): Commit {
  const object = lookup(id);
  return object?.type === 'commit' ? object.commit : missing(id);
}

function blobOf(lookup: (id: ObjectId) => MemoryObject | undefined, id: ObjectId): Uint8Array {
  const object = lookup(id);
  return object?.type === 'blob' ? object.content : missing(id);
}

function missing(id: ObjectId): never {
  throw new LanewiseError('OBJECT_MISSING', `There is no object ${id} in memory.`);
}
