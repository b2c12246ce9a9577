import type { Repository } from '@lanewise/git';
import { productInputs, productNeeds, type Product } from '@lanewise/graph';
import { expandPins } from '@lanewise/model';
import { readTakenVersions } from '@lanewise/promotion';
import type { ReleaseSources } from '@lanewise/release';
import type { Call } from '../command.js';
import { loadGraph } from './graph.js';
import { everyReleaseRef, lookAhead } from './look-ahead.js';
import { quietly } from '../quietly.js';
import { pinnableFiles, productsOfGraph } from './products.js';
import { readConfigFor, type Purpose } from './promotion-sources.js';
import type { Workspace } from './workspace.js';
import { readTreeConfig } from './work-tree-config.js';

/** What the release room asks for, with what a promotion after it needs too. */
export interface OpenedRelease {
  readonly sources: ReleaseSources;
  readonly products: readonly Product[];
  readonly gitops: Repository;
}

/**
 * Everything that the release room asks for. What a release is (selection, inputs, images,
 * versions) comes from the work tree, which is HEAD; what may be released from the purpose's
 * configuration. `graphFile` is a saved graph, read instead of asking Nx.
 */
export async function openReleaseSources(
  call: Call,
  workspace: Workspace,
  purpose: Purpose,
  graphFile: string | null,
): Promise<OpenedRelease> {
  const { checkout, repository, head } = workspace;
  // What takes long is begun at once: whether the work tree is clean, and what the remotes have.
  void quietly(checkout.readStatus());
  await lookAhead(call, workspace, everyReleaseRef);
  const trusted = await readConfigFor(call, workspace, purpose);
  const config = purpose === 'looking' ? trusted.config : await readTreeConfig(call, checkout.root);
  const gitops = await workspace.openGitops(trusted.config);
  const [graph, files] = await Promise.all([
    loadGraph(call, checkout, config, graphFile),
    pinnableFiles(gitops, trusted.config),
  ]);
  const products = await productsOfGraph(graph, config, () => Promise.resolve(files));
  const placements = expandPins(trusted.config, products, files);
  const pins = placements.flatMap((placement) => placement.pins);
  const inputs = products.map((product) => productInputs(graph, product, config, products));
  const needs = productNeeds(graph, products, config);
  const status = await checkout.readStatus();
  return {
    products,
    gitops,
    sources: {
      repository,
      head,
      config,
      trustedConfig: trusted.config,
      configBranch: trusted.configBranch,
      graph,
      inputs,
      needs,
      pins: gitops === repository ? pins : [],
      // Only what gets a number asks which ones its pins ever held.
      taken: (names) => readTakenVersions({ config: trusted.config, products, gitops }, names),
      dirty: [...new Set([...status.staged, ...status.changed, ...status.untracked])],
      notices: checkout.shallow
        ? ['The clone is shallow: its history is read from the remote.']
        : [],
    },
  };
}
