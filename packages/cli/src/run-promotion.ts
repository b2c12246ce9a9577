import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { LanewiseError, type ProductName } from '@lanewise/model';
import {
  planRequest,
  promote,
  type PromotionPlan,
  type PromotionRequest,
  type PromotionSources,
} from '@lanewise/promotion';
import type { Answer, Call } from './command.js';
import { openPromotionSources, surroundings } from './context/promotion-sources.js';
import { withWorkspace } from './context/workspace.js';
import { plannedAnswer, promotionAnswer } from './promotion-answer.js';

/** Options of every command that changes what runs or is locked. */
export interface WritingOptions {
  readonly dryRun?: boolean;
  readonly savePlan?: string;
}

/**
 * Asks the promotion room for what `makeRequest` says, or only for its plan. `named` are the products
 * of the command line, where they are all that it is about.
 */
export function runPromotion(
  call: Call,
  makeRequest: (sources: PromotionSources, by: string) => PromotionRequest,
  named: readonly ProductName[] | null = null,
): Promise<Answer> {
  const { dryRun, savePlan } = call.options as WritingOptions;
  return withWorkspace(call, async (workspace) => {
    const isDry = dryRun === true || savePlan !== undefined;
    const sources = await openPromotionSources(
      call,
      workspace,
      isDry ? 'looking' : 'writing',
      named,
    );
    const request = makeRequest(sources, workspace.checkout.identity.name);
    if (!isDry) {
      return promotionAnswer(await promote(sources, request, surroundings(call, workspace)));
    }
    const { plan } = await planRequest(sources, request, surroundings(call, workspace));
    if (savePlan !== undefined) await save(call, savePlan, plan);
    return plannedAnswer(plan);
  });
}

async function save(call: Call, file: string, plan: PromotionPlan): Promise<void> {
  const path = resolve(call.global.directory, file);
  try {
    await writeFile(path, `${JSON.stringify(plan, null, 2)}\n`);
  } catch (cause) {
    throw new LanewiseError('USAGE', `The plan cannot be written to ${file}.`, {
      cause,
      hint: 'Name a file in a directory that exists.',
    });
  }
  call.note(`The plan is saved in ${file}. Carry it out with 'lanewise apply ${file}'.`);
}
