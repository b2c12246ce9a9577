import type { ReleaseOutcome, ReleaseResult } from './apply.js';
import { affectedEntries, type PlannedRelease, type ReleasePlan } from './release-plan.js';

/** One job of a build matrix. */
export interface MatrixEntry {
  readonly product: string;
  /** Of a group the member that this job builds. */
  readonly member?: string;
  readonly project: string;
  readonly version: string;
  /** The main image; '' where the product has none. */
  readonly image: string;
  readonly commit: string;
  /** By what name the image is told to `release --image`: `docs`, or `shop:api` for a group's member. */
  readonly tell: string;
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
  const include = reserved.flatMap((result) => matrixEntries(result, plan));
  return { matrix: { include }, any: include.length > 0 };
}

/** The lines that a step writes to `$GITHUB_OUTPUT`. */
export function githubOutput({ matrix, any }: GithubMatrix): string {
  return `matrix=${JSON.stringify(matrix)}\nany=${any}\n`;
}

/** One job for a product, or one for each member of a group. */
function matrixEntries(
  { product, version, images }: Extract<ReleaseResult, { readonly kind: 'reserved' }>,
  plan: ReleasePlan,
): readonly MatrixEntry[] {
  const entry = affectedEntries(plan).find((one) => one.product === product);
  const project = entry?.kind === 'release' ? entry.project : product;
  const { commit } = plan.head;
  const members = entry?.kind === 'release' ? entry.members : undefined;
  return buildJobs({ product, project, version, images, ...(members && { members }) }, commit);
}

/** What has to be built for a release: one job, or one for each member of a group. */
export function buildJobs(
  {
    product,
    project,
    version,
    images,
    members,
  }: Pick<PlannedRelease, 'product' | 'version' | 'images' | 'members'> & {
    readonly project: string;
  },
  commit: string,
): readonly MatrixEntry[] {
  if (members !== undefined) {
    return members.map(({ name, project }) => {
      const image = images[name] ?? '';
      const tell = `${product}:${name}`;
      return { product, member: name, project, version, image, commit, tell };
    });
  }
  const image = images['main'] ?? Object.values(images)[0] ?? '';
  return [{ product, project, version, image, commit, tell: product }];
}
