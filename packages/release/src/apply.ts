import {
  exitCodeOf,
  LanewiseError,
  worstExitCode,
  type ExitCode,
  type ProductName,
  type Release,
  type Timestamp,
  type Version,
} from '@lanewise/model';
import type { Identity } from '@lanewise/git';
import { buildInOrder, type Build, type Built } from './build.js';
import { observeRelease } from './observe.js';
import { exitCodeOfEntry, planRelease } from './plan.js';
import {
  pushProducts,
  reservations,
  voidReservations,
  writeReleases,
  type WrittenRelease,
} from './publish.js';
import type { ReleaseBook } from './release-book.js';
import {
  plannedReleases,
  type NoteLine,
  type PlanEntry,
  type PlannedRelease,
  type ReleasePlan,
} from './release-plan.js';
import { meansTheSame } from './same-plan.js';
import { describeRelease } from './tag-text.js';
import { tagNaming } from './tag-name.js';
import type { ReleaseRequest, ReleaseSources } from './state.js';

/** Everything by which a run acts on the world or learns of it. */
export interface ReleaseEffects {
  /** Builds one product; null: nothing is built in this run. */
  readonly build: Build | null;
  readonly now: () => Timestamp;
  /** From 0 to 1, for spreading the tries of several runs. */
  readonly random: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly tagger: Identity;
  /** Told what happens, for people who wait. */
  readonly report?: (progress: ReleaseProgress) => void;
}

export type ReleaseProgress =
  | { readonly kind: 'planned'; readonly plan: ReleasePlan }
  | { readonly kind: 'reserved'; readonly products: readonly ProductName[] }
  | { readonly kind: 'building'; readonly products: readonly ProductName[] }
  | { readonly kind: 'published'; readonly products: readonly ProductName[] }
  | { readonly kind: 'moved'; readonly attempt: number };

/** How a run ended for one product. */
export type ReleaseResult =
  | {
      readonly kind: 'published';
      readonly product: ProductName;
      readonly release: Release;
      readonly notes: readonly NoteLine[];
    }
  /** Kept for a build elsewhere (`reserveOnly`). */
  | {
      readonly kind: 'reserved';
      readonly product: ProductName;
      readonly version: Version;
      readonly forecast: boolean;
      readonly images: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'build-failed';
      readonly product: ProductName;
      readonly version: Version;
      readonly message: string;
    }
  | {
      readonly kind: 'held-back';
      readonly product: ProductName;
      readonly version: Version;
      readonly by: ProductName;
    }
  /** The remote does not take this product's refs. */
  | {
      readonly kind: 'refused';
      readonly product: ProductName;
      readonly version: Version;
      readonly reason: string;
    }
  /** Nothing to release: the plan's entry says why. */
  | {
      readonly kind: 'passed';
      readonly product: ProductName;
      readonly entry: Exclude<PlanEntry, PlannedRelease>;
    };

export interface ReleaseOutcome {
  /** The last plan that was made. */
  readonly plan: ReleasePlan;
  readonly results: readonly ReleaseResult[];
  readonly exitCode: ExitCode;
}

/** How often a run plans anew before it gives up against others. */
const mostAttempts = 40;

/** What a run remembers while it observes and plans again. */
interface Run {
  readonly sources: ReleaseSources;
  readonly request: ReleaseRequest;
  readonly effects: ReleaseEffects;
  readonly built: Map<ProductName, Built>;
  readonly finished: Map<ProductName, ReleaseResult>;
  /** Tags that were pushed without a clear answer: found at the remote, they are ours. */
  readonly written: Map<ProductName, WrittenRelease>;
  /** Reservations that the remote does not let us give back. */
  readonly stuck: Set<string>;
}

/**
 * Reserves, builds and publishes what the plan says. Each step is an intent on what was read last:
 * when anything moved, the run observes and plans again, so another run is never overwritten and
 * a crash at any point is healed by running again at the same commit.
 *
 * `reviewed` is a saved plan: the run goes on only if the new plan means the same. Throws the
 * plan's own stop, PLAN_STALE, REMOTE_MOVED after losing too often, and what the repository throws.
 */
