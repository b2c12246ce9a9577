import type { Allowed } from './record.js';
import {
  affectedEntries,
  type PlanEntry,
  type PlanStop,
  type SharedCause,
} from './release-plan.js';
import type { ReleaseRequest, ReleaseState } from './state.js';

export interface Guarded {
  readonly stop: PlanStop | null;
  readonly notices: readonly string[];
  /** What was allowed by name, for the records. */
  readonly allowed: Allowed;
}

/**
 * What must hold before anything is written: HEAD on a release branch of the remote, a clean work
 * tree, a known past, and no more affected products than is normal. A dry run goes on and says so.
 */
export function guardPlan(
  state: ReleaseState,
  request: ReleaseRequest,
  entries: readonly PlanEntry[],
  shared: readonly SharedCause[],
): Guarded {
  const stops = [offBranch(state), dirtyTree(state), nothingReleased(entries)].filter(
    (stop) => stop !== null,
  );
  const tooMany = tooManyAffected(state, request, entries, shared);
  const passed = request.maxAffected !== null && exceeds(state.maxAffected, entries);
  return {
    stop: (request.dryRun ? undefined : stops[0]) ?? tooMany,
    notices: [
      ...unusableTags(state),
      ...(request.dryRun ? stops.map(({ message }) => message) : []),
    ],
    allowed: passed ? { maxAffected: request.maxAffected } : {},
  };
}

/** Tags that were moved or forged: without them a product may seem older than it is, or not to have changed. */
function unusableTags({ book, products }: ReleaseState): readonly string[] {
  const asked = new Set(products.map(({ product }) => product));
  const problems = book.problems.filter(({ product }) => asked.has(product));
  const [first] = problems;
  if (first === undefined) return [];
  const rest = problems.length - 1;
  const others =
    rest === 0 ? '' : ` So ${rest === 1 ? 'is 1 other tag' : `are ${rest} other tags`}.`;
  return [`${first.message} It is left out.${others} 'lanewise verify' says what to do.`];
}

function offBranch({ head, branches, onBranches }: ReleaseState): PlanStop | null {
  if (onBranches.length > 0) return null;
  const names = branches.map(({ name }) => name).join(', ') || 'none';
  return {
    code: 'NOT_ON_RELEASE_BRANCH',
    message: `The commit ${head.commit.slice(0, 8)} is on no release branch of the remote (${names}).`,
    hint: "Push or merge it first; 'release.branches' in lanewise.yaml says where releases are made.",
  };
}

function dirtyTree({ dirty }: ReleaseState): PlanStop | null {
  if (dirty.length === 0) return null;
  const shown = dirty.slice(0, 3).join(', ');
  return {
    code: 'TREE_DIRTY',
    message: `The work tree differs from the commit in ${dirty.length} file${dirty.length === 1 ? '' : 's'}: ${shown}${dirty.length > 3 ? ' …' : ''}.`,
    hint: 'Commit or remove them: a release is made from a commit. --dry-run shows what is affected.',
  };
}

function nothingReleased(entries: readonly PlanEntry[]): PlanStop | null {
  if (entries.length === 0 || entries.some(({ kind }) => kind !== 'new')) return null;
  return {
    code: 'NO_RELEASES',
    message: `No product has a release tag, so what changed since cannot be told: ${listed(entries)}.`,
    hint: "Take over what runs with 'lanewise adopt', or release a product for the first time by name: lanewise release NAME --first.",
  };
}

function tooManyAffected(
  state: ReleaseState,
  request: ReleaseRequest,
  entries: readonly PlanEntry[],
  shared: readonly SharedCause[],
): PlanStop | null {
  const limit = request.maxAffected ?? state.maxAffected;
  if (limit === null || !exceeds(limit, entries)) return null;
  const count = affectedCount(entries);
  const [widest] = shared;
  const cause =
    widest === undefined ? '' : ` Shared by ${widest.products.length} of them: ${widest.cause}.`;
  return {
    code: 'TOO_MANY_AFFECTED',
    message: `${count} products are affected, more than the ${limit} that 'guards.maxAffected' takes for normal.${cause}`,
    hint: `If all of them are to be released: --max-affected ${count}.`,
  };
}

function exceeds(limit: number | null, entries: readonly PlanEntry[]): boolean {
  return limit !== null && affectedCount(entries) > limit;
}

function affectedCount(entries: readonly PlanEntry[]): number {
  return affectedEntries({ entries }).length;
}

function listed(entries: readonly PlanEntry[]): string {
  const names = entries.map(({ product }) => product);
  return names.length > 5
    ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`
    : names.join(', ');
}
