import { affectedEntries, type PlanEntry, type ReleasePlan } from '@lanewise/release';

/** One job of a build matrix: what a pipeline needs to build a product. */
export interface MatrixJob {
  readonly product: string;
  readonly project: string;
  readonly version: string;
  /** The image of a product with one; several stand in `images`. */
  readonly image: string | null;
  readonly images: Readonly<Record<string, string>>;
}

/** Jobs for the affected products that can be built. */
export function matrixJobs(plan: ReleasePlan): readonly MatrixJob[] {
  return plan.entries.flatMap((entry) =>
    entry.kind === 'release'
      ? [
          {
            product: entry.product,
            project: entry.project,
            version: entry.version,
            image: entry.images['main'] ?? null,
            images: entry.images,
          },
        ]
      : [],
  );
}

/** Values for later steps of a job. GitHub fails on an empty matrix, so `any` comes with it. */
export function affectedOutputs(plan: ReleasePlan): Readonly<Record<string, string>> {
  const jobs = matrixJobs(plan);
  return {
    any: String(jobs.length > 0),
    matrix: JSON.stringify({ include: jobs }),
    products: JSON.stringify(affectedNames(plan)),
  };
}

/** Names of the affected products. */
export function affectedNames(plan: ReleasePlan): readonly string[] {
  return affectedEntries(plan).map(({ product }: Pick<PlanEntry, 'product'>) => product);
}
