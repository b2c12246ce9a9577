import type { Command } from 'commander';
import {
  LanewiseError,
  parseEnvironmentName,
  parseProductName,
  type Config,
  type EnvironmentName,
} from '@lanewise/model';
import {
  diffEnvironments,
  observePromotion,
  readCommitsBetween,
  type EnvironmentDifference,
  type SourceCommit,
} from '@lanewise/promotion';
import type { Answer, CommandModule } from '../command.js';
import { openPromotionSources } from '../context/promotion-sources.js';
import { withWorkspace } from '../context/workspace.js';
import { requireProduct, requireTarget } from '../parse-names.js';
import { stateJson } from '../render/cell-state.js';
import { renderDiff } from '../render/diff.js';

interface Options {
  readonly product?: readonly string[];
  readonly all?: boolean;
}

/** A difference with the workspace's commits that lie between. */
export interface Difference extends EnvironmentDifference {
  readonly commits: readonly SourceCommit[];
}

export const diff: CommandModule = {
  help: {
    about:
      'For each product what runs in both, which is newer, and the commits between. Commits are those of the workspace, not only those that touched the product.',
    examples: [
      ['lanewise diff staging prod', 'what would ship if staging were brought to prod'],
      ['lanewise diff staging prod docs', 'one product, with its commits'],
    ],
  },
  declare: (command: Command) => {
    command
      .argument('<left>', 'environment')
      .argument('<right>', 'environment')
      .argument('[products...]', 'only these, with their commits')
      .option('--all', 'show products that are the same, too');
  },
  run: (call) =>
    withWorkspace(call, async (workspace) => {
      const [leftName = '', rightName = '', ...names] = call.arguments;
      const sources = await openPromotionSources(call, workspace, 'looking');
      const [left, right] = [
        oneEnvironment(leftName, sources.config),
        oneEnvironment(rightName, sources.config),
      ];
      const named = names.map((name) => requireProduct(parseProductName(name), sources.products));
      const scope = {
        products: named.length === 0 ? null : named,
        history: false,
        requests: false,
      };
      const state = await observePromotion(sources, scope, call.shell.now());
      const found = diffEnvironments(state, left, right);
      const differences: Difference[] = [];
      for (const one of found) {
        const commits =
          one.range === null ? [] : await readCommitsBetween(workspace.repository, one.range);
        differences.push({ ...one, commits });
      }
      return answer(
        left,
        right,
        differences,
        named.length > 0,
        (call.options as Options).all === true,
      );
    }),
};

function oneEnvironment(name: string, config: Config): EnvironmentName {
  const members = config.targets.get(requireTarget(name, config)) ?? [];
  const [only] = members;
  if (only !== undefined && members.length === 1) return parseEnvironmentName(only);
  throw new LanewiseError('USAGE', `'${name}' is a group of ${members.join(', ')}.`, {
    hint: 'Name one of them.',
  });
}

function answer(
  left: string,
  right: string,
  differences: readonly Difference[],
  closely: boolean,
  all: boolean,
): Answer {
  return {
    exitCode: 0,
    json: {
      schema: 'lanewise.dev/diff/1',
      left,
      right,
      differences: differences.map((one) => ({
        product: one.product,
        left: stateJson(one.left),
        right: stateJson(one.right),
        relation: one.relation,
        commits: one.commits,
      })),
    },
    text: (view) => renderDiff({ left, right, differences, closely, all }, view),
  };
}
