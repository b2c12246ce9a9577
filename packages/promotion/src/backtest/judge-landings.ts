import type { PastAnswer, PastStep } from '@lanewise/release';
import type { CommitId } from '@lanewise/model';
import type { Build, Deployment, Direction, Landing, Source } from './deployment.js';

/** A landing with its source, and that of the landing before it in the same environment. */
export interface SourcedLanding {
  readonly landing: Landing;
  readonly source: Source;
  /** null: nothing landed there before. */
  readonly before: Source | null;
  /** Whether this source is in the environment for the first time. */
  readonly isNew: boolean;
}

/** Joins landings (oldest first) with their sources and with what was there before. */
export function chainLandings(
  landings: readonly Landing[],
  sourceOf: (landing: Landing) => Source,
): readonly SourcedLanding[] {
  const cells = new Map<string, { last: Source | null; readonly seen: Set<CommitId> }>();
  return landings.map((landing) => {
    const key = `${landing.environment}\n${landing.product}`;
    let cell = cells.get(key);
    if (cell === undefined) cells.set(key, (cell = { last: null, seen: new Set() }));
    const source = sourceOf(landing);
    const isNew = source.kind === 'told' && !cell.seen.has(source.commit);
    if (source.kind === 'told') cell.seen.add(source.commit);
    const before = cell.last;
    cell.last = source;
    return { landing, source, before, isNew };
  });
}

/** A build with the source of the build before it. */
export interface SourcedBuild {
  readonly build: Omit<Build, 'inputs'>;
  /** Of the last build of the product that is told; null: it is the first. */
  readonly before: Source | null;
}

/** The builds that the landings (oldest first) tell of: each source or untold value of a product once. */
export function chainBuilds(landings: readonly SourcedLanding[]): readonly SourcedBuild[] {
  const products = new Map<string, { last: Source | null; readonly seen: Set<string> }>();
  return landings.flatMap(({ landing: { product, at, place, to }, source }) => {
    let own = products.get(product);
    if (own === undefined) products.set(product, (own = { last: null, seen: new Set() }));
    const what = source.kind === 'told' ? source.commit : `value ${to.join('\n')}`;
    if (own.seen.has(what)) return [];
    own.seen.add(what);
    const before = own.last;
    if (source.kind === 'told' || before === null) own.last = source;
    return [{ build: { product, at, place, source }, before }];
  });
}

/** The step whose inputs are to be compared; null: there is none, or its ends cannot be told. */
export function stepBetween(
  product: Landing['product'],
  before: Source | null,
  after: Source,
): PastStep | null {
  if (before?.kind !== 'told' || after.kind !== 'told') return null;
  return { product, before: before.commit, after: after.commit };
}

/** Says of each landing where it led, whether its inputs differ (`answers`, in order), and how long the way was. */
export function judgeLandings(
  landings: readonly SourcedLanding[],
  answers: readonly PastAnswer[],
  contains: (newer: CommitId, older: CommitId) => boolean,
): readonly Deployment[] {
  return landings.map(({ landing, source, before, isNew }, index) => {
    const direction = directionOf(before, source, contains);
    return {
      ...landing,
      source,
      direction,
      inputs: before === null ? null : (answers[index] ?? 'unknown'),
      leadTime: isNew ? leadTimeOf(landing, source, direction) : null,
    };
  });
}

/** The same for builds. */
export function judgeBuilds(
  builds: readonly SourcedBuild[],
  answers: readonly PastAnswer[],
): readonly Build[] {
  return builds.map(({ build, before }, index) => ({
    ...build,
    inputs: before === null ? null : (answers[index] ?? 'unknown'),
  }));
}

function directionOf(
  before: Source | null,
  after: Source,
  contains: (newer: CommitId, older: CommitId) => boolean,
): Direction {
  if (before === null) return 'first';
  if (before.kind !== 'told' || after.kind !== 'told') return 'untold';
  if (before.commit === after.commit) return 'same';
  if (contains(after.commit, before.commit)) return 'forward';
  return contains(before.commit, after.commit) ? 'back' : 'sideways';
}

/** What was there first may be older than the repository, and what went back was there before it. */
function leadTimeOf({ at }: Landing, source: Source, direction: Direction): number | null {
  if (direction === 'first' || direction === 'back' || source.kind !== 'told') return null;
  return at < source.committedAt ? null : at - source.committedAt;
}
