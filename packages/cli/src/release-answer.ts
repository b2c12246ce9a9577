import type { ExitCode } from '@lanewise/model';
import type { PromotionPlan } from '@lanewise/promotion';
import { plannedReleases, type ReleaseOutcome, type ReleasePlan } from '@lanewise/release';
import type { Answer, View } from './command.js';
import type { Landing } from './commands/release.js';
import { planJson } from './render/plan-json.js';
import { promotionJson } from './promotion-answer.js';
import { renderPromotion, renderPromotionRemarks } from './render/promotion.js';
import { renderAffected, renderPlanRemarks } from './render/release-plan.js';
import {
  renderReleaseRemarks,
  renderReleases,
  renderPlannedNotes,
} from './render/release-result.js';
import { affectedSummary, releaseSummary } from './render/summary.js';

/** The answer of a release: what was published, and where it landed. */
export function releaseAnswer(
  outcome: ReleaseOutcome,
  landing: Landing,
  exitCode: ExitCode,
): Answer {
  const published = outcome.results.flatMap((result) =>
    result.kind === 'published' ? [result] : [],
  );
  const landed =
    landing.kind === 'landed' ? ({ kind: 'done', result: landing.result } as const) : null;
  return {
    exitCode,
    json: {
      schema: 'lanewise.dev/release/1',
      dryRun: false,
      plan: planJson(outcome.plan),
      released: published.map(({ product, release, notes }) => ({
        product,
        version: release.version,
        commit: release.commit,
        tag: release.tag.replace(/^refs\/tags\//, ''),
        images: release.images,
        notes,
      })),
      failed: outcome.results.filter(({ kind }) =>
        ['build-failed', 'held-back', 'refused'].includes(kind),
      ),
      promotion:
        landing.kind === 'landed' ? promotionJson(landing.result.plan, landing.result) : null,
      promotionError:
        landing.kind === 'failed'
          ? {
              code: landing.error.code,
              message: landing.error.message,
              hint: landing.error.hint ?? null,
            }
          : null,
    },
    text: (view) =>
      [renderReleases(outcome, view), landed === null ? '' : landings(landed, view)]
        .filter((part) => part !== '')
        .join('\n'),
    remarks: (view) =>
      renderReleaseRemarks(outcome, landing, view) +
      (landed === null ? '' : renderPromotionRemarks(landed, view)),
    outputs: {
      any: String(published.length > 0),
      released: JSON.stringify(
        published.map(({ product, release }) => ({ product, version: release.version })),
      ),
    },
    summary: () => releaseSummary(outcome),
  };
}

/** The answer of a dry run: versions, reasons, notes. */
export function plannedReleaseAnswer(plan: ReleasePlan, landings: PromotionPlan): Answer {
  return {
    exitCode: plan.exitCode,
    json: {
      schema: 'lanewise.dev/release/1',
      dryRun: true,
      plan: planJson(plan),
      released: [],
      failed: [],
      promotion: promotionJson(landings, null),
      promotionError: null,
    },
    text: (view) => renderAffected(plan, view) + renderPlannedNotes(plannedReleases(plan), view),
    remarks: (view) => renderPlanRemarks(plan, view),
    summary: () => affectedSummary(plan, null),
  };
}

/** A run that released nothing and landed nothing says one sentence, not two. */
function landings(outcome: Parameters<typeof renderPromotion>[0], view: View): string {
  const plan = outcome.kind === 'done' ? outcome.result.plan : outcome.plan;
  const moved = plan.decisions.some(({ verdict }) => verdict !== 'done');
  return moved ? renderPromotion(outcome, view) : '';
}
