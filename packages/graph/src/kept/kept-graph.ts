import { sha256 } from '@lanewise/model';
import { digestOf } from '../canonical.js';
import { readGraphFile } from '../nx/read-graph-file.js';
import { viewGraph } from '../render/graph-view.js';
import { graphValue } from '../render/json.js';
import type { WorkspaceGraph } from '../workspace-graph.js';
import type { GraphGround } from './graph-ground.js';

/** Raised whenever graphs are understood in another way. */
export const graphAlgorithm = 1;

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

/** The key of a graph on this ground, or why no graph on it may be kept. */
export type GraphKey =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'none'; readonly reason: string };

/** Plugins of Nx that compute from files of the work tree alone. */
const known = new Set(
  `angular cypress detox esbuild eslint expo jest js next node nuxt playwright react react-native
   remix rollup rsbuild rspack storybook vite vitest vue webpack`
    .split(/\s+/)
    .map((name) => `@nx/${name}`),
);

/** Makes the key of everything that a graph depends on. */
export function graphKey(ground: GraphGround): GraphKey {
  if (ground.tree === null) return { kind: 'none', reason: 'there is no commit yet' };
  if (!ground.clean) return { kind: 'none', reason: 'the work tree has changes' };
  if (ground.nxVersion === null || ground.installed === null) {
    return { kind: 'none', reason: 'what is installed cannot be told' };
  }
  const strange = ground.plugins.find((plugin) => !isKnown(plugin));
  if (strange !== undefined && ground.vouched === null) {
    return {
      kind: 'none',
      reason: `the plugin ${strange} may read more than files; graph.key in lanewise.yaml would vouch for it`,
    };
  }
  return { kind: 'key', key: digestOf({ ...ground, algorithm: graphAlgorithm }) };
}

/**
 * Takes the graph from the store where the ground is the same as when it was put there; else asks,
 * and keeps the answer. A store that fails, or gives what is no graph, costs time and nothing else.
 */
export async function keepGraph(
  ground: GraphGround,
  store: GraphStore,
  ask: () => Promise<WorkspaceGraph>,
): Promise<KeptGraph> {
  const found = graphKey(ground);
  if (found.kind === 'none') return { graph: await ask(), from: 'asked', note: found.reason };
  const kept = await readKept(store, found.key);
  if (kept !== null) return { graph: kept, from: 'kept', note: null };
  const graph = await ask();
  try {
    await store.write(found.key, serialize(graph));
    return { graph, from: 'asked', note: null };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { graph, from: 'asked', note: `the graph could not be kept: ${why}` };
  }
}

function isKnown(plugin: string): boolean {
  if (plugin.includes('..')) return false;
  const [scope, name] = plugin.split('/');
  return known.has(`${scope ?? ''}/${name ?? ''}`) || plugin.startsWith('nx/presets/');
}

async function readKept(store: GraphStore, key: string): Promise<WorkspaceGraph | null> {
  try {
    const text = await store.read(key);
    if (text === null) return null;
    // The first line proves that the whole text is there.
    const end = text.indexOf('\n');
    const body = text.slice(end + 1);
    return text.slice(0, end) === sha256(body) ? readGraphFile(body, { file: key }) : null;
  } catch {
    return null;
  }
}

function serialize(graph: WorkspaceGraph): string {
  const body = JSON.stringify(graphValue(viewGraph({ graph, products: [] })));
  return `${sha256(body)}\n${body}`;
}
