import type { PromotionSources } from '@lanewise/promotion';
import type { Call } from '../command.js';
import { loadGraph } from './graph.js';
import type { Workspace } from './workspace.js';

/**
 * Tells whether a commit's inputs of a product equal a release's, for images that were built from
 * another commit than the release (`--source`). The graph is HEAD's, and asked only then.
 */
export function compareSource(
  call: Call,
  workspace: Workspace,
  { config, products }: Pick<PromotionSources, 'config' | 'products'>,
): NonNullable<PromotionSources['compareInputs']> {
  return async (release, commit) => {
    const { productInputs, selectProducts } = await import('@lanewise/graph');
    const { compareInputs } = await import('@lanewise/release');
    const graph = await loadGraph(call, workspace.checkout.root, config, null);
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
    const answers = await compareInputs({ repository, head: commit, graph, config, pins: [] }, [
      { inputs, base: release },
    ]);
    return answers.get(product.name)?.comparison?.kind === 'equal';
  };
}
