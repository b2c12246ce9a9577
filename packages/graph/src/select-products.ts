import {
  byText,
  isProductName,
  LanewiseError,
  parseProductName,
  show,
  type Config,
  type ProductConfig,
  type ProductName,
  type ProjectName,
} from '@lanewise/model';
import { groupProducts } from './group-products.js';
import { matchProjects } from './match-projects.js';
import { refuseSharedTags } from './shared-tags.js';
import { unknownProject } from './unknown-project.js';
import { unscopedName } from './unscoped-name.js';
import type { Product, Project, WorkspaceGraph } from './workspace-graph.js';

/**
 * The products of a workspace, by name. `select` chooses projects of the graph; without it, the
 * products are those that `each` names and those that `existing` (names found in the paths of
 * manifests) has a project for.
 *
 * Without a graph (null: a GitOps repository alone, or a command that does not need one) `each`
 * and `existing` are all that is known.
 *
 * Throws PROJECT_UNKNOWN for a product without a project, NAME_INVALID for a project whose name
 * is no product name, CONFIG_COLLISION for names that differ in case only or belong to an environment.
 */
export function selectProducts(
  graph: WorkspaceGraph | null,
  config: Config,
  existing: readonly string[],
): Product[] {
  const chosen =
    graph === null ? withoutGraph(config, existing) : fromGraph(graph, config, existing);
  const grouped = groupProducts([...chosen.values()], graph, config);
  const products = [...grouped].sort((a, b) => byText(a.name, b.name));
  refuseCollisions(products, config);
  refuseSharedTags(products, config);
  return products;
}

function withoutGraph(config: Config, existing: readonly string[]): Map<ProductName, Product> {
  const products = new Map<ProductName, Product>();
  for (const { name, project } of config.products.values()) {
    if (isOnlyGroup(name, config)) continue;
    products.set(name, { name, project: project ?? (name as string as ProjectName) });
  }
  for (const name of existing) {
    if (!isProductName(name) || products.has(name)) continue;
    products.set(name, { name, project: name as string as ProjectName });
  }
  return products;
}

function fromGraph(
  graph: WorkspaceGraph,
  config: Config,
  existing: readonly string[],
): Map<ProductName, Product> {
  const products = new Map<ProductName, Product>();
  for (const product of config.products.values()) {
    if (isOnlyGroup(product.name, config)) continue;
    products.set(product.name, configured(product, graph, config));
  }
  const named = new Map(
    [...products.values()].map(({ project, name }) => [project, name] as const),
  );
  const selected = selectedProjects(graph, config, existing);
  for (const project of selected) {
    const name = named.get(project.name) ?? nameOf(project, config);
    const other = products.get(name);
    if (other !== undefined && other.project !== project.name)
      throw sameName(name, other.project, project.name, config);
    products.set(name, { name, project: project.name });
  }
  if (config.select === null) return products;
  // With `select`, `each` only says how the chosen differ; declared products are chosen by being declared.
  const kept = new Set(selected.map(({ name }) => name));
  for (const product of products.values()) {
    const isDeclared = graph.kind === 'declared' && config.products.has(product.name);
    if (!kept.has(product.project) && !isDeclared) products.delete(product.name);
  }
  return products;
}

/** Whether `each` says something of a group, and not of a project of that name, which a group of nx.json may have among its members. */
function isOnlyGroup(name: ProductName, { groups }: Config): boolean {
  const group = groups.get(name);
  if (group === undefined) return false;
  return group.from === 'config' || !group.projects.some((one) => unscopedName(one) === name);
}

function selectedProjects(
  graph: WorkspaceGraph,
  config: Config,
  existing: readonly string[],
): Project[] {
  if (config.select !== null) {
    const patterns = config.select.flatMap(
      (pattern) =>
        config.groups.get(pattern as ProductName)?.projects ?? projectPattern(pattern, config),
    );
    return matchProjects(patterns, graph.projects, config.file);
  }
  const names = new Set(existing);
  // Manifests of things that are no projects (a database's, say) stand beside those of products.
  return [...graph.projects.values()].filter(
    ({ name, linked }) => linked !== true && names.has(unscopedName(name)),
  );
}

/** A product's name in `select` means its project. */
function projectPattern(pattern: string, config: Config): string {
  const [bang, name] = pattern.startsWith('!') ? ['!', pattern.slice(1)] : ['', pattern];
  return bang + (config.products.get(name as ProductName)?.project ?? name);
}

function configured(product: ProductConfig, graph: WorkspaceGraph, config: Config): Product {
  const { name } = product;
  const wanted = product.project ?? (name as string as ProjectName);
  if (graph.projects.has(wanted)) return { name, project: wanted };
  const unscoped = [...graph.projects.keys()].filter((project) => unscopedName(project) === wanted);
  const [only, second] = unscoped;
  if (only !== undefined && second !== undefined) throw sameName(name, only, second, config);
  if (only !== undefined) return { name, project: only };
  const what = `The product ${show(name)} is made of the project ${show(wanted)}, which the graph does not have.`;
  throw unknownProject(what, wanted, graph.projects.keys(), {
    place: product.place ?? { file: config.file },
    hint:
      graph.kind === 'declared'
        ? `Say where it lies: products: { each: { ${name}: { root: … } } }`
        : 'Correct the key under products.each, or give the product the name with name: under the key of its project.',
  });
}

function nameOf(project: Project, config: Config): ProductName {
  const name = unscopedName(project.name);
  if (isProductName(name)) return name;
  try {
    return parseProductName(name);
  } catch (cause) {
    throw new LanewiseError(
      'NAME_INVALID',
      `The project ${show(project.name)} is selected as a product, but ${show(name)} is no product name.`,
      {
        hint: `Give it another under products.each, with 'name:', or leave it out of 'select' with '!${project.name}'. A product name has small letters, digits, '.', '_' and '-'.`,
        place: { file: config.file },
        cause,
      },
    );
  }
}

function refuseCollisions(products: readonly Product[], config: Config): void {
  const taken = new Map<string, Product>();
  for (const product of products) {
    if (config.targets.has(product.name)) {
      throw new LanewiseError(
        'CONFIG_COLLISION',
        `The product ${show(product.name)} has the name of an environment or group, so '${product.name}' in a tag or command would mean two things.`,
        {
          hint: "Give the product another name with 'name:' under products.each.",
          place: { file: config.file },
        },
      );
    }
    const folded = product.name.toLowerCase();
    const other = taken.get(folded);
    if (other !== undefined) throw sameName(product.name, other.project, product.project, config);
    taken.set(folded, product);
  }
}

function sameName(name: string, one: string, other: string, config: Config): LanewiseError {
  return new LanewiseError(
    'CONFIG_COLLISION',
    `The projects ${show(one)} and ${show(other)} would both be the product ${show(name)}.`,
    {
      hint: "Give one of them another name with 'name:' under products.each, or leave it out of 'select' with '!'.",
      place: { file: config.file },
    },
  );
}
