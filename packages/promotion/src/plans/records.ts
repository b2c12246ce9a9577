import type { Release } from '@lanewise/model';
import { cellKey } from '../cell.js';
import type { PlannedRecord } from '../plan.js';
import type { PromotionState } from '../state.js';

/**
 * Records of what runs now that an earlier run did not come to write: it landed by a promotion of
 * ours, and there is no tag. A tag that exists is left as it is, whatever it says.
 */
export function missingRecords(
  state: PromotionState,
  landing: ReadonlyMap<string, Release>,
): readonly PlannedRecord[] {
  return [...state.cells.values()].flatMap((cell): readonly PlannedRecord[] => {
    const { product, environment, state: present } = cell;
    const configured = state.config.environments.get(environment);
    if (configured?.tags !== true || present.kind !== 'release') return [];
    if (landing.has(cellKey(environment, product))) return [];
    const stay = cell.history?.stays.at(-1);
    const { version, commit: source } = present.release;
    const tag = recordTag(environment, product, version);
    const ours =
      stay?.landed.trailers['To']?.[0] === version &&
      stay.landed.trailers['Product']?.[0] === product;
    if (stay === undefined || !ours || state.environmentTags.has(tag)) return [];
    return [{ tag, product, environment, version, source, landed: stay.landed.commit }];
  });
}

/** Name of the tag that records a promotion: `prod/docs@1.4.2`. */
export function recordTag(environment: string, product: string, version: string): string {
  return `${environment}/${product}@${version}`;
}
