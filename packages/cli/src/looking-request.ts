import type { ProductName } from '@lanewise/model';
import type { ReleaseRequest } from '@lanewise/release';

/** What a command asks that only wants to know what is affected; null: all products. */
export function lookingRequest(products: readonly ProductName[] | null): ReleaseRequest {
  return {
    products,
    first: false,
    acceptBase: new Map(),
    maxAffected: null,
    told: null,
    target: false,
    reserveOnly: true,
    dryRun: true,
  };
}
