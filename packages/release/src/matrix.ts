import type { ReleaseOutcome, ReleaseResult } from './apply.js';
import { affectedEntries, type ReleasePlan } from './release-plan.js';

/** One job of a build matrix. */
export interface MatrixEntry {
  readonly product: string;
  readonly project: string;
  readonly version: string;
  /** The main image; '' where the product has none. */
  readonly image: string;
  readonly commit: string;
}

/**
 * The matrix of a GitHub workflow: what has to be built, with the versions that are kept for it.
 * An empty matrix fails on GitHub, so `any` tells whether the job is to run at all.
 */
export interface GithubMatrix {
  readonly matrix: { readonly include: readonly MatrixEntry[] };
  readonly any: boolean;
}

/** Makes the matrix of what a run reserved. */
export function githubMatrix({ plan, results }: ReleaseOutcome): GithubMatrix {
  const reserved = results.filter((result) => result.kind === 'reserved');
  const include = reserved.map((result) => matrixEntry(result, plan));
  return { matrix: { include }, any: include.length > 0 };
}

/** The lines that a step writes to `$GITHUB_OUTPUT`. */
export function githubOutput({ matrix, any }: GithubMatrix): string {
  return `matrix=${JSON.stringify(matrix)}\nany=${any}\n`;
}

function matrixEntry(
  { product, version, images }: Extract<ReleaseResult, { readonly kind: 'reserved' }>,
  plan: ReleasePlan,
): MatrixEntry {
  const entry = affectedEntries(plan).find((one) => one.product === product);
  const project = entry?.kind === 'release' ? entry.project : product;
  const image = images['main'] ?? Object.values(images)[0] ?? '';
  return { product, project, version, image, commit: plan.head.commit };
}