export async function applyRelease(
  sources: ReleaseSources,
  request: ReleaseRequest,
  effects: ReleaseEffects,
  reviewed: ReleasePlan | null = null,
): Promise<ReleaseOutcome> {
  const run: Run = {
    sources,
    request,
    effects,
    built: new Map(),
    finished: new Map(),
    written: new Map(),
    stuck: new Set(),
  };
  let lost = 0;
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const state = await observeRelease(sources, request);
    const plan = planRelease(state, request);
    recogniseOurs(run, state.book);
    if (plan.stop !== null)
      throw new LanewiseError(plan.stop.code, plan.stop.message, {
        hint: plan.stop.hint ?? undefined,
      });
    if (attempt === 0) {
      if (reviewed !== null && !meansTheSame(reviewed, plan)) throw stale();
      effects.report?.({ kind: 'planned', plan });
    }
    const step = await takeStep(run, plan);
    if (step === 'done') return conclude(run, plan);
    if (step === 'moved') {
      lost += 1;
      effects.report?.({ kind: 'moved', attempt: lost });
      await effects.sleep(backOff(lost, effects.random()));
    }
  }
  throw new LanewiseError(
    'REMOTE_MOVED',
    `Other runs were faster ${lost} times in a row; this one gave up.`,
    {
      hint: 'Run the same command again: it goes on where this one stopped.',
    },
  );
}

/**
 * The next step towards the plan: reserve what has to be reserved, build what is reserved, publish
 * what is built. After each the world is read again; above all a version that was just reserved is
 * used only if the release tags, read after that, do not have it.
 */
async function takeStep(run: Run, plan: ReleasePlan): Promise<'done' | 'again' | 'moved'> {
  const { effects, finished, request, sources } = run;
  const pending = plannedReleases(plan).filter(({ product }) => !finished.has(product));
  const unreserved = pending.filter(({ reservation }) => reservation === 'needed');
  const gone = plan.void.filter((one) => !run.stuck.has(keyOf(one)));
  if (unreserved.length > 0 || gone.length > 0)
    return reserve(run, { ...plan, void: gone }, unreserved);
  if (request.reserveOnly) {
    for (const release of pending) finished.set(release.product, reserved(release));
    return 'done';
  }
  if (pending.length === 0) return 'done';
  const unbuilt = pending.filter((release) => release.build === 'target' && !isBuilt(run, release));
  if (unbuilt.length > 0) {
    if (effects.build === null) throw new TypeError('A plan that builds needs a build function.');
    effects.report?.({ kind: 'building', products: unbuilt.map(({ product }) => product) });
    const built = await buildInOrder(unbuilt, sources.head, effects.build);
    for (const [product, result] of built) {
      run.built.set(product, result);
      if (result.kind === 'failed')
        finished.set(product, { ...result, kind: 'build-failed', product });
      if (result.kind === 'held-back') finished.set(product, { ...result, product });
    }
    return 'again';
  }
  return publish(run, plan, pending);
}

async function reserve(
  run: Run,
  plan: ReleasePlan,
  releases: readonly PlannedRelease[],
): Promise<'again' | 'moved'> {
  const { sources, effects, finished } = run;
  const freed = await pushProducts(sources.repository, voidReservations(plan));
  for (const one of plan.void)
    if (freed.get(one.product)?.kind === 'refused') run.stuck.add(keyOf(one));
  const pushed = await pushProducts(sources.repository, reservations(releases, plan.head.commit));
  const won = releases.filter(({ product }) => pushed.get(product)?.kind === 'published');
  for (const { product, version } of releases) {
    const result = pushed.get(product);
    if (result?.kind === 'refused')
      finished.set(product, { kind: 'refused', product, version, reason: result.reason });
  }
  if (won.length > 0)
    effects.report?.({ kind: 'reserved', products: won.map(({ product }) => product) });
  return [...pushed.values()].some(({ kind }) => kind === 'moved') ? 'moved' : 'again';
}

