import { byText, configOf, type Config, type ProductName, type ProjectName } from '@lanewise/model';
import { withDeclaredEdges } from './declared-edges.js';
import { indexGraph, type GraphIndex } from './graph-index.js';
import { productInputs } from './product-inputs.js';
import { ownProjects, type Product, type WorkspaceGraph } from './workspace-graph.js';

/** Another product that must be there at run time. */
export interface ProductNeed {
  readonly product: ProductName;
  /** Where it is said: an implicit edge of the graph, or `needs` in the configuration. */
  readonly saidBy: 'graph' | 'config';
  /**
   * Projects that the two talk through: those on a way over edges from one to the other, and those
   * that, of all products, only the needed one and those that need it are built from. Equal
   * content of these is what the record requires; nothing here means that presence is enough.
   */
  readonly onPath: readonly ProjectName[];
}

/**
 * What each product needs at run time: the products that an implicit edge names, from its own
 * project or a library that it is built from, and those of its `needs`. Cycles are fine.
 */
export function productNeeds(
  graph: WorkspaceGraph,
  products: readonly Product[],
  config: Config,
): ReadonlyMap<ProductName, readonly ProductNeed[]> {
  if (nobodyNeeds(graph, products, config)) return new Map(products.map(({ name }) => [name, []]));
  const landscape = survey(graph, products, config);
  const said = new Map(
    products.map((product) => [product.name, saidNeeds(landscape, product, config)] as const),
  );
  const needers = reverse(said);
  const describe = (name: ProductName, needed: ProductName): readonly ProjectName[] =>
    onPath(landscape, {
      name,
      needed,
      insiders: new Set([needed, ...(needers.get(needed) ?? [])]),
    });
  return new Map(
    [...said].map(([name, needs]) => {
      const sorted = [...needs].sort(([a], [b]) => byText(a, b));
      return [
        name,
        sorted.map(([product, saidBy]) => ({ product, saidBy, onPath: describe(name, product) })),
      ] as const;
    }),
  );
}

/** Whether nothing says of any product that it is needed: then nothing has to be walked. */
function nobodyNeeds(graph: WorkspaceGraph, products: readonly Product[], config: Config): boolean {
  const index = indexGraph(withDeclaredEdges(graph, config));
  const owners = productsByProject(index, products);
  const isSaid = index.implicit.some((targets) => targets.some((target) => owners.has(target)));
  return !isSaid && products.every((product) => configOf(config, product).needs.length === 0);
}

/** All that is looked up for every pair of products. */
interface Landscape {
  readonly index: GraphIndex;
  readonly members: ReadonlyMap<ProductName, ReadonlySet<number>>;
  /** Products that each project is built into. */
  readonly users: ReadonlyMap<number, readonly ProductName[]>;
  readonly byProject: ReadonlyMap<number, ProductName>;
  /** The projects that each product itself is. */
  readonly projects: ReadonlyMap<ProductName, readonly number[]>;
}

function survey(graph: WorkspaceGraph, products: readonly Product[], config: Config): Landscape {
  const index = indexGraph(withDeclaredEdges(graph, config));
  const members = new Map(
    products.map((product) => [product.name, membersOf(graph, product, config, products)] as const),
  );
  const byProject = productsByProject(index, products);
  const projects = new Map<ProductName, number[]>();
  for (const [project, name] of byProject)
    projects.set(name, [...(projects.get(name) ?? []), project]);
  return { index, members, users: productsOf(members), byProject, projects };
}

interface Pair {
  readonly name: ProductName;
  readonly needed: ProductName;
  /** The needed product and all that need it. */
  readonly insiders: ReadonlySet<ProductName>;
}

function onPath({ index, members, users, projects }: Landscape, pair: Pair): ProjectName[] {
  const mine = members.get(pair.name) ?? new Set<number>();
  const theirs = members.get(pair.needed) ?? new Set<number>();
  const [starts, ends] = [projects.get(pair.name) ?? [], projects.get(pair.needed) ?? []];
  const between = leadingTo(index, ends, mine);
  const isBetweenThem = (project: number): boolean =>
    theirs.has(project) && users.get(project)?.every((user) => pair.insiders.has(user)) === true;
  const found = new Set([...between, ...[...mine].filter(isBetweenThem)]);
  return namesOf(
    index,
    [...found].filter((project) => !starts.includes(project) && !ends.includes(project)),
  );
}

type Said = ReadonlyMap<ProductName, ProductNeed['saidBy']>;

function membersOf(
  graph: WorkspaceGraph,
  product: Product,
  config: Config,
  products: readonly Product[],
): ReadonlySet<number> {
  const { numbers } = indexGraph(withDeclaredEdges(graph, config));
  const { members } = productInputs(graph, product, config, products);
  return new Set(members.flatMap(({ project }) => numbers.get(project.name) ?? []));
}

function saidNeeds(
  { index, members, byProject }: Landscape,
  product: Product,
  config: Config,
): Said {
  const needs = new Map<ProductName, ProductNeed['saidBy']>();
  for (const member of members.get(product.name) ?? []) {
    // What another product that is built in needs by itself is that product's business.
    if ((byProject.get(member) ?? product.name) !== product.name) continue;
    for (const target of index.implicit[member] ?? []) {
      const needed = byProject.get(target);
      if (needed !== undefined && needed !== product.name) needs.set(needed, 'graph');
    }
  }
  for (const needed of configOf(config, product).needs) {
    if (needed !== product.name) needs.set(needed, 'config');
  }
  return needs;
}

function productsByProject(
  index: GraphIndex,
  products: readonly Product[],
): ReadonlyMap<number, ProductName> {
  return new Map(
    products.flatMap((product) =>
      ownProjects(product).flatMap((project) => {
        const number = index.numbers.get(project);
        return number === undefined ? [] : [[number, product.name] as const];
      }),
    ),
  );
}

function reverse(said: ReadonlyMap<ProductName, Said>): Map<ProductName, ProductName[]> {
  const needers = new Map<ProductName, ProductName[]>();
  for (const [name, needs] of said) {
    for (const needed of needs.keys()) needers.set(needed, [...(needers.get(needed) ?? []), name]);
  }
  return needers;
}

function productsOf(
  members: ReadonlyMap<ProductName, ReadonlySet<number>>,
): Map<number, ProductName[]> {
  const users = new Map<number, ProductName[]>();
  for (const [name, projects] of members) {
    for (const project of projects) {
      const known = users.get(project);
      if (known === undefined) users.set(project, [name]);
      else known.push(name);
    }
  }
  return users;
}

/** Of the given projects those from which edges of any type lead to one of `ends`. */
function leadingTo(
  index: GraphIndex,
  ends: readonly number[],
  among: ReadonlySet<number>,
): number[] {
  const found = new Set(ends);
  for (let grown = true; grown;) {
    grown = false;
    for (const project of among) {
      if (found.has(project)) continue;
      const targets = [...(index.built[project] ?? []), ...(index.implicit[project] ?? [])];
      if (!targets.some((target) => found.has(target))) continue;
      found.add(project);
      grown = true;
    }
  }
  return [...found];
}

function namesOf(index: GraphIndex, numbers: readonly number[]): ProjectName[] {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted.flatMap((number) => index.projects[number]?.name ?? []);
}
