import type { ObjectId, RefName } from '@lanewise/model';
import { depthOptions, runFetch, type FetchOutcome } from './fetch.js';
import { listRemote, type RemoteListing } from './list-remote.js';
import { readMirroredRefs, replaceMirroredRefs } from './mirrored-refs.js';
import { parseRefPattern, type RefPattern } from './ref-pattern.js';
import type { FetchRequest } from './repository.js';
import type { Session } from './session.js';

/** From so many new refs on they are brought by id, and written in one file. */
const manyRefs = 300;

/**
 * Whether asking for the refs first pays. Over a clone's objects it does, as there is mostly nothing
 * to bring, which `git fetch` finds out by walking them; and in a new store, for many tags.
 */
export function asksFirst(session: Session, patterns: readonly RefPattern[], isNew: boolean) {
  return session.borrows || (isNew && patterns.some(({ kind }) => kind === 'prefix'));
}

/** What is asked of the remote before anything is fetched, and what the store knows already. */
export interface FirstLook {
  readonly session: Session;
  readonly request: FetchRequest;
  readonly isNew: boolean;
  readonly listing: RemoteListing;
  /** Whether the store has all of these objects. */
  readonly holds: (ids: readonly ObjectId[]) => Promise<boolean>;
}

/** Begins a fetch by asking the remote for its refs, and its HEAD with them. */
export function lookFirst(session: Session, request: FetchRequest): Promise<RemoteListing> {
  return listRemote(session, request.refs.map(parseRefPattern));
}

/**
 * Ends the fetch where the store has it all, or brings many new refs by id. Null: what is left is
 * for an ordinary fetch, also where the remote gives nothing by id or another writes the refs.
 */
export async function fetchWhatIsNew(look: FirstLook): Promise<FetchOutcome | null> {
  const { session, request, isNew, listing } = look;
  const patterns = request.refs.map(parseRefPattern);
  const known = await readMirroredRefs(session.mirror, patterns);
  const fresh = [...listing.refs].filter(([ref, id]) => known.get(ref) !== id);
  const ids = [...new Set(listing.refs.values())];
  if (session.borrows && !isNew && (await look.holds(ids))) {
    const isSame = fresh.length === 0 && known.size === listing.refs.size;
    if (isSame || (await replaceMirroredRefs(session.mirror, patterns, listing.refs)))
      return { kind: 'done', stderr: '', refs: listing.refs };
    return null;
  }
  if (fresh.length < manyRefs) return null;
  const depth = await depthOptions(session, request.depth, patterns, isNew);
  return fetchById(session, patterns, listing.refs, ['--filter=blob:none', ...depth]);
}

async function fetchById(
  session: Session,
  patterns: readonly RefPattern[],
  refs: ReadonlyMap<RefName, ObjectId>,
  options: readonly string[],
): Promise<FetchOutcome | null> {
  const outcome = await runFetch(session, options, [...new Set(refs.values())]).catch(() => null);
  if (outcome?.kind !== 'done') return null;
  return (await replaceMirroredRefs(session.mirror, patterns, refs)) ? outcome : null;
}
