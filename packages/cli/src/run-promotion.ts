import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { LanewiseError, type ProductName } from '@lanewise/model';
import {
  planRequest,
  planToJson,
  promote,
  type PromotionPlan,
  type PromotionRequest,
  type PromotionSources,
} from '@lanewise/promotion';
import type { Answer, Call } from './command.js';
import { compareSource } from './context/compare-source.js';
import { openPromotionSources, surroundings } from './context/promotion-sources.js';
import { withWorkspace } from './context/workspace.js';
import { readLeftBehind } from './left-behind.js';
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
    const compareInputs = compareSource(call, workspace, sources);
    const asked = { ...sources, compareInputs };
    const request = makeRequest(asked, workspace.checkout.identity.name);
    const world = surroundings(call, workspace);
    if (isDry) {
      const { state, plan } = await planRequest(asked, request, world);
      if (savePlan !== undefined) await save(call, savePlan, plan);
      return plannedAnswer(plan, await readLeftBehind(asked, plan, state));
    }
    // What a rollback leaves in the manifests is told by what was there before it.
    const before = request.kind === 'rollback' ? await planRequest(asked, request, world) : null;
    if (before !== null) noteWhatIsLeft(call, request, before.plan.request);
    const result = await promote(asked, request, world);
    return promotionAnswer(result, await readLeftBehind(asked, result.plan, before?.state ?? null));
  });
}

/** 'One back' means another release once it is done, so the words that mean the same are told before. */
function noteWhatIsLeft(call: Call, asked: PromotionRequest, exact: PromotionRequest): void {
  if (asked.kind !== 'rollback' || exact.kind !== 'rollback' || asked.leave !== undefined) return;
  for (const [environment, release] of Object.entries(exact.leave ?? {})) {
    const command = `lanewise rollback ${exact.product}@${release} --env ${environment}`;
    call.note(`If this is cut off, run '${command}': it completes this and goes no further back.`);
  }
}

async function save(call: Call, file: string, plan: PromotionPlan): Promise<void> {
  const path = resolve(call.global.directory, file);
  try {
    await writeFile(path, planToJson(plan));
  } catch (cause) {
    throw new LanewiseError('USAGE', `The plan cannot be written to ${file}.`, {
      cause,
      hint: 'Name a file in a directory that exists.',
    });
  }
  call.note(`The plan is saved in ${file}. Carry it out with 'lanewise apply ${file}'.`);
}
