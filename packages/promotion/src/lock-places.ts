import type { EnvironmentName, ProductName, RepoPath } from '@lanewise/model';
import type { LockPlace } from './lock.js';

export const lockDirectory = '.lanewise/lock' as RepoPath;
const all = '_all';

/** `.lanewise/lock/prod/docs`; every environment or product is `_all`, which no name can be. */
export function lockPath({ environment, product }: LockPlace): RepoPath {
  // names of products and environments cannot hold what leads out of a folder
  return `${lockDirectory}/${lockKey(environment, product)}` as RepoPath;
}

/** `prod/docs`, with `_all` for null. */
export function lockKey(environment: EnvironmentName | null, product: ProductName | null): string {
  return `${environment ?? all}/${product ?? all}`;
}

/** The places of lock files that stand for a product in an environment, the nearest first. */
export function lockPlacesFor(
  environment: EnvironmentName,
  product: ProductName,
): readonly LockPlace[] {
  return [
    { environment, product },
    { environment, product: null },
    { environment: null, product },
    { environment: null, product: null },
  ];
}

/** A place as people say it. */
export function showPlace({ environment, product }: LockPlace): string {
  return `${product ?? 'every product'} in ${environment ?? 'every environment'}`;
}

/** How the comment begins by which a step back by hand is settled. */
export function settledNote(version: string): string {
  return `# ${version} was taken back by `;
}
