import { isLanewiseError, type ObjectId, type RefName } from '@lanewise/model';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from './environment.js';
import { gitFailure } from './failure.js';
import { asksFirst, fetchWhatIsNew, lookFirst } from './ask-first.js';
import { fetchRefs, type FetchOutcome } from './fetch.js';
import { readMirroredRefs } from './mirrored-refs.js';
import { parseRefPattern } from './ref-pattern.js';
import { discardStore, ensureStore, type StoreShape } from './mirror.js';
import type { FetchRequest, RefSnapshot } from './repository.js';
import type { Session } from './session.js';
import { repackStore } from './upkeep.js';

/** Keeps a store whole: fills it, deepens it, and makes it anew where it is damaged. */
export interface StoreKeeper {
  fetch(request: FetchRequest): Promise<RefSnapshot>;
  /** Brings the history of what was fetched, where only its tips are there. */
  deepen(): Promise<void>;
  /** Runs a reading; where it fails because the store is damaged, makes the store anew and runs it once more. */
  guard<Result>(read: () => Promise<Result>): Promise<Result>;
  /** Leaves a damaged store to be made anew by the next run. */
  noteFailure(cause: unknown): Promise<void>;
  /** What a fetch that is under way will tell of the remote's HEAD; undefined where none asks for it. */
  headUnderWay(): Promise<RefName | null> | undefined;
  /** Refs asked for so far, as they were asked for. */
  readonly fetched: ReadonlySet<string>;
  /** Clean-up that waits until nobody waits. */
  finish(): Promise<void>;
}

export interface StoreKeeping {
  readonly session: Session;
  readonly shape: StoreShape;
  /** Ends processes that hold the store's files. */
  readonly letGo: () => Promise<void>;
  /** Whether the store has all of these objects. */
  readonly holds: (ids: readonly ObjectId[]) => Promise<boolean>;
  /** Whether the store holds what was written and is not published: then it cannot be thrown away. */
  readonly holdsDrafts: () => boolean;
}

type FetchedRefs = RefSnapshot['refs'];

/** Opens the store of a session, making it where there is none. */
export async function keepStore({
  session,
  shape,
  letGo,
  holds,
  holdsDrafts,
}: StoreKeeping): Promise<StoreKeeper> {
  const { mirror } = session;
  const place = {
    ...session.readerPlace,
    environment: withoutDirectories(session.readerPlace.environment),
  };
  let isNew = await ensureStore(mirror, place, shape);
  let mended = isNew;
  let deepest: FetchRequest['depth'] = 'tip';
  const fetched = new Set<string>();

  const mend = async (words: string): Promise<void> => {
    if (mended || holdsDrafts()) {
      await rm(join(mirror.root, 'made'), { force: true });
      throw gitFailure(`The cache of ${session.name} is damaged`, words, session.secrets);
    }
    mended = true;
    session.notices.push({
      kind: 'cache-rebuilt',
      message: `The cache of ${session.name} was damaged and is made anew.`,
    });
    await letGo();
    await discardStore(mirror);
    isNew = await ensureStore(mirror, place, shape);
  };
  let head: Promise<RefName | null> | undefined;
  const askFirst = async (request: FetchRequest): Promise<FetchOutcome | null> => {
    if (!asksFirst(session, request.refs.map(parseRefPattern), isNew)) return null;
    const asked = lookFirst(session, request);
    head = asked.then((listing) => listing.head);
    head.catch(() => undefined);
    const listing = await asked.finally(() => (head = undefined));
    return fetchWhatIsNew({ session, request, isNew, listing, holds });
  };
  const attempt = async (request: FetchRequest): Promise<FetchOutcome> => {
    const outcome = (await askFirst(request)) ?? (await fetchRefs(session, request, isNew));
    if (outcome.kind === 'done') isNew = false;
    return outcome;
  };
  const refill = async (refs: Iterable<string>, depth: FetchRequest['depth']): Promise<void> => {
    const outcome = await attempt({ refs: [...refs], depth });
    if (outcome.kind !== 'done')
      throw gitFailure(`${session.name} could not be read`, outcome.stderr, session.secrets);
  };
  /** Gives the refs where they are known; else the mirror has them. */
  const fill = async (request: FetchRequest): Promise<FetchedRefs | undefined> => {
    const outcome = await attempt(request);
    if (outcome.kind !== 'done') {
      await mend(outcome.stderr);
      await refill(
        new Set([...fetched, ...request.refs]),
        request.depth === 'history' ? 'history' : deepest,
      );
    }
    if (request.depth === 'history') deepest = 'history';
    for (const ref of request.refs) fetched.add(ref);
    return outcome.kind === 'done' ? outcome.refs : undefined;
  };
  return {
    fetched,
    headUnderWay: () => head,
    fetch: async (request) => {
      const known = await fill(request);
      const refs = known ?? (await readMirroredRefs(mirror, request.refs.map(parseRefPattern)));
      return { refs, complete: session.borrows || !(await session.isShallow()) };
    },
    deepen: async () => {
      if (fetched.size === 0 || !(await session.isShallow())) return;
      await fill({ refs: [...fetched], depth: 'history' });
      session.notices.push({
        kind: 'deepened',
        message: `The history of ${session.name} was fetched, as the question needs it.`,
      });
    },
    guard: async (read) => {
      try {
        return await read();
      } catch (cause) {
        if (!isDamage(cause)) throw cause;
        await mend(cause.message);
        await refill(fetched, deepest);
        return read();
      }
    },
    noteFailure: async (cause) => {
      if (isDamage(cause)) await rm(join(mirror.root, 'made'), { force: true });
    },
    finish: () => repackStore(session),
  };
}

/** Words by which git says that a file of its own is not what it was; an object that is just not there is none. */
const damage =
  /corrupt|inflate|bad object header|unable to (?:unpack|read|open)|does not match index|too short|too small|index file|is empty|cat-file ended|garbage|delta base/;

function isDamage(cause: unknown): cause is Error {
  return isLanewiseError(cause, 'OBJECT_MISSING', 'GIT_FAILED') && damage.test(cause.message);
}

/** The environment of a git that is told its repository by argument. */
function withoutDirectories(environment: Environment): Environment {
  const named = new Set(['GIT_DIR', 'GIT_OBJECT_DIRECTORY', 'GIT_SHALLOW_FILE']);
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !named.has(name)));
}
