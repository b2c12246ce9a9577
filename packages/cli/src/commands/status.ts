import type { Command } from 'commander';
import { parseProductName, type Config, type ProductName } from '@lanewise/model';
import {
  observePromotion,
  readStatus,
  wholeScope,
  type PromotionState,
  type Status,
  type StatusCell,
} from '@lanewise/promotion';
import type { Answer, CommandModule } from '../command.js';
import { openPromotionSources } from '../context/promotion-sources.js';
import { withWorkspace } from '../context/workspace.js';
import { requireProduct, requireTarget } from '../parse-names.js';
import { stateJson } from '../render/cell-state.js';
import { newestVersions, renderStatus } from '../render/status.js';

interface Options {
  readonly env?: string;
}

export const status: CommandModule = {
  help: {
    about:
      'Reads the pins at the head of the GitOps branch, their history, the releases, locks and environment tags, and says what comes next and what it waits for. Everything is computed from Git.',
    examples: [
      ['lanewise status', 'all products and environments'],
      ['lanewise status docs', 'one product, with the answers of all gates'],
      ['lanewise status --env prod', 'one environment'],
    ],
  },
  declare: (command: Command) => {
    command
      .argument('[products...]', 'only these')
      .option('--env <environment>', 'only this environment or group');
  },
  run: (call) =>
    withWorkspace(call, async (workspace) => {
      const sources = await openPromotionSources(call, workspace, 'looking');
      const named = call.arguments.map((name) =>
        requireProduct(parseProductName(name), sources.products),
      );
      const { env } = call.options as Options;
      if (env !== undefined) requireTarget(env, sources.config);
      const scope = named.length === 0 ? wholeScope : { ...wholeScope, products: named };
      const state = await observePromotion(sources, scope, call.shell.now());
      const whole = withOwnLocks(withoutStrangers(readStatus(state), state));
      return answer(limit(whole, sources.config, env ?? null), state, named.length > 0);
    }),
};

/**
 * Where products are chosen by a tag of the graph, manifests of other things (a database's) look
 * like products that were never released: as soon as anything was released, they are left out.
 */
function withoutStrangers(status: Status, { config, book }: PromotionState): Status {
  const byTag = config.select?.some((pattern) => pattern.startsWith('tag:')) === true;
  if (!byTag || book.all.length === 0) return status;
  const isKnown = (product: ProductName): boolean =>
    config.products.has(product) || book.releases(product).length > 0;
  return {
    ...status,
    products: status.products.filter(isKnown),
    cells: status.cells.filter(({ product }) => isKnown(product)),
  };
}

/** Locks of products that are not shown are of no concern. */
function withOwnLocks(status: Status): Status {
  const { products, locks } = status;
  return {
    ...status,
    locks: locks.filter(({ product }) => product === null || products.includes(product)),
  };
}

function limit(whole: Status, config: Config, target: string | null): Status {
  if (target === null) return whole;
  const environments = config.targets.get(target) ?? [];
  const inside = ({ environment }: Pick<StatusCell, 'environment'>): boolean =>
    environments.includes(environment);
  return {
    ...whole,
    environments,
    cells: whole.cells.filter(inside),
    requests: whole.requests.filter(inside),
    locks: whole.locks.filter(
      ({ environment }) => environment === null || environments.includes(environment),
    ),
  };
}

function answer(status: Status, state: PromotionState, closely: boolean): Answer {
  const newest = newestVersions(state);
  return {
    exitCode: 0,
    json: {
      schema: 'lanewise.dev/status/1',
      branch: status.branch.replace(/^refs\/heads\//, ''),
      tip: status.tip,
      environments: status.environments,
      products: status.products.map((name) => ({ name, newest: newest.get(name) ?? null })),
      cells: status.cells.map((cell) => ({
        product: cell.product,
        environment: cell.environment,
        state: stateJson(cell.state),
        since: cell.since,
        commit: cell.landed?.commit ?? null,
        by: cell.landed?.author ?? null,
        next: cell.next,
      })),
      requests: status.requests.map(({ tag, environment, kind, reason, wait }) => ({
        tag: tag.name,
        environment,
        kind,
        reason,
        wait,
      })),
      locks: status.locks.map(({ file, environment, product, content }) => ({
        file,
        environment,
        product,
        content,
      })),
      rewritten: [...status.rewritten].map(([environment, { why }]) => ({ environment, why })),
    },
    text: (view) => renderStatus(status, newest, closely, view),
  };
}
