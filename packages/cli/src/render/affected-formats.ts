import {
  affectedEntries,
  githubMatrix,
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
  return plan.entries.flatMap((entry) => {
    if (entry.kind !== 'release') return [];
    const { product, project, version, images } = entry;
    const image = images['main'] ?? Object.values(images)[0] ?? '';
    return [{ product, project, version, image, commit: plan.head.commit }];
  });
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
