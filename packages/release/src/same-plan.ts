import { canonicalJson } from '@lanewise/model';
import { plannedReleases, type ReleasePlan } from './release-plan.js';

/**
 * Whether two plans release the same from the same commit: products, versions and images. Reasons
 * and reservations may differ; they lead to the same tags.
 */
export function meansTheSame(a: ReleasePlan, b: ReleasePlan): boolean {
  return meaning(a) === meaning(b);
}

function meaning(plan: ReleasePlan): string {
  const releases = plannedReleases(plan).map(({ product, version, images }) => [
    product,
    version,
    images,
  ]);
  return canonicalJson([plan.head.commit, releases]);
}
