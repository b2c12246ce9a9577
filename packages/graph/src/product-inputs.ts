import { LanewiseError, show, type Config, type ProjectName, type RepoPath } from '@lanewise/model';
import { byText } from './canonical.js';
import { takesAway } from './glob-text.js';
import { indexGraph, type GraphIndex } from './graph-index.js';
import { unknownProject } from './unknown-project.js';
import type { BuiltFrom, Product, ProductInputs, WorkspaceGraph } from './workspace-graph.js';

/**
 * What a product is built from: its own project and all that are reached over build edges, each
 * with the shortest path (by names where several are as short), cycles or not.
 *
 * `products` are all products of the workspace: an `implicit` edge from one product to another is
 * a need at run time and not followed; any other implicit edge counts like a build edge, as in Nx.
 * Without `products`, those of the config are taken. Throws PROJECT_UNKNOWN.
 */
export function productInputs(
  graph: WorkspaceGraph,
  product: Product,
  config: Pick<Config, 'products' | 'file'>,
  products: readonly Product[] = configProducts(config),
): ProductInputs {
  const index = indexGraph(graph);
  const start = index.numbers.get(product.project);
  if (start === undefined) {
    const what = `The product ${show(product.name)} is made of the project ${show(product.project)}, which the graph does not have.`;
    throw unknownProject(what, product.project, graph.projects.keys(), {
      place: { file: config.file },
    });
  }
  const { order, parents } = reach(index, start, productNumbers(index, products));
  const members = order.map((number) => builtFrom(index, number, parents));
  return {
    product,
    members,
    globals: collectGlobals(members, config.products.get(product.name)?.inputs ?? []),
    excludedRoots: foreignRoots(index, order, parents),
    lockfile: graph.lockfile,
  };
}

interface Reached {
  /** Numbers of the members, nearest first, then by name. */
  readonly order: readonly number[];
  /** For each member the one that led to it; the product's own project leads to itself. */
  readonly parents: ReadonlyMap<number, number>;
}

function reach(index: GraphIndex, start: number, products: ReadonlySet<number>): Reached {
  const parents = new Map([[start, start]]);
  const order = [start];
  for (let from = 0; from < order.length;) {
    const until = order.length;
    for (; from < until; from += 1) {
      const node = order[from] ?? start;
      for (const target of followed(index, node, products)) {
        if (parents.has(target)) continue;
        parents.set(target, node);
        order.push(target);
      }
    }
    // Numbers are in the order of names: sorting a level by number sorts it by name.
    const level = order.splice(until).sort((a, b) => a - b);
    for (const node of level) order.push(node);
  }
  return { order, parents };
}

/** Edges that lead to inputs: an implicit one between two products is a need. */
function followed(
  index: GraphIndex,
  node: number,
  products: ReadonlySet<number>,
): readonly number[] {
  const built = index.built[node] ?? [];
  const implicit = index.implicit[node] ?? [];
  if (implicit.length === 0) return built;
  const inputs = products.has(node) ? implicit.filter((target) => !products.has(target)) : implicit;
  return inputs.length === 0 ? built : [...built, ...inputs].sort((a, b) => a - b);
}

/** The path is made when it is asked for: 4,000 products may share thousands of members. */
function builtFrom(
  index: GraphIndex,
  number: number,
  parents: ReadonlyMap<number, number>,
): BuiltFrom {
  const project = index.projects[number];
  if (project === undefined)
    throw new LanewiseError('INTERNAL', `The graph has no project ${number}.`);
  return {
    project,
    get path(): readonly ProjectName[] {
      const names = [project.name];
      for (let node = number; ;) {
        const parent = parents.get(node) ?? node;
        const name = index.projects[parent]?.name;
        if (parent === node || name === undefined) return names.reverse();
        names.push(name);
        node = parent;
      }
    },
  };
}

/**
 * One ordered list for all members. A pattern that takes away means its own project's files only:
 * where members do not agree on it, it is left out, and more counts rather than less.
 */
function collectGlobals(members: readonly BuiltFrom[], inputs: readonly string[]): string[] {
  const lists = new Map<string, readonly string[]>();
  for (const { project } of members) {
    const { globals } = project.filter;
    if (globals.length > 0) lists.set(globals.join('\n'), globals);
  }
  const distinct = [...lists.values()];
  const agreed = (pattern: string): boolean =>
    !takesAway(pattern) || distinct.every((list) => list.includes(pattern));
  const shared = new Set(distinct.flat().filter(agreed));
  const positive = [...shared].filter((pattern) => !takesAway(pattern)).sort(byText);
  const negative = [...shared].filter(takesAway).sort(byText);
  return [...positive, ...negative, ...inputs];
}

function foreignRoots(
  index: GraphIndex,
  order: readonly number[],
  members: ReadonlyMap<number, number>,
): RepoPath[] {
  const roots = new Set<RepoPath>();
  for (const member of order) {
    for (const inner of index.inside[member] ?? []) {
      const project = index.projects[inner];
      if (project !== undefined && !members.has(inner)) roots.add(project.root);
    }
  }
  return [...roots].sort(byText);
}

const numbersOf = new WeakMap<
  readonly Product[],
  { index: GraphIndex; numbers: ReadonlySet<number> }
>();

/** Kept for each list of products, as it is asked once for every product in it. */
function productNumbers(index: GraphIndex, products: readonly Product[]): ReadonlySet<number> {
  const known = numbersOf.get(products);
  if (known?.index === index) return known.numbers;
  const numbers = new Set(products.flatMap(({ project }) => index.numbers.get(project) ?? []));
  numbersOf.set(products, { index, numbers });
  return numbers;
}

const listsOf = new WeakMap<Config['products'], readonly Product[]>();

function configProducts({ products }: Pick<Config, 'products'>): readonly Product[] {
  const known = listsOf.get(products);
  if (known !== undefined) return known;
  const list = [...products.values()].map(({ name, project }) => ({
    name,
    project: project ?? (name as string as ProjectName),
  }));
  listsOf.set(products, list);
  return list;
}
