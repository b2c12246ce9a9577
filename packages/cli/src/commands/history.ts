import type { Command } from 'commander';
import { parseProductName, LanewiseError, type ProductName } from '@lanewise/model';
import { observePromotion, readHistory, type HistoryEntry } from '@lanewise/promotion';
import type { Answer, CommandModule } from '../command.js';
import { openPromotionSources } from '../context/promotion-sources.js';
import { withWorkspace } from '../context/workspace.js';
import { requireProduct, requireTarget } from '../parse-names.js';
import { stateJson } from '../render/cell-state.js';
import { renderHistory } from '../render/history.js';

interface Options {
  readonly env?: string;
  readonly limit?: number;
}

export const history: CommandModule = {
  help: {
    about:
      'What ran is told by the pins along the history of the GitOps branch; commit messages only add who and why. Changes made by hand or by other tools are shown too.',
    examples: [
      ['lanewise history docs', 'all environments, newest first'],
      ['lanewise history docs --env prod', 'one environment'],
    ],
  },
  declare: (command: Command) => {
    command
      .argument('<product>', 'the product')
      .option('--env <environment>', 'only this environment or group')
      .option('--limit <number>', 'at most so many', parseLimit);
  },
  run: (call) =>
    withWorkspace(call, async (workspace) => {
      const sources = await openPromotionSources(call, workspace, 'looking');
      const product = requireProduct(parseProductName(call.arguments[0] ?? ''), sources.products);
      const { env, limit } = call.options as Options;
      const environments =
        env === undefined
          ? null
          : (sources.config.targets.get(requireTarget(env, sources.config)) ?? []);
      const state = await observePromotion(
        sources,
        { products: [product], history: true, requests: false },
        call.shell.now(),
      );
      const entries = readHistory(state, product).filter(
        ({ environment }) => environments === null || environments.includes(environment),
      );
      return answer(product, entries.slice(0, limit ?? entries.length));
    }),
};

function parseLimit(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new LanewiseError('USAGE', `'${text}' is no number.`, {
    hint: 'Write a whole number above 0.',
  });
}

function answer(product: ProductName, entries: readonly HistoryEntry[]): Answer {
  return {
    exitCode: 0,
    json: {
      schema: 'lanewise.dev/history/1',
      product,
      entries: entries.map(({ environment, stay, step }) => ({
        environment,
        state: stateJson(stay.state),
        step,
        at: stay.landed.at,
        until: stay.until,
        commit: stay.landed.commit,
        by: stay.landed.author,
        subject: stay.landed.subject,
      })),
    },
    text: (view) => renderHistory(product, entries, view),
  };
}
