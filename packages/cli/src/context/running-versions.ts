import type { RunningVersion, Product } from '@lanewise/graph';
import { LanewiseError, type Config, type ProductName } from '@lanewise/model';
import type { Call } from '../command.js';
import { describeState } from '../render/cell-state.js';
import { configBranchName } from './config-branch.js';
import type { Workspace } from './workspace.js';

/** Environments in their order, and what runs in them of each product. */
export interface Running {
  readonly environments: readonly string[];
  readonly running: ReadonlyMap<ProductName, readonly RunningVersion[]>;
}

/**
 * Reads what runs where, from the pins at the head of the GitOps branch. Where they cannot be read
 * that is said, and there is none: a graph is worth having without.
 */
export async function readRunning(
  call: Call,
  workspace: Workspace,
  config: Config,
  products: readonly Product[],
): Promise<Running> {
  const { observePromotion } = await import('@lanewise/promotion');
  const environments = [...config.environments.keys()];
  if (environments.length === 0 || products.length === 0) return nothing;
  try {
    const sources = {
      config,
      configBranch: await configBranchName(call, workspace),
      products,
      workspace: workspace.repository,
      gitops: await workspace.openGitops(config),
    };
    const scope = { products: null, history: false, requests: false };
    const { cells } = await observePromotion(sources, scope, call.shell.now());
    const runningOf = ({ name }: Product): RunningVersion[] =>
      environments.flatMap((environment) => {
        const cell = cells.get(`${environment}/${name}`);
        if (cell === undefined || cell.state.kind === 'outside') return [];
        const version = cell.state.kind === 'release' ? cell.state.release.version : null;
        return [{ environment, version, text: describeState(cell.state) }];
      });
    return {
      environments,
      running: new Map(products.map((product) => [product.name, runningOf(product)])),
    };
  } catch (error) {
    if (!(error instanceof LanewiseError)) throw error;
    call.note(`What runs in the environments is left out: ${error.message}`);
    return nothing;
  }
}

const nothing: Running = { environments: [], running: new Map() };
