import type { PastAnswer, PastStep } from '@lanewise/release';
import type { CommitId } from '@lanewise/model';
import type { Build, Deployment, Direction, Landing, Source } from './deployment.js';

/** A landing with its source, and the landing before it in the same environment. */
export interface SourcedLanding extends Landing {
  readonly source: Source;
  /** null: nothing landed there before. */
  readonly before: SourcedLanding | null;
  /** Whether this source is in the environment for the first time. */
  readonly isNew: boolean;
}

/** Joins landings (oldest first) with their sources and with what was there before. */
export function chainLandings(
  landings: readonly Landing[],
  sourceOf: (landing: Landing) => Source,
): readonly SourcedLanding[] {
  const last = new Map<string, SourcedLanding>();
  const seen = new Set<string>();
  return landings.map((landing) => {
    const cell = `${landing.environment}\n${landing.product}`;
    const source = sourceOf(landing);
    const key = source.kind === 'told' ? `${cell}\n${source.commit}` : null;
    const isNew = key !== null && !seen.has(key);
    if (key !== null) seen.add(key);
    const one = { ...landing, source, before: last.get(cell) ?? null, isNew };
    // Only the one before matters, not all that were before that.
    last.set(cell, { ...one, before: null });
    return one;
  });
}

/** The steps whose inputs are to be compared: each landing from the one before, each build from the build before. */
export function stepsOf(
  landings: readonly SourcedLanding[],
  builds: readonly ChainedBuild[],
): readonly PastStep[] {
  return [
    ...landings.flatMap(({ product, source, before }) =>
      stepBetween(product, before?.source ?? null, source),
    ),
    ...builds.flatMap(({ product, source, before }) => stepBetween(product, before, source)),
  ];
}

function stepBetween(
  product: Landing['product'],
  before: Source | null,
  after: Source,
): readonly PastStep[] {
  if (before?.kind !== 'told' || after.kind !== 'told') return [];
  return [{ product, before: before.commit, after: after.commit }];
}

/** A build with the source of the build before it. */
export interface ChainedBuild extends Omit<Build, 'inputs'> {
  /** The last build of the product that is told; null: there is none. */
  readonly before: Source | null;
}

/** The builds that the landings (oldest first) tell of: each source or untold value of a product once. */
export function findBuilds(landings: readonly SourcedLanding[]): readonly ChainedBuild[] {
  const seen = new Set<string>();
  const last = new Map<string, Source>();
  return landings.flatMap(({ product, source, at, place, to }) => {
    const what = source.kind === 'told' ? source.commit : to.join('\n');
    const key = `${product}\n${what}`;
    if (seen.has(key)) return [];
    seen.add(key);
    const before = last.get(product) ?? null;
    if (source.kind === 'told' || before === null) last.set(product, source);
    return [{ product, at, place, source, before }];
  });
}

export interface Judge {
  /** What the comparison of inputs said; undefined where none was asked. */
  readonly answerOf: (step: PastStep) => PastAnswer | undefined;
  readonly contains: (newer: CommitId, older: CommitId) => boolean;
}

/** Says of each landing where it led, whether its inputs differ, and how long the way was. */
export function judgeLandings(
  landings: readonly SourcedLanding[],
  judge: Judge,
): readonly Deployment[] {
  return landings.map(({ before, isNew, ...landing }) => {
    const direction = directionOf(before?.source ?? null, landing.source, judge);
    const inputs =
      before === null ? null : compare(landing.product, before.source, landing.source, judge);
    return { ...landing, direction, inputs, leadTime: leadTimeOf(landing, direction, isNew) };
  });
}

/** The same for builds. */
export function judgeBuilds(builds: readonly ChainedBuild[], judge: Judge): readonly Build[] {
  return builds.map(({ before, ...build }) => ({
    ...build,
    inputs: before === null ? null : compare(build.product, before, build.source, judge),
  }));
}

function compare(
  product: Landing['product'],
  before: Source,
  after: Source,
  { answerOf }: Judge,
): PastAnswer {
  if (before.kind !== 'told' || after.kind !== 'told') return 'unknown';
  return answerOf({ product, before: before.commit, after: after.commit }) ?? 'unknown';
}

function directionOf(before: Source | null, after: Source, { contains }: Judge): Direction {
  if (before === null) return 'first';
  if (before.kind !== 'told' || after.kind !== 'told') return 'untold';
  if (before.commit === after.commit) return 'same';
  if (contains(after.commit, before.commit)) return 'forward';
  return contains(before.commit, after.commit) ? 'back' : 'sideways';
}

/** Only what is new in the environment has a lead time; what was there first may be older than the repository. */
function leadTimeOf(
  { source, at }: Pick<Landing, 'at'> & { readonly source: Source },
  direction: Direction,
  isNew: boolean,
): number | null {
  const counts =
    isNew && (direction === 'forward' || direction === 'sideways' || direction === 'untold');
  if (!counts || source.kind !== 'told' || at < source.committedAt) return null;
  return at - source.committedAt;
}