async function publish(
  run: Run,
  plan: ReleasePlan,
  pending: readonly PlannedRelease[],
): Promise<'done' | 'moved'> {
  const { sources, effects, finished } = run;
  const releases = pending.map((release) => withBuiltImages(run, release));
  const written = await writeReleases(sources.repository, releases, plan.head, {
    tags: tagNaming(
      sources.inputs.map(({ product }) => product.name),
      sources.config,
    ),
    describe: (planned) => describeRelease(planned, sources.config.versioning.types),
    tagger: effects.tagger,
    at: effects.now(),
  });
  const pushed = await pushProducts(
    sources.repository,
    written.map(({ planned, updates }) => ({ product: planned.product, updates })),
  );
  for (const one of written) run.written.set(one.planned.product, one);
  let moved = false;
  for (const { planned, release } of written) {
    const { product, version, notes } = planned;
    const result = pushed.get(product);
    if (result?.kind === 'published')
      finished.set(product, { kind: 'published', product, release, notes });
    else if (result?.kind === 'refused') {
      finished.set(product, { kind: 'refused', product, version, reason: result.reason });
    } else moved = true;
  }
  const products = [...pushed]
    .filter(([, { kind }]) => kind === 'published')
    .map(([product]) => product);
  if (products.length > 0) effects.report?.({ kind: 'published', products });
  return moved ? 'moved' : 'done';
}

/** A push whose answer was lost may have landed: what stands at the remote tells. */
function recogniseOurs({ written, finished }: Run, book: ReleaseBook): void {
  for (const [product, { planned, release }] of written) {
    if (finished.has(product)) continue;
    if (book.get(product, release.version)?.tagObject !== release.tagObject) continue;
    finished.set(product, { kind: 'published', product, release, notes: planned.notes });
  }
}

function keyOf({ product, version }: { product: ProductName; version: Version }): string {
  return `${product}/${version}`;
}

function conclude({ finished }: Run, plan: ReleasePlan): ReleaseOutcome {
  const results = plan.entries.flatMap((entry): ReleaseResult[] => {
    const result = finished.get(entry.product);
    if (result !== undefined) return [result];
    return entry.kind === 'release' ? [] : [{ kind: 'passed', product: entry.product, entry }];
  });
  return {
    plan,
    results,
    exitCode: worstExitCode(results.map((result) => exitCodeOfResult(result))),
  };
}

/**
 * The products whose release stands at this very commit when the run ends: published by this run, or
 * by an earlier one that may have died before it brought them anywhere.
 */
export function releasedHere({ results }: Pick<ReleaseOutcome, 'results'>): readonly ProductName[] {
  return results
    .filter((result) => {
      if (result.kind === 'published') return true;
      return result.kind === 'passed' && result.entry.kind === 'unaffected' && result.entry.here;
    })
    .map(({ product }) => product);
}

/** What one product's result ends a command with. */
export function exitCodeOfResult(result: ReleaseResult): ExitCode {
  switch (result.kind) {
    case 'published':
    case 'reserved':
      return 0;
    case 'build-failed':
    case 'held-back':
      return exitCodeOf('BUILD_FAILED');
    case 'refused':
      return exitCodeOf('REMOTE_REFUSED');
    case 'passed':
      return exitCodeOfEntry(result.entry);
    default:
      return result satisfies never;
  }
}

/** A build holds as long as the release keeps its number, or its images are not named by it. */
function isBuilt({ built }: Run, { product, version, images }: PlannedRelease): boolean {
  const known = built.get(product);
  if (known?.kind !== 'ok') return false;
  const names = Object.keys(images);
  const sameImages = names.every((name) => nameOf(known.images[name]) === nameOf(images[name]));
  return sameImages && (known.version === version || names.length > 0);
}

function withBuiltImages({ built }: Run, release: PlannedRelease): PlannedRelease {
  const known = built.get(release.product);
  return known?.kind === 'ok'
    ? { ...release, images: { ...release.images, ...known.images } }
    : release;
}

/** An image's name without the digest that only its build knows. */
function nameOf(image: string | undefined): string | undefined {
  return image?.split('@', 1)[0];
}

function reserved({ product, version, forecast, images }: PlannedRelease): ReleaseResult {
  return { kind: 'reserved', product, version, forecast, images };
}

/** Doubles with each loss, up to two seconds, and is spread so that losers do not meet again. */
function backOff(lost: number, random: number): number {
  return Math.min(2000, 25 * 2 ** Math.min(lost, 10)) * (0.5 + random);
}

function stale(): LanewiseError {
  return new LanewiseError(
    'PLAN_STALE',
    'What would be released now is not what the saved plan says.',
    {
      hint: 'Make a new plan and look at it: lanewise release --dry-run.',
    },
  );
}
