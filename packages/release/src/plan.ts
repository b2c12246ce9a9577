import {
  exitCodeOf,
  worstExitCode,
  type ExitCode,
  type Need,
  type ProductName,
  type Version,
} from '@lanewise/model';
import { guardPlan } from './guards.js';
import { planProduct } from './plan-product.js';
import type { PlanEntry, PlannedRelease, ReleasePlan } from './release-plan.js';
import { sharedCauses } from './shared-causes.js';
import type { NeedFacts, ReleaseRequest, ReleaseState } from './state.js';

/**
 * What a release run will do, from what was read and what is asked: a pure function. Planning
 * again after anything moved is calling it again with a newer state.
 */
export function planRelease(state: ReleaseState, request: ReleaseRequest): ReleasePlan {
  const planned = state.products.map((product) => ({
    product,
    ...planProduct(product, state, request),
  }));
  const versions = new Map<ProductName, Version>(
    planned.flatMap(({ entry, version }) => (version === null ? [] : [[entry.product, version]])),
  );
  const needs = new Map(state.products.map(({ product, needs }) => [product, needs]));
  const complete = planned.map(({ entry }) =>
    entry.kind === 'release' ? withNeeds(entry, needs.get(entry.product) ?? [], versions) : entry,
  );
  const shared = sharedCauses(complete);
  const { stop, notices, allowed } = guardPlan(state, request, complete, shared);
  const entries = complete.map((entry) =>
    entry.kind === 'release' ? { ...entry, allowed: { ...entry.allowed, ...allowed } } : entry,
  );
  return {
    plan: 'lanewise/release',
    version: 1,
    head: state.head,
    stop,
    entries,
    shared,
    void: voidReservations(state),
    notices: [...state.notices, ...notices],
    exitCode: worstExitCode([
      ...entries.map(exitCodeOfEntry),
      stop === null ? 0 : exitCodeOf(stop.code),
    ]),
  };
}

/** What a plan's entry ends a command with. */
export function exitCodeOfEntry(entry: PlanEntry): ExitCode {
  if (entry.kind === 'not-told') return exitCodeOf('IMAGE_NOT_TOLD');
  return entry.kind === 'stopped' ? exitCodeOf(entry.code) : 0;
}

/**
 * A need is met by the oldest release with equal content on the way between the two. Where none
 * has it yet, by the one that stands for this commit: released in this run, or unaffected by it.
 */
function withNeeds(
  entry: PlannedRelease,
  needs: readonly NeedFacts[],
  versions: ReadonlyMap<ProductName, Version>,
): PlannedRelease {
  const required = ({ product, via, equal }: NeedFacts): Version | null =>
    via.length === 0 ? null : (equal ?? versions.get(product) ?? null);
  const entries = needs.map((need): [string, Need] => [
    need.product,
    { seen: need.seen, required: required(need) },
  ]);
  return { ...entry, needs: Object.fromEntries(entries) };
}

/** Reservations at this commit whose version somebody published after all. */
function voidReservations({ reservations, head, book }: ReleaseState): ReleasePlan['void'] {
  return reservations
    .filter(({ commit }) => commit === head.commit)
    .filter(
      ({ product, version }) =>
        book.get(product, version) !== null || isProblem(book, product, version),
    )
    .map(({ product, version }) => ({ product, version }));
}

function isProblem(
  { problems }: ReleaseState['book'],
  product: ProductName,
  version: Version,
): boolean {
  return problems.some((problem) => problem.product === product && problem.version === version);
}
