import type { ProductInputs, WorkspaceGraph } from '@lanewise/graph';
import type { Checkout } from '@lanewise/git';
import { isLanewiseError, type Config } from '@lanewise/model';
import type { PastSources } from '@lanewise/promotion';
import type { Call } from '../command.js';
import { loadGraphIfAny } from '../context/graph.js';

/** Why nothing can be said of inputs, or how wide they are taken. */
export type BuiltNote =
  | { readonly kind: 'graph' }
  /** Nobody said what products are built from: everything outside the other products' folders counts. */
  | { readonly kind: 'wide' }
  | { readonly kind: 'none'; readonly why: string };

/** The graph, where there is one that can be loaded: a past can be told without. */
export async function tryGraph(
  call: Call,
  checkout: Checkout,
  config: Config | null,
  file: string | null,
): Promise<{ readonly graph: WorkspaceGraph | null; readonly why: string | null }> {
  if (config === null) return { graph: null, why: 'what was found makes no configuration' };
  try {
    return { graph: await loadGraphIfAny(call, checkout, config, file), why: null };
  } catch (error) {
    if (!isLanewiseError(error) || file !== null) throw error;
    return { graph: null, why: error.message };
  }
}

/** What the products are built from, as far as the graph tells. */
export async function builtFrom(
  config: Config | null,
  graph: WorkspaceGraph | null,
  isWide: boolean,
  why: string | null,
): Promise<{ readonly built: PastSources['built']; readonly note: BuiltNote }> {
  const missing = why ?? 'there is neither an Nx workspace nor a declared root';
  if (graph === null || config === null)
    return { built: null, note: { kind: 'none', why: missing } };
  const { productInputs, selectProducts } = await import('@lanewise/graph');
  const names = [
    ...config.products.keys(),
    ...[...graph.projects.values()].map(({ name }) => name),
  ];
  const products = selectProducts(
    graph,
    config,
    names.map((name) => name.replace(/^@[^/]+\//, '')),
  );
  const inputs = products.flatMap((product): ProductInputs[] => {
    try {
      return [productInputs(graph, product, config, products)];
    } catch (error) {
      if (isLanewiseError(error)) return [];
      throw error;
    }
  });
  const taken = isWide ? inputs.map((one) => widen(one, inputs)) : inputs;
  return { built: { graph, config, inputs: taken }, note: { kind: isWide ? 'wide' : 'graph' } };
}

/** Everything but what lies in other products' folders: what is unknown may matter. */
function widen(own: ProductInputs, all: readonly ProductInputs[]): ProductInputs {
  const roots = own.members.map(({ project }) => project.root as string);
  const others = all
    .flatMap(({ members }) => members.map(({ project }) => project.root as string))
    .filter((root) => root !== '' && !roots.includes(root));
  const globals = ['**', ...[...new Set(others)].sort().map((root) => `!${root}/**`)];
  return { ...own, globals };
}
