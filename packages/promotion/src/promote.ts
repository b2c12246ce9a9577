import type { Config } from '@lanewise/model';
import type { PromotionPlan, PromotionRequest } from './plan.js';
import type { Landed, PromoteOptions, PromotionResult } from './promotion-result.js';
import type { PromotionSources, Surroundings } from './promotion-sources.js';
import { beginRun, carryOut, resultOf } from './run.js';

/**
 * Does what a request asks for: reads, plans, writes one commit for each product and environment,
 * and publishes all in one push. When the branch has moved meanwhile, everything is read and
 * planned again. What a remote refuses is tried product by product, so that one does not hold up
 * the others.
 *
 * Throws what is wrong with the request as a whole, PLAN_STALE, and REMOTE_MOVED when the race was
 * lost too often. What is held, waits or failed for single products is in the result.
 */
export async function promote(
  sources: PromotionSources,
  request: PromotionRequest,
  surroundings: Surroundings,
  options: PromoteOptions = {},
): Promise<PromotionResult> {
  const run = beginRun(sources, request, surroundings, options);
  // A saved plan is carried out as it was reviewed: what it opens is for the next run.
  const rounds = options.expected === undefined ? sources.config.environments.size : 1;
  for (let round = 1; ; round++) {
    const before = run.landed.length;
    await carryOut(run, null);
    const more = request.kind === 'ready' && run.landed.length > before && round < rounds;
    if (!more || options.dryRun === true || !opensMore(sources.config, run.landed.slice(before)))
      break;
  }
  return resultOf(run);
}

/**
 * Carries out a saved plan: the same request is planned again with every gate asked now, and goes
 * on only if that comes to the same. Throws PLAN_STALE with what differs.
 */
export async function applyPlan(
  sources: PromotionSources,
  plan: PromotionPlan,
  surroundings: Surroundings,
): Promise<PromotionResult> {
  return promote(sources, plan.request, surroundings, { expected: plan });
}

/** Whether what landed may open an environment behind it at once, where no soak is asked; others may lie between. */
function opensMore(config: Config, landed: readonly Landed[]): boolean {
  const reached = new Set(landed.map(({ environment }) => environment));
  const all = [...config.environments.values()];
  for (let size = 0; size < reached.size;) {
    size = reached.size;
    for (const { name, after } of all)
      if (after.environments.some((one) => reached.has(one))) reached.add(name);
  }
  return all.some(
    ({ on, gates, after }) =>
      on !== 'command' && gates.soak === 0 && after.environments.some((one) => reached.has(one)),
  );
}
