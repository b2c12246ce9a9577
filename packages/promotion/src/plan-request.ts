import { observePromotion } from './observe.js';
import type { PromotionPlan, PromotionRequest } from './plan.js';
import { planPromotion } from './plan-promotion.js';
import type { PromotionSources, Surroundings } from './promotion-sources.js';
import { scopeOf } from './scope.js';
import type { PromotionState } from './state.js';

/** Plans a request without writing anything. */
export async function planRequest(
  sources: PromotionSources,
  request: PromotionRequest,
  surroundings: Pick<Surroundings, 'now'>,
): Promise<{ readonly state: PromotionState; readonly plan: PromotionPlan }> {
  const scope = scopeOf(request, sources.config, sources.products);
  const state = await observePromotion(sources, scope, surroundings.now(), request);
  return { state, plan: planPromotion(state, request) };
}
