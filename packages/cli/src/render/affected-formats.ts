import {
  affectedEntries,
  buildJobs,
  githubMatrix,
  plannedReleases,
  type MatrixEntry,
  type ReleaseOutcome,
  type ReleasePlan,
} from '@lanewise/release';

/** Jobs for what was reserved. */
export function reservedJobs(outcome: ReleaseOutcome): readonly MatrixEntry[] {
  return githubMatrix(outcome).matrix.include;
}

/** Jobs for what a plan would build; the versions may still change. */
export function plannedJobs(plan: ReleasePlan): readonly MatrixEntry[] {
  return plannedReleases(plan).flatMap((release) => buildJobs(release, plan.head.commit));
}

/** Values for later steps of a job. GitHub fails on an empty matrix, so `any` comes with it. */
export function affectedOutputs(
  plan: ReleasePlan,
  jobs: readonly MatrixEntry[],
): { readonly any: string; readonly matrix: string; readonly products: string } {
  return {
    any: String(jobs.length > 0),
    matrix: JSON.stringify({ include: jobs }),
    products: JSON.stringify(affectedNames(plan)),
  };
}

/** Names of the affected products. */
export function affectedNames(plan: ReleasePlan): readonly string[] {
  return affectedEntries(plan).map(({ product }) => product);
}
