import type { Repository } from '@lanewise/git';
import { existingProducts, selectProducts, type Product } from '@lanewise/graph';
import type { Config, ProductName } from '@lanewise/model';
import { workspaceRefs, type PromotionSources, type Surroundings } from '@lanewise/promotion';
import type { Call } from '../command.js';
import { lookAhead } from './look-ahead.js';
import { gitopsFiles, selectableNames } from './products.js';
import { readTrustedConfig } from './trusted-config.js';
import { configBranchName } from './config-branch.js';
import type { Workspace } from './workspace.js';
import { readConfigForLooking } from './work-tree-config.js';

/** `writing` reads the configuration from the config branch, `looking` from the work tree. */
export type Purpose = 'writing' | 'looking';

/**
 * Everything that the promotion room asks for, from the clone that the command runs in. `named` are
 * the products it will be about, where that is known; null: all.
 */
export async function openPromotionSources(
  call: Call,
  workspace: Workspace,
  purpose: Purpose,
  named: readonly ProductName[] | null = null,
): Promise<PromotionSources> {
  if (purpose === 'writing')
    await lookAhead(call, workspace, refsAhead(named), { andRead: gitopsFiles });
  const { config, configBranch } = await readConfigFor(call, workspace, purpose);
  const gitops = await workspace.openGitops(config);
  const products = await readProducts(config, gitops);
  return { config, configBranch, products, workspace: workspace.repository, gitops };
}

/** The refs that the promotion room will ask for: as much as can be told from the command line. */
function refsAhead(named: readonly ProductName[] | null) {
  return (config: Config, configBranch: string): readonly string[] =>
    named === null
      ? ['refs/tags/']
      : workspaceRefs({ config, configBranch }, { requests: false }, named);
}

/** The configuration for a purpose, and the name of the config branch. */
export async function readConfigFor(
  call: Call,
  workspace: Workspace,
  purpose: Purpose,
): Promise<{ readonly config: Config; readonly configBranch: string }> {
  if (purpose === 'writing') {
    const { config, branch } = await readTrustedConfig(call, workspace);
    return { config, configBranch: branch.replace(/^refs\/heads\//, '') };
  }
  const config = await readConfigForLooking(call, workspace);
  return { config, configBranch: await configBranchName(call, workspace) };
}

/**
 * The products as the configuration and the manifests name them. The graph is not asked: what has
 * no manifest cannot be promoted, and what was never released has nothing to promote.
 */
async function readProducts(config: Config, gitops: Repository): Promise<readonly Product[]> {
  const existing = existingProducts(config, await gitopsFiles(gitops, config));
  return selectProducts(null, config, selectableNames(config, existing));
}

/** The world as the promotion room takes it. */
export function surroundings(call: Call, workspace: Workspace): Surroundings {
  const { now, random, sleep } = call.shell;
  return { now, random, sleep, identity: workspace.checkout.identity };
}
