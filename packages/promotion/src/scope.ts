import type { Config, NamedProduct, ProductName } from '@lanewise/model';
import { requireEnvironmentTag } from './environment-tag.js';
import type { PromotionRequest } from './plan.js';

/** How much has to be read for an answer: as little as it can be. */
export interface ObserveScope {
  /** null: all products. */
  readonly products: readonly ProductName[] | null;
  /** Whether the past of the pins matters, or only what stands at the branch's head. */
  readonly history: boolean;
  /** Whether environment tags are read as requests. */
  readonly requests: boolean;
  /** Whether the releases are read anew, and after the pins: then no pin can hold one that was not there yet. */
  readonly fresh?: boolean;
}

/** Everything: what `status` reads. */
export const wholeScope: ObserveScope = { products: null, history: true, requests: true };

/** What a request needs to know. Throws REQUEST_INVALID. */
export function scopeOf(
  request: PromotionRequest,
  config: Config,
  products: readonly NamedProduct[],
): ObserveScope {
  switch (request.kind) {
    case 'name': {
      const named = request.promotions.map(({ product }) => product);
      return { products: named, history: needsHistory(request, config), requests: false };
    }
    case 'ready':
      return { products: request.products, history: true, requests: request.released === null };
    case 'tag': {
      const known = new Set<string>(products.map(({ name }) => name));
      const named = request.tags.map(
        (tag) => requireEnvironmentTag(tag, config.targets, known).product,
      );
      return { products: [...new Set(named)], history: true, requests: true };
    }
    case 'rollback':
      return { products: [request.product], history: true, requests: false };
    case 'lock':
      return {
        products: request.product === null ? [] : [request.product],
        history: false,
        requests: false,
      };
    case 'unlock':
      return {
        products: request.product === null ? null : [request.product],
        history: true,
        requests: true,
      };
    default:
      return request satisfies never;
  }
}

/**
 * A release that is named for an environment without conditions is decided by the branch's head
 * alone. Where an environment comes before, or takes told images, the past is asked.
 */
function needsHistory(
  request: Extract<PromotionRequest, { kind: 'name' }>,
  config: Config,
): boolean {
  if (request.promotions.some(({ version }) => version === null) && !request.again) return true;
  return (config.targets.get(request.to) ?? []).some((name) => {
    const environment = config.environments.get(name);
    if (environment === undefined) return false;
    const { after, gates, images } = environment;
    return (
      (!request.again && (after.environments.length > 0 || gates.soak > 0)) || images === 'own'
    );
  });
}
