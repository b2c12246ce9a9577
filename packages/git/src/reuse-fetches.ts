import type { ObjectId, RefName } from '@lanewise/model';
import { matchesPattern, parseRefPattern, type RefPattern } from './ref-pattern.js';
import type { FetchRequest, RefSnapshot, Repository } from './repository.js';

interface Fetched {
  readonly patterns: readonly RefPattern[];
  readonly depth: FetchRequest['depth'];
  readonly snapshot: Promise<RefSnapshot>;
}

/**
 * The same repository, whose fetches are answered by an earlier fetch that asked for as much: the
 * parts of one command look at one moment of the remote, and ask for it once. The first `publish`
 * ends that moment, however it goes, so a new attempt observes anew. What is decided on a moment
 * that has passed is not written: a push names the old value of each ref.
 */
export function reuseFetches(repository: Repository): Repository {
  let made: readonly Fetched[] = [];
  const forget = (): void => {
    made = [];
  };
  const fetchNow = (request: FetchRequest): Promise<RefSnapshot> => {
    const snapshot = repository.fetch(request);
    const fetched = { patterns: request.refs.map(parseRefPattern), depth: request.depth, snapshot };
    // The newest first: it is asked first.
    made = [fetched, ...made];
    snapshot.catch(() => (made = made.filter((one) => one !== fetched)));
    return snapshot;
  };
  return {
    ...repository,
    fetch: (request) => {
      if (request.fresh === true) return fetchNow(request);
      const covering = findCovering(made, request.refs.map(parseRefPattern));
      return covering === null ? fetchNow(request) : answer(covering, request, fetchNow);
    },
    publish: async (updates) => {
      forget();
      try {
        return await repository.publish(updates);
      } finally {
        forget();
      }
    },
  };
}

interface Covering {
  readonly pattern: RefPattern;
  readonly by: readonly Fetched[];
}

/** For each pattern the fetches that asked for as much; null where one was not asked for yet. */
function findCovering(
  made: readonly Fetched[],
  patterns: readonly RefPattern[],
): readonly Covering[] | null {
  const covering = patterns.map((pattern) => ({
    pattern,
    by: made.filter((one) => one.patterns.some((other) => covers(other, pattern))),
  }));
  return covering.every(({ by }) => by.length > 0) ? covering : null;
}

/** What the earlier fetches give together, unless history is asked for and they brought the tips only. */
async function answer(
  covering: readonly Covering[],
  request: FetchRequest,
  fetchNow: (request: FetchRequest) => Promise<RefSnapshot>,
): Promise<RefSnapshot> {
  const refs = new Map<RefName, ObjectId>();
  let complete = true;
  const names = new Map<RefSnapshot, readonly RefName[]>();
  for (const { pattern, by } of covering) {
    const earlier = await deepEnough(by, request.depth);
    if (earlier === null) return fetchNow(request);
    complete &&= earlier.complete === true;
    let sorted = names.get(earlier);
    if (sorted === undefined) names.set(earlier, (sorted = [...earlier.refs.keys()].sort()));
    for (const ref of matching(sorted, pattern)) {
      const id = earlier.refs.get(ref);
      if (id !== undefined) refs.set(ref, id);
    }
  }
  return { refs, complete };
}

/** Of sorted names those that a pattern means: thousands of patterns meet thousands of names. */
function matching(sorted: readonly RefName[], pattern: RefPattern): readonly RefName[] {
  if (pattern.kind === 'exact') return [pattern.ref];
  const start = firstFrom(sorted, pattern.prefix);
  let end = start;
  while (sorted[end]?.startsWith(pattern.prefix) === true) end += 1;
  return sorted.slice(start, end);
}

function firstFrom(sorted: readonly string[], text: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? '') < text) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function deepEnough(
  fetched: readonly Fetched[],
  depth: FetchRequest['depth'],
): Promise<RefSnapshot | null> {
  for (const one of fetched) {
    const snapshot = await one.snapshot;
    if (depth === 'tip' || one.depth === 'history' || snapshot.complete === true) return snapshot;
  }
  return null;
}

function covers(wide: RefPattern, narrow: RefPattern): boolean {
  if (narrow.kind === 'exact') return matchesPattern(wide, narrow.ref);
  return wide.kind === 'prefix' && narrow.prefix.startsWith(wide.prefix);
}
