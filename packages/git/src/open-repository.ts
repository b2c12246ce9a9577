import {
  LanewiseError,
  parseObjectId,
  redactCredentials,
  show,
  type CommitId,
  type ObjectId,
  type RefName,
} from '@lanewise/model';
import type { Checkout } from './checkout.js';
import { diffTreePairs } from './diff-tree-pairs.js';
import { gitEnvironment, type Environment } from './environment.js';
import { fetchCommits } from './fetch.js';
import { findFilteredPaths } from './find-filtered.js';
import { configElsewhere, type GitConfig } from './git-config.js';
import { keepStore } from './keep-store.js';
import { listRemoteRefs, readRemoteHead, rememberedHead } from './list-remote.js';
import { takeMirror, type Mirror, type StoreShape } from './mirror.js';
import { readMirroredRefs } from './mirrored-refs.js';
import { publishUpdates } from './publish.js';
import { readAncestryOf, streamHistory } from './read-history.js';
import { makeObjectReader, readBlobs, readCommits, readTags } from './read-objects.js';
import { readEntries } from './read-entries.js';
import { diffTrees, listTree } from './read-trees.js';
import { authenticationSettings, isUnsafeAddress, parseRemoteAddress } from './remote-url.js';
import { parseRefPattern } from './ref-pattern.js';
import type { HistoryRequest, Notice, Repository } from './repository.js';
import type { GitCommand } from './runner.js';
import { makeSession, type Session } from './session.js';
import { listPacks, markPromised, writeDrafts } from './write.js';

export interface RepositoryOptions {
  /** The remote: an address that git takes, or a path. */
  readonly url: string;
  /** Directory from which a relative path is read. */
  readonly base?: string | undefined;
  readonly cacheDirectory: string;
  /** Where a mirror stands that the cache cannot take; default the system's. */
  readonly temporaryDirectory?: string | undefined;
  /**
   * The user's clone of this remote: its configuration for reaching the remote is used, and its
   * objects are, unless it is shallow or partial. It is never written.
   */
  readonly borrow?:
    | Pick<
        Checkout,
        'gitDir' | 'objectDirectory' | 'shallow' | 'partial' | 'config' | 'objectFormat'
      >
    | undefined;
  /** Git's configuration as it was read in a clone: it saves reading the user's and the system's again. */
  readonly config?: GitConfig | undefined;
  readonly environment: Environment;
  /** Token (or `user:token`) for http(s); without it git's credential helpers are asked. */
  readonly token?: string | undefined;
  readonly objectFormat?: 'sha1' | 'sha256';
  /** Told of each git process that ended. */
  readonly onCommand?: ((command: GitCommand) => void) | undefined;
  /** Milliseconds of a clock that goes forward. */
  readonly now?: (() => number) | undefined;
}

/**
 * Opens a remote through its mirror. Nothing is asked of the remote yet. Throws USAGE for an
 * address that is none, DISK_FULL, GIT_FAILED.
 */
export async function openRepository(options: RepositoryOptions): Promise<Repository> {
  if (isUnsafeAddress(options.url)) {
    throw new LanewiseError(
      'USAGE',
      `${show(redactCredentials(options.url))} is no address of a repository.`,
      {
        hint: 'Give an https, ssh or file address, or a path.',
      },
    );
  }
  const address = parseRemoteAddress(options.url, options.base ?? process.cwd());
  const { borrow } = options;
  const lends = borrow !== undefined && !borrow.shallow && !borrow.partial;
  const notices: Notice[] = [];
  const now = options.now ?? (() => performance.now());
  const shape: StoreShape = {
    url: address.url,
    borrowedObjects: lends ? borrow.objectDirectory : null,
    objectFormat: options.objectFormat ?? borrow?.objectFormat ?? 'sha1',
  };
  const mirror = await takeMirror({
    ...options,
    url: address.url,
    borrowedObjects: shape.borrowedObjects,
    now,
    notices,
  });
  const authentication = authenticationSettings(address, options.token);
  const session = makeSession({
    mirror,
    url: address.url,
    name: redactCredentials(address.url, authentication.secrets),
    objectFormat: shape.objectFormat,
    borrows: lends,
    notices,
    secrets: authentication.secrets,
    environment: gitEnvironment(options.environment),
    authentication: authentication.settings,
    configuredIn: borrow?.gitDir ?? null,
    knownConfig: borrow?.config ?? configElsewhere(options.config ?? []),
    onCommand: options.onCommand,
    now,
  });
  try {
    return await makeRepository(session, mirror, shape);
  } catch (cause) {
    await mirror.close();
    throw cause;
  }
}

