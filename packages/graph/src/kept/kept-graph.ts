import { digestOf } from '../canonical.js';
import type { WorkspaceGraph } from '../workspace-graph.js';
import type { GraphGround } from './graph-ground.js';
import { decodeGraph, encodeGraph } from './graph-text.js';

/** Raised whenever graphs are understood in another way, or kept in another form. */
export const graphAlgorithm = 4;

/**
 * Where graphs are kept between runs. Never share one between jobs of pull requests and jobs that
 * release: who may write a kept graph decides what is released.
 */
export interface GraphStore {
  readonly read: (key: string) => Promise<string | null>;
  readonly write: (key: string, text: string) => Promise<void>;
}

export interface KeptGraph {
  readonly graph: WorkspaceGraph;
  readonly from: 'kept' | 'asked';
  /** Why the graph was not taken from the store, or could not be put there; null: all went well. */
  readonly note: string | null;
}

/** A kept graph, or why there is none. */
export type FoundGraph =
  | { readonly kind: 'kept'; readonly graph: WorkspaceGraph }
  | { readonly kind: 'none'; readonly reason: string };

/** The key of a graph on this ground, or why no graph on it may be kept. */
export type GraphKey =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'none'; readonly reason: string };

/** Plugins of Nx that compute from files of the work tree alone, and Lanewise's own. */
const known = new Set([
  '@lanewise/nx',
  ...`angular cypress detox docker esbuild eslint expo jest js next node nuxt playwright react
      react-native remix rollup rsbuild rspack storybook vite vitest vue webpack`
    .split(/\s+/)
    .map((name) => `@nx/${name}`),
]);

/** Makes the key of everything that a graph depends on. */
export function graphKey(ground: GraphGround): GraphKey {
  const reason = whyNot(ground);
  if (reason !== null) return { kind: 'none', reason };
  return { kind: 'key', key: digestOf({ ...ground, algorithm: graphAlgorithm }) };
}

/**
 * Takes the graph from the store where the ground is the same as when it was put there; else asks,
 * and keeps the answer if the ground is still the same then. A store that fails, or gives what is
 * no graph, costs time and nothing else.
 */
export async function keepGraph(
  readGround: (again?: 'again') => Promise<GraphGround>,
  store: GraphStore,
  ask: () => Promise<WorkspaceGraph>,
): Promise<KeptGraph> {
  const found = graphKey(await readGround());
  if (found.kind === 'none') return { graph: await ask(), from: 'asked', note: found.reason };
  const kept = await findGraph(found.key, store);
  if (kept !== null) return { graph: kept, from: 'kept', note: null };
  const graph = await ask();
  return { graph, from: 'asked', note: await writeKept(found.key, graph, readGround, store) };
}

/** The graph that is kept on this ground, or why there is none. */
export async function findKeptGraph(ground: GraphGround, store: GraphStore): Promise<FoundGraph> {
  const found = graphKey(ground);
  if (found.kind === 'none') return found;
  const graph = await findGraph(found.key, store);
  return graph === null ? { kind: 'none', reason: 'none was kept yet' } : { kind: 'kept', graph };
}

function whyNot(ground: GraphGround): string | null {
  if (ground.tree === null) return 'there is no commit yet';
  if (ground.difference !== null) return `the work tree has changes (${ground.difference})`;
  if (ground.vouched !== null) return null;
  const vouch = 'graph.key in lanewise.yaml would vouch for it';
  const strange = ground.plugins.find((plugin) => !isKnown(plugin));
  if (strange !== undefined) {
    return `the plugin ${strange} may read more than files of the commit; ${vouch}`;
  }
  if (ground.readsIgnored) return `.nxignore brings files back that git ignores; ${vouch}`;
  if (ground.nxVersion === null || ground.installed === null) {
    return `no file tells what the package manager installed; ${vouch}`;
  }
  return null;
}

function isKnown(plugin: string): boolean {
  if (plugin.includes('..')) return false;
  const [scope, name] = plugin.split('/');
  return known.has(`${scope ?? ''}/${name ?? ''}`) || plugin.startsWith('nx/presets/');
}

/** The graph that is kept under a key; null where there is none that can be read. */
export async function findGraph(key: string, store: GraphStore): Promise<WorkspaceGraph | null> {
  try {
    const text = await store.read(key);
    return text === null ? null : decodeGraph(text);
  } catch {
    return null;
  }
}

/** Gives why it was not kept; null: it was. Files may have changed while Nx read them. */
async function writeKept(
  key: string,
  graph: WorkspaceGraph,
  readGround: (again?: 'again') => Promise<GraphGround>,
  store: GraphStore,
): Promise<string | null> {
  const now = graphKey(await readGround('again'));
  if (now.kind === 'none') return now.reason;
  if (now.key !== key) return 'something changed while Nx was asked';
  try {
    await store.write(key, encodeGraph(graph));
    return null;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `the graph could not be kept: ${why}`;
  }
}
