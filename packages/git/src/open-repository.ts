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
import { gitEnvironment, type Environment } from './environment.js';
import { gitFailure } from './failure.js';
import {
  fetchCommits,
  fetchRefs,
  listRemoteRefs,
  readMirroredRefs,
  readRemoteHead,
  rememberedHead,
  type FetchOutcome,
} from './fetch.js';
import { findFilteredPaths } from './find-filtered.js';
import { discardStore, ensureStore, takeMirror, type Mirror, type StoreShape } from './mirror.js';
import { publishUpdates } from './publish.js';
import { readAncestryOf, streamHistory } from './read-history.js';
import { makeObjectReader, readBlobs, readCommits, readTags } from './read-objects.js';
import { diffTrees, listTree, readEntries } from './read-trees.js';
import { authenticationSettings, isUnsafeAddress, parseRemoteAddress } from './remote-url.js';
import type { FetchRequest, HistoryRequest, Notice, Repository } from './repository.js';
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
    knownConfig: borrow?.config ?? null,
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
  const storePlace = {
    ...session.readerPlace,
    environment: withoutDirectories(session.readerPlace.environment),
  };
  let isNew = await ensureStore(mirror, storePlace, shape);
  let head: Promise<RefName | null> | undefined;
  const remembered = await rememberedHead(session);
  const fetched = new Set<string>();
  const written = new Set<string>();
  const reader = makeObjectReader(session);

  /** Makes the store anew where it is broken, unless it holds what was written and is not published. */
  const mend = async (stderr: string): Promise<void> => {
    if (isNew || written.size > 0)
      throw gitFailure(`${session.name} could not be read`, stderr, session.secrets);
    session.notices.push({
      kind: 'cache-rebuilt',
      message: `The cache of ${session.name} was damaged and is made anew.`,
    });
    await reader.close();
    await discardStore(mirror);
    isNew = await ensureStore(mirror, storePlace, shape);
  };
  const settled = async (attempt: () => Promise<FetchOutcome>): Promise<void> => {
    const outcome = await attempt();
    if (outcome.kind === 'done') return;
    await mend(outcome.stderr);
    const again = await attempt();
    if (again.kind !== 'done')
      throw gitFailure(`${session.name} could not be read`, again.stderr, session.secrets);
  };
  const fetch = async (request: FetchRequest) => {
    await settled(() => fetchRefs(session, request, isNew));
    isNew = false;
    for (const ref of request.refs) fetched.add(ref);
    return readMirroredRefs(session, request.refs);
  };
  const deepen = async () => {
    if (fetched.size === 0 || !(await session.isShallow())) return;
    await settled(() => fetchRefs(session, { refs: [...fetched], depth: 'history' }, isNew));
    session.notices.push({
      kind: 'deepened',
      message: `The history of ${session.name} was fetched, as the question needs it.`,
    });
  };

  return {
    name: session.name,
    notices: session.notices,
    rememberedHead: remembered,
    cacheDirectory: mirror.cache,
    fetch,
    readRefs: async (refs) => ({ refs: await listRemoteRefs(session, refs) }),
    readHead: () => {
      head ??= readRemoteHead(session);
      head.catch(() => (head = undefined));
      return head;
    },
    fetchCommits: (ids, depth) => fetchCommits(session, ids.map(parseId), depth),
    readEntries: (paths) => readEntries(session, reader, paths),
    listFiles: (commit, below) => listTree(session, parseObjectId(commit), [], below),
    readBlobs: (ids) => readBlobs(session, reader, ids, [...fetched]),
    readCommits: (ids) => readCommits(session, reader, ids),
    readTags: (ids) => readTags(session, reader, ids),
    readAncestry: async (commits) => {
      if (new Set(commits).size > 1) await deepen();
      const known = await reader.checkObjects(commits);
      return readAncestryOf(
        session,
        commits.filter((_, index) => known[index]?.type === 'commit').map(parseId),
      );
    },
    readHistory: async function* (request: HistoryRequest) {
      await deepen();
      yield* streamHistory(session, { ...request, tip: parseId(request.tip) });
    },
    diffTrees: (from, to, paths) =>
      diffTrees(session, parseObjectId(from), parseObjectId(to), paths),
    findFiltered: (commit, paths) =>
      findFilteredPaths(
        {
          readEntries: (asked) => readEntries(session, reader, asked),
          readBlobs: (ids) => readBlobs(session, reader, ids, [...fetched]),
        },
        commit,
        paths,
      ),
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
      await mirror.close();
    },
  };
}

function parseId(id: ObjectId): CommitId {
  return parseObjectId(id) as CommitId;
}

/** The environment of a git that is told its repository by argument. */
function withoutDirectories(environment: Environment): Environment {
  const named = new Set(['GIT_DIR', 'GIT_OBJECT_DIRECTORY', 'GIT_SHALLOW_FILE']);
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !named.has(name)));
}
