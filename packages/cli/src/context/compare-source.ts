import { expandPins, type Pin } from '@lanewise/model';
import type { PromotionSources } from '@lanewise/promotion';
import type { Call } from '../command.js';
import { loadGraph } from './graph.js';
import { gitopsFiles } from './products.js';
import type { Workspace } from './workspace.js';

/**
 * Tells whether a commit's inputs of a product equal a release's, for images that were built from
 * another commit than the release (`--source`). The graph is HEAD's, and asked only then.
 */
export function compareSource(
  call: Call,
  workspace: Workspace,
  sources: Pick<PromotionSources, 'config' | 'products' | 'workspace' | 'gitops'>,
): NonNullable<PromotionSources['compareInputs']> {
  const { config, products } = sources;
  return async (release, commit) => {
    const { productInputs, selectProducts } = await import('@lanewise/graph');
    const { compareInputs } = await import('@lanewise/release');
    const graph = await loadGraph(call, workspace.checkout, config, null);
    const known = selectProducts(
      graph,
      config,
      products.map(({ name }) => name),
    );
    const product = known.find(({ name }) => name === release.product);
    if (product === undefined) return false;
    const inputs = productInputs(graph, product, config, known);
    const { repository } = workspace;
    await repository.fetchCommits([commit], 'tip');
    const answers = await compareInputs(
      { repository, head: commit, graph, config, pins: await pinsInside(sources) },
      [{ inputs, base: release }],
    );
    return answers.get(product.name)?.comparison?.kind === 'equal';
  };
}

/** Pins in the workspace's own files: as in a release, what they hold makes no input differ. */
async function pinsInside({
  config,
  products,
  workspace,
  gitops,
}: Pick<PromotionSources, 'config' | 'products' | 'workspace' | 'gitops'>): Promise<
  readonly Pin[]
> {
  if (gitops !== workspace) return [];
  const files = await gitopsFiles(gitops, config);
  return expandPins(config, products, files).flatMap(({ pins }) => pins);
}
