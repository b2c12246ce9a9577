import type { Repository, WorkTreeStatus } from '@lanewise/git';
import { productInputs, productNeeds, type Product } from '@lanewise/graph';
import { expandPins } from '@lanewise/model';
import { openTakenVersions } from '@lanewise/promotion';
import type { ReleaseSources } from '@lanewise/release';
import type { Call } from '../command.js';
import { loadGraph } from './graph.js';
import { expectGraph } from './kept-graph.js';
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
  /** Whether it was right to expect a clean work tree; always so where nothing was expected. */
  readonly holds: () => Promise<boolean>;
}

/**
 * `expect-clean`: where a graph of HEAD's tree is kept, the work tree is taken for HEAD's while git
 * still looks at it. For looking only, and `holds` must be asked before anything is told.
 */
export type WorkTreeTrust = 'look-first' | 'expect-clean';

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
  trust: WorkTreeTrust = 'look-first',
): Promise<OpenedRelease> {
  const { checkout, repository, head } = workspace;
  // What takes long is begun at once: whether the work tree is clean, and what the remotes have.
  void quietly(checkout.readStatus());
  const order = purpose === 'writing' ? 'pins-first' : 'at-once';
  await lookAhead(call, workspace, everyReleaseRef, { order });
  const trusted = await readConfigFor(call, workspace, purpose);
  const config = purpose === 'looking' ? trusted.config : await readTreeConfig(call, checkout.root);
  const gitops = await workspace.openGitops(trusted.config);
  const expects = trust === 'expect-clean' && graphFile === null;
  const [expected, files] = await Promise.all([
    expects ? expectGraph(call, checkout, config) : null,
    pinnableFiles(gitops, trusted.config),
  ]);
  const graph = expected?.graph ?? (await loadGraph(call, checkout, config, graphFile));
  const products = await productsOfGraph(graph, config, () => Promise.resolve(files));
  const placements = expandPins(trusted.config, products, files);
  const pins = placements.flatMap((placement) => placement.pins);
  const inputs = products.map((product) => productInputs(graph, product, config, products));
  const needs = productNeeds(graph, products, config);
  const dirty = expected === null ? dirtyFiles(await checkout.readStatus()) : [];
  return {
    products,
    gitops,
    holds: expected?.holds ?? (() => Promise.resolve(true)),
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
      taken: () => openTakenVersions({ config: trusted.config, products, gitops }),
      dirty,
      notices: checkout.shallow
        ? ['The clone is shallow: its history is read from the remote.']
        : [],
    },
  };
}

function dirtyFiles({ staged, changed, untracked }: WorkTreeStatus): readonly string[] {
  return [...new Set([...staged, ...changed, ...untracked])];
}
