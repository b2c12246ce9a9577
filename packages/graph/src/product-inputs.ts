import {
  byText,
  LanewiseError,
  show,
  type Config,
  type ProjectName,
  type RepoPath,
} from '@lanewise/model';
import { withDeclaredEdges } from './declared-edges.js';
import { takesAway } from './glob-text.js';
import { indexGraph, type GraphIndex } from './graph-index.js';
import { applyTarget } from './nx/target-inputs.js';
import { unknownProject } from './unknown-project.js';
import {
  ownProjects,
  type BuiltFrom,
  type Product,
  type ProductInputs,
  type WorkspaceGraph,
} from './workspace-graph.js';

/**
 * What a product is built from: its own project and all that are reached over build edges, each
 * with the shortest path (by names where several are as short), cycles or not.
 *
 * `products` are all products of the workspace: an `implicit` edge from one product to another is
 * a need at run time and not followed; any other implicit edge counts like a build edge, as in Nx.
 * `dependsOn` in the configuration adds build edges to those of the graph.
 * Without `products`, those of the config are taken. Throws PROJECT_UNKNOWN.
 */
export function productInputs(
  graph: WorkspaceGraph,
  product: Product,
  config: Pick<Config, 'products' | 'file'>,
  products: readonly Product[] = configProducts(config),
): ProductInputs {
  const index = indexGraph(withDeclaredEdges(graph, config));
  const starts = ownProjects(product).map((project) => {
    const start = index.numbers.get(project);
    if (start !== undefined) return start;
    const what = `The product ${show(product.name)} is made of the project ${show(project)}, which the graph does not have.`;
    throw unknownProject(what, project, graph.projects.keys(), { place: { file: config.file } });
  });
  const reached = reach(index, starts, productNumbers(index, products));
  const { inputs = [], target = null } = config.products.get(product.name) ?? {};
  const plain = members(index, reached);
  if (target !== null && graph.kind === 'nx') {
    const counted = applyTarget(graph, plain, target);
    const globals = [...new Set(counted.map(({ project }) => project.filter.globals))];
    return {
      product,
      members: counted,
      globals: mergeGlobals(globals, inputs),
      excludedRoots: foreignRoots(index, reached),
      lockfile: graph.lockfile,
    };
  }
  return {
    product,
    members: plain,
    globals: collectGlobals(index, reached, inputs),
    excludedRoots: foreignRoots(index, reached),
    lockfile: graph.lockfile,
  };
}

interface Reached {
  /** Numbers of the members, nearest first, then by name. */
  readonly order: Int32Array;
  /** For each member the place in `order` of the one that led to it; the product's own lead to themselves. */
  readonly parents: Int32Array;
}

/** Arrays of the graph's size, for one pass at a time: thousands of products would each make theirs. */
interface Scratch {
  readonly order: Int32Array;
  /** For each project 1 + the place of the one that led to it; all 0 between two passes. */
  readonly led: Int32Array;
}

const scratches = new WeakMap<GraphIndex, Scratch>();

function scratchOf(index: GraphIndex): Scratch {
  const known = scratches.get(index);
  if (known !== undefined) return known;
  const size = index.projects.length;
  const made = { order: new Int32Array(size), led: new Int32Array(size) };
  scratches.set(index, made);
  return made;
}

/** One pass over the graph for each product. */
function reach(
  index: GraphIndex,
  starts: readonly number[],
  products: ReadonlySet<number>,
): Reached {
  const { order, led } = scratchOf(index);
  let count = 0;
  for (const start of starts) {
    if (led[start] !== 0) continue;
    order[count] = start;
    count += 1;
    led[start] = count;
  }
  for (let from = 0; from < count;) {
    const until = count;
    for (; from < until; from += 1) {
      for (const target of followed(index, order[from] ?? 0, products)) {
        if (led[target] !== 0) continue;
        led[target] = from + 1;
        order[count] = target;
        count += 1;
      }
    }
    // Numbers are in the order of names: sorting a level by number sorts it by name.
    order.subarray(until, count).sort();
  }
  const members = order.slice(0, count);
  const parents = members.map((member) => (led[member] ?? 1) - 1);
  for (const member of members) led[member] = 0;
  return { order: members, parents };
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

function members(index: GraphIndex, reached: Reached): BuiltFrom[] {
  return Array.from(reached.order, (number, place) => {
    const project = index.projects[number];
    if (project === undefined) throw new LanewiseError('INTERNAL', 'The graph lost a project.');
    return { __proto__: lazyPath, project, index, reached, place } as unknown as LazyMember;
  });
}

interface LazyMember extends BuiltFrom {
  readonly index: GraphIndex;
  readonly reached: Reached;
  readonly place: number;
}

/**
 * The path is made when it is asked for: thousands of products may share thousands of members. One
 * object answers for all of them, as a function for each member would take most of the memory.
 */
const lazyPath = {
  get path(): readonly ProjectName[] {
    const { index, reached, place } = this as unknown as LazyMember;
    return pathTo(index, reached, place);
  },
};

function pathTo(index: GraphIndex, { order, parents }: Reached, end: number): ProjectName[] {
  const names: ProjectName[] = [];
  for (let place = end; ; place = parents[place] ?? 0) {
    const project = index.projects[order[place] ?? -1];
    if (project !== undefined) names.push(project.name);
    if ((parents[place] ?? place) === place) return names.reverse();
  }
}

/**
 * One ordered list for all members. A pattern that takes away means its own project's files only:
 * where members do not agree on it, it is left out, and more counts rather than less.
 */
function collectGlobals(
  index: GraphIndex,
  { order }: Reached,
  inputs: readonly string[],
): string[] {
  const numbers = new Set<number>();
  for (const member of order) numbers.add(index.globalsOf[member] ?? -1);
  const lists = [...numbers].flatMap((number) => {
    const globals = index.globals[number];
    return globals === undefined ? [] : [globals];
  });
  return mergeGlobals(lists, inputs);
}

function mergeGlobals(lists: readonly (readonly string[])[], inputs: readonly string[]): string[] {
  const agreed = (pattern: string): boolean =>
    !takesAway(pattern) || lists.every((list) => list.includes(pattern));
  const shared = [...new Set(lists.flat().filter(agreed))].sort(byText);
  return [
    ...shared.filter((pattern) => !takesAway(pattern)),
    ...shared.filter(takesAway),
    ...inputs,
  ];
}

function foreignRoots(index: GraphIndex, { order }: Reached): RepoPath[] {
  const inside = new Set<number>();
  for (const member of order) for (const inner of index.inside[member] ?? []) inside.add(inner);
  if (inside.size === 0) return [];
  for (const member of order) inside.delete(member);
  return [...inside].flatMap((inner) => index.projects[inner]?.root ?? []).sort(byText);
}

const numbersOf = new WeakMap<
  readonly Product[],
  { index: GraphIndex; numbers: ReadonlySet<number> }
>();

/** Kept for each list of products, as it is asked once for every product in it. */
function productNumbers(index: GraphIndex, products: readonly Product[]): ReadonlySet<number> {
  const known = numbersOf.get(products);
  if (known?.index === index) return known.numbers;
  const numbers = new Set(
    products.flatMap(ownProjects).flatMap((project) => index.numbers.get(project) ?? []),
  );
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
