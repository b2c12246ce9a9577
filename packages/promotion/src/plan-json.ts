import { LanewiseError } from '@lanewise/model';
import type { PromotionPlan } from './plan.js';
import { readPlan } from './read-plan.js';

/** A plan as text: what a person reviews and another process carries out. */
export function planToJson(plan: PromotionPlan): string {
  return `${JSON.stringify(plan, null, 2)}\n`;
}

/**
 * Reads a plan that was kept. Only its shape is believed: what it says is planned again before
 * anything is written. Throws PLAN_INVALID.
 */
export function planFromJson(text: string, file = 'the plan'): PromotionPlan {
  const fail = (what: string): LanewiseError =>
    new LanewiseError('PLAN_INVALID', `${file} is no plan that can be carried out: ${what}.`, {
      place: { file },
      hint: 'Make it with --save-plan FILE of the command that it is for, and leave it as it is.',
    });
  return readPlan(parse(text, fail), fail);
}

function parse(text: string, fail: (what: string) => LanewiseError): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw fail(`it is no JSON (${cause instanceof Error ? cause.message : 'unreadable'})`);
  }
}