async function makeRepository(
  session: Session,
  mirror: Mirror,
  shape: StoreShape,
): Promise<Repository> {
  const written = new Set<string>();
  const reader = makeObjectReader(session);
  const store = await keepStore({
    session,
    shape,
    letGo: reader.close,
    holds: async (ids) => (await reader.checkObjects(ids)).every((one) => one !== undefined),
    holdsDrafts: () => written.size > 0,
  });
  const remembered = await rememberedHead(session);
  let head: Promise<RefName | null> | undefined;
  const entriesAt: Repository['readEntries'] = (paths) =>
    store.guard(() => readEntries(session, reader, paths));
  const blobsOf: Repository['readBlobs'] = (ids, options) =>
    store.guard(() => readBlobs(session, reader, ids, { ...options, refs: [...store.fetched] }));
  const wholeTree = keepLast((commit: ObjectId) =>
    store.guard(() => listTree(session, commit, [])),
  );
  return {
    name: session.name,
    notices: session.notices,
    rememberedHead: remembered,
    remembered: async (refs) => ({
      refs: await readMirroredRefs(mirror, refs.map(parseRefPattern)),
    }),
    cacheDirectory: mirror.cache,
    fetch: store.fetch,
    readRefs: async (refs) => ({ refs: await listRemoteRefs(session, refs) }),
    readHead: () => {
      head ??= store.headUnderWay() ?? readRemoteHead(session);
      head.catch(() => (head = undefined));
      return head;
    },
    fetchCommits: (ids, depth) => fetchCommits(session, ids.map(parseId), depth),
    readEntries: entriesAt,
    readBlobs: blobsOf,
    listFiles: (commit, below) =>
      below === undefined
        ? wholeTree(parseObjectId(commit))
        : store.guard(() => listTree(session, parseObjectId(commit), [], [below].flat())),
    readCommits: (ids) => store.guard(() => readCommits(session, reader, ids)),
    readTags: (ids) => store.guard(() => readTags(session, reader, ids)),
    readAncestry: async (commits) => {
      if (new Set(commits).size > 1) await store.deepen();
      return store.guard(async () => {
        const known = await reader.checkObjects(commits);
        const there = commits.filter((_, index) => known[index]?.type === 'commit');
        return readAncestryOf(session, there.map(parseId));
      });
    },
    readHistory: async function* (request: HistoryRequest) {
      await store.deepen();
      try {
        yield* streamHistory(session, { ...request, tip: parseId(request.tip) });
      } catch (cause) {
        // What was given cannot be taken back, so this run ends, and the next finds a new store.
        await store.noteFailure(cause);
        throw cause;
      }
    },
    diffTrees: (from, to, paths) =>
      store.guard(() => diffTrees(session, parseObjectId(from), parseObjectId(to), paths)),
    diffTreePairs: (pairs) => store.guard(() => diffTreePairs(session, pairs)),
    findFiltered: (commit, paths) =>
      findFilteredPaths({ readEntries: entriesAt, readBlobs: blobsOf }, commit, paths),
    write: async (drafts) => {
      const before = await listPacks(session);
      const ids = await writeDrafts(session, drafts);
      for (const pack of await listPacks(session)) if (!before.has(pack)) written.add(pack);
      return ids;
    },
    publish: async (updates) => {
      const outcome = await publishUpdates(session, updates);
      if (outcome.kind === 'published') {
        await markPromised(session, written);
        written.clear();
      }
      return outcome;
    },
    close: async () => {
      await reader.close();
      await store.finish();
      await mirror.close();
    },
  };
}

/** Answers the same question again without asking: the tree of a commit never changes, and is large. */
function keepLast<Answer>(
  ask: (commit: ObjectId) => Promise<Answer>,
): (commit: ObjectId) => Promise<Answer> {
  let last: { readonly commit: ObjectId; readonly answer: Promise<Answer> } | undefined;
  return (commit) => {
    if (last?.commit !== commit) {
      const asked = { commit, answer: ask(commit) };
      asked.answer.catch(() => (last = last === asked ? undefined : last));
      last = asked;
    }
    return last.answer;
  };
}

function parseId(id: ObjectId): CommitId {
  return parseObjectId(id) as CommitId;
}
