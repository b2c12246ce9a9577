import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { LanewiseError } from '@lanewise/model';
import { applyPlan, planFromJson, type PromotionPlan } from '@lanewise/promotion';
import type { Call, CommandModule } from '../command.js';
import { compareSource } from '../context/compare-source.js';
import { openPromotionSources, surroundings } from '../context/promotion-sources.js';
import { withWorkspace } from '../context/workspace.js';
import { promotionAnswer } from '../promotion-answer.js';

export const apply: CommandModule = {
  help: {
    about:
      'Everything is read and judged again, with the configuration of the config branch and all gates as they are now. It goes on only if the result means what the plan says; other products may have moved meanwhile.',
    examples: [
      [
        'lanewise promote docs --to prod --save-plan plan.json',
        'make a plan, and have it reviewed',
      ],
      ['lanewise apply plan.json', 'carry it out'],
    ],
  },
  declare: (command) => {
    command.argument('<plan>', 'file written by --save-plan');
  },
  run: async (call) => {
    const plan = await readPlan(call, call.arguments[0] ?? '');
    return withWorkspace(call, async (workspace) => {
      const sources = await openPromotionSources(call, workspace, 'writing');
      const asked = { ...sources, compareInputs: compareSource(call, workspace, sources) };
      return promotionAnswer(await applyPlan(asked, plan, surroundings(call, workspace)));
    });
  },
};

async function readPlan(call: Call, file: string): Promise<PromotionPlan> {
  const path = resolve(call.global.directory, file);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new LanewiseError('USAGE', `The plan ${file} cannot be read.`, {
      cause,
      hint: "Make one with 'lanewise promote … --save-plan FILE'.",
    });
  });
  return planFromJson(text, file);
}
