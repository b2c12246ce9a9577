import {
  show,
  type Config,
  type ProductConfig,
  type ProductName,
  type ProjectName,
} from '@lanewise/model';
import { findCycles } from './cycles.js';
import { unknownProject } from './unknown-project.js';
import { unscopedName } from './unscoped-name.js';
import type { Edge, WorkspaceGraph } from './workspace-graph.js';

type Products = Pick<Config, 'products' | 'file'>;

const kept = new WeakMap<WorkspaceGraph, WeakMap<Products['products'], WorkspaceGraph>>();

/**
 * The graph together with the `dependsOn` of products in the configuration: what Nx cannot see may
 * be said there. A declared graph has these edges already. Throws PROJECT_UNKNOWN.
 */
export function withDeclaredEdges(graph: WorkspaceGraph, config: Products): WorkspaceGraph {
  if (graph.kind === 'declared') return graph;
  const known = kept.get(graph)?.get(config.products);
  if (known !== undefined) return known;
  const added = [...config.products.values()].flatMap((product) => edgesOf(product, graph, config));
  const edges = [...graph.edges, ...added];
  const whole = added.length === 0 ? graph : { ...graph, edges, cycles: findCycles(edges) };
  const byConfig = kept.get(graph) ?? new WeakMap<Products['products'], WorkspaceGraph>();
  kept.set(graph, byConfig.set(config.products, whole));
  return whole;
}

function edgesOf(product: ProductConfig, graph: WorkspaceGraph, config: Products): Edge[] {
  if (product.dependsOn.length === 0) return [];
  const source = findProject(product.project ?? product.name, graph);
  // A product of `each` that is not chosen needs no project.
  if (source === null) return [];
  return product.dependsOn.map((name) => {
    const named = config.products.get(name as ProductName)?.project ?? name;
    const target = findProject(named, graph);
    if (target !== null) return { source, target, type: 'static' };
    const what = `${show(product.name)} depends on ${show(name)}, which the graph does not have.`;
    throw unknownProject(what, name, graph.projects.keys(), {
      place: product.place ?? { file: config.file },
    });
  });
}

/** A project by its name, or by its name without npm scope where only one has it. */
function findProject(name: string, graph: WorkspaceGraph): ProjectName | null {
  if (graph.projects.has(name as ProjectName)) return name as ProjectName;
  const [only, second] = [...graph.projects.keys()].filter((one) => unscopedName(one) === name);
  return only !== undefined && second === undefined ? only : null;
}
