import { planExitCode, type PromotionPlan, type PromotionResult } from '@lanewise/promotion';
import type { Answer, JsonAnswer } from './command.js';
import type { LeftBehind } from './left-behind.js';
import { renderLeftBehind } from './render/left-behind.js';
import { renderPromotion, renderPromotionRemarks } from './render/promotion.js';

/** The answer of a command that promoted, locked or unlocked. */
export function promotionAnswer(
  result: PromotionResult,
  leftBehind: readonly LeftBehind[] = [],
): Answer {
  const outcome = { kind: 'done', result } as const;
  return {
    exitCode: result.exitCode,
    json: promotionJson(result.plan, result, leftBehind),
    text: (view) => renderPromotion(outcome, view) + renderLeftBehind(leftBehind, view),
    remarks: (view) => renderPromotionRemarks(outcome, view),
    outputs: {
      landed: JSON.stringify(
        result.landed.map(({ product, environment, to }) => ({
          product,
          environment,
          version: to,
        })),
      ),
    },
  };
}

/** The answer of a dry run. */
export function plannedAnswer(plan: PromotionPlan, leftBehind: readonly LeftBehind[] = []): Answer {
  const outcome = { kind: 'planned', plan } as const;
  return {
    exitCode: planExitCode(plan),
    json: promotionJson(plan, null, leftBehind),
    text: (view) => renderPromotion(outcome, view) + renderLeftBehind(leftBehind, view),
    remarks: (view) => renderPromotionRemarks(outcome, view),
  };
}

/** The shape that all commands share which change what runs. `result` null: nothing was written. */
export function promotionJson(
  plan: PromotionPlan,
  result: PromotionResult | null,
  leftBehind: readonly LeftBehind[] = [],
): JsonAnswer {
  return {
    schema: 'lanewise.dev/promotion/1',
    dryRun: result === null,
    landed: result?.landed ?? [],
    decisions: plan.decisions,
    leftBehind,
    records: result?.records ?? [],
    lockCommits: result?.lockCommits ?? [],
    failed: (result?.failed ?? []).map(({ product, environment, error }) => ({
      product,
      environment,
      code: error.code,
      message: error.message,
      hint: error.hint ?? null,
    })),
    notices: result?.notices ?? [],
  };
}
