import { byText, type ProductName, type ProjectName } from '@lanewise/model';
import { unknownProject } from '../unknown-project.js';
import {
  ownProjects,
  type Edge,
  type Product,
  type Project,
  type WorkspaceGraph,
} from '../workspace-graph.js';

/** What is to be shown of a graph. */
export interface GraphQuestion {
  readonly graph: WorkspaceGraph;
  readonly products: readonly Product[];
  /** Products to be highlighted, with the projects that make them so. */
  readonly affected?: ReadonlySet<ProductName | ProjectName>;
  /** A product or project: only it, what it depends on, and what depends on it are shown. */
  readonly focus?: string | null;
  /** Leaves out what is no product; edges then lead from product to product. */
  readonly onlyProducts?: boolean;
  /** Environments in their order, and what runs in them, product by product. */
  readonly environments?: readonly string[];
  readonly running?: ReadonlyMap<ProductName, readonly RunningVersion[]>;
  /** Why products are affected. */
  readonly reasons?: ReadonlyMap<ProductName, readonly AffectedReason[]>;
}

/** What runs of a product in one environment. */
export interface RunningVersion {
  readonly environment: string;
  /** null where what runs is no release. */
  readonly version: string | null;
  /** For people: the version, or what there is instead. */
  readonly text: string;
}

/** One cause that makes a product affected, in words. */
export interface AffectedReason {
  readonly text: string;
  /** From the product's own project to the one that changed; empty for causes outside all projects. */
  readonly path: readonly ProjectName[];
}

export interface ViewNode {
  readonly project: Project;
  readonly product: ProductName | null;
  readonly affected: boolean;
  readonly running: readonly RunningVersion[];
  readonly reasons: readonly AffectedReason[];
}

/** What is shown: nodes by name with products first, edges by source and target. */
export interface GraphView {
  readonly graph: WorkspaceGraph;
  readonly nodes: readonly ViewNode[];
  readonly edges: readonly Edge[];
  readonly focus: ProjectName | null;
  /** Whether it was asked what is affected. */
  readonly affectedKnown: boolean;
  /** Empty where the environments were not read. */
  readonly environments: readonly string[];
}

/** Chooses what of a graph is shown. Throws PROJECT_UNKNOWN for a focus that is not there. */
export function viewGraph(question: GraphQuestion): GraphView {
  const { graph, products, affected = new Set() } = question;
  const names = new Map(
    products.flatMap((product) =>
      ownProjects(product).map((project) => [project, product.name] as const),
    ),
  );
  const focus =
    typeof question.focus === 'string' ? findFocus(question.focus, graph, products) : null;
  const edges = question.onlyProducts === true ? productEdges(graph, names) : graph.edges;
  const kept = focus === null ? null : around(focus, edges);
  const nodes = [...graph.projects.values()]
    .map((project): ViewNode => {
      const product = names.get(project.name) ?? null;
      const isAffected = affected.has(project.name) || (product !== null && affected.has(product));
      const running = (product !== null && question.running?.get(product)) || [];
      const reasons = (product !== null && question.reasons?.get(product)) || [];
      return { project, product, affected: isAffected, running, reasons };
    })
    .filter(({ product }) => question.onlyProducts !== true || product !== null)
    .filter(({ project }) => kept === null || kept.has(project.name))
    .sort((a, b) => Number(a.product === null) - Number(b.product === null) || byNode(a, b));
  const shown = new Set(nodes.map(({ project }) => project.name));
  return {
    graph,
    nodes,
    edges: edges
      .filter(({ source, target }) => shown.has(source) && shown.has(target))
      .sort(
        (a, b) =>
          byText(a.source, b.source) || byText(a.target, b.target) || byText(a.type, b.type),
      ),
    focus,
    affectedKnown: question.affected !== undefined,
    environments: question.environments ?? [],
  };
}

function byNode(a: ViewNode, b: ViewNode): number {
  return byText(a.product ?? a.project.name, b.product ?? b.project.name);
}

function findFocus(
  wanted: string,
  graph: WorkspaceGraph,
  products: readonly Product[],
): ProjectName {
  const product = products.find(({ name }) => name === wanted);
  const name = product?.project ?? (wanted as ProjectName);
  if (graph.projects.has(name)) return name;
  const known = [...products.map((one) => one.name as string), ...graph.projects.keys()];
  throw unknownProject(`The graph has no product or project '${wanted}'.`, wanted, known, {
    place: null,
  });
}

/** The node itself, all that it leads to, and all that lead to it. */
function around(focus: ProjectName, edges: readonly Edge[]): Set<ProjectName> {
  const forward = reached(
    focus,
    group(edges, ({ source, target }) => [source, target]),
  );
  const back = reached(
    focus,
    group(edges, ({ source, target }) => [target, source]),
  );
  return new Set([...forward, ...back]);
}

function group(
  edges: readonly Edge[],
  ends: (edge: Edge) => readonly [ProjectName, ProjectName],
): Map<ProjectName, ProjectName[]> {
  const targets = new Map<ProjectName, ProjectName[]>();
  for (const edge of edges) {
    const [from, to] = ends(edge);
    const known = targets.get(from);
    if (known === undefined) targets.set(from, [to]);
    else known.push(to);
  }
  return targets;
}

function reached(
  start: ProjectName,
  targets: ReadonlyMap<ProjectName, readonly ProjectName[]>,
): Set<ProjectName> {
  const seen = new Set([start]);
  for (const node of seen) for (const target of targets.get(node) ?? []) seen.add(target);
  return seen;
}

/**
 * Edges between products: one for each pair with a way on which no other product lies. It is
 * `implicit` where every such way has an implicit edge, else `static`.
 */
function productEdges(
  graph: WorkspaceGraph,
  products: ReadonlyMap<ProjectName, ProductName>,
): Edge[] {
  const built = group(
    graph.edges.filter(({ type }) => type !== 'implicit'),
    ({ source, target }) => [source, target],
  );
  const all = group(graph.edges, ({ source, target }) => [source, target]);
  return [...products.keys()].flatMap((source) => {
    const direct = nextProducts(source, built, products);
    return [...nextProducts(source, all, products)].map((target): Edge => ({
      source,
      target,
      type: direct.has(target) ? 'static' : 'implicit',
    }));
  });
}

function nextProducts(
  start: ProjectName,
  targets: ReadonlyMap<ProjectName, readonly ProjectName[]>,
  products: ReadonlyMap<ProjectName, ProductName>,
): Set<ProjectName> {
  const found = new Set<ProjectName>();
  const seen = new Set([start]);
  for (const node of seen) {
    for (const target of targets.get(node) ?? []) {
      if (!products.has(target)) seen.add(target);
      else if (target !== start) found.add(target);
    }
  }
  return found;
}
