import {
  LanewiseError,
  show,
  type Config,
  type Member,
  type NxProjects,
  type ProductGroup,
  type ProductName,
  type ProjectName,
} from '@lanewise/model';
import { matchGlobs } from './match-filter.js';
import { nxProjects } from './nx/find-matching-projects.js';
import { unscopedName } from './unscoped-name.js';
import type { Product, WorkspaceGraph } from './workspace-graph.js';

/**
 * Puts the products together that are members of a group: one product stands for them. A group of
 * nx.json counts where two or more of its projects are products; one that `lanewise.yaml` declares
 * takes the projects that it names, products or not. Throws CONFIG_COLLISION for a product in two
 * groups or a group with the name of another product, CONFIG_INVALID for a group without members, or
 * one of nx.json of which Nx's graph says something else than the projects' own files.
 */
export function groupProducts(
  products: readonly Product[],
  graph: WorkspaceGraph | null,
  config: Config,
): readonly Product[] {
  if (config.groups.size === 0) return products;
  const byNx = graph?.kind === 'nx' ? nxProjects(graph.projects.values()) : null;
  const groups = [...config.groups.values()].flatMap((group) => {
    if (group.from === 'config') return [{ group, members: membersOf(group, products, graph) }];
    const members = membersOfNx(group, products, graph !== null);
    if (byNx !== null) refuseOtherMembers(group, members, products, byNx);
    return members.length < 2 ? [] : [{ group, members }];
  });
  const owners = new Map<ProductName, ProductGroup>();
  for (const { group, members } of groups) {
    if (members.length === 0) throw noMembers(group);
    for (const { name } of members) {
      const other = owners.get(name);
      if (other !== undefined) throw inTwo(name, other, group);
      owners.set(name, group);
    }
  }
  const alone = products.filter(({ name }) => !owners.has(name));
  for (const { group } of groups) {
    if (alone.some(({ name }) => name === group.name)) throw sameName(group);
  }
  return [...alone, ...groups.map(({ group, members }) => toProduct(group, members))];
}

function toProduct({ name }: ProductGroup, members: readonly Member[]): Product {
  const [first] = members;
  return { name, project: first?.project ?? (name as string as ProjectName), members };
}

function membersOf(
  { projects }: ProductGroup,
  products: readonly Product[],
  graph: WorkspaceGraph | null,
): readonly Member[] {
  const chosen = projects.map((pattern) => unscopedName(pattern));
  const matches = matchGlobs(chosen[0]?.startsWith('!') === true ? ['*', ...chosen] : chosen);
  const members = new Map<ProductName, Member>();
  for (const { name, project } of products) {
    if (matches(name) || matches(unscopedName(project))) members.set(name, { name, project });
  }
  for (const written of projects) {
    const member = declaredMember(written, graph);
    const known = [...members.values()].some(
      ({ name, project }) => name === member?.name || project === member?.project,
    );
    if (member !== null && !known) members.set(member.name, member);
  }
  return sorted(members.values());
}

/** A group of nx.json names its projects whole. Without a graph a project is known by the name that it has as a product. */
function membersOfNx(
  { projects }: ProductGroup,
  products: readonly Product[],
  isKnown: boolean,
): readonly Member[] {
  const whole = new Set<string>(projects);
  const unscoped = new Set(projects.map(unscopedName));
  const isNamed = (project: string): boolean =>
    whole.has(project) || (!isKnown && unscoped.has(project));
  return sorted(
    products.flatMap(({ name, project }) => (isNamed(project) ? [{ name, project }] : [])),
  );
}

function sorted(members: Iterable<Member>): readonly Member[] {
  return [...members].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Promotions know a group by the files of its projects. Where a plugin of Nx makes projects or tags
 * of something else, a release would have other members than its promotion.
 */
function refuseOtherMembers(
  group: ProductGroup,
  members: readonly Member[],
  products: readonly Product[],
  byNx: NxProjects,
): void {
  const chosen = new Set(byNx.matching(group.patterns ?? group.projects));
  const own = new Set(members.map(({ project }) => project));
  const odd = products.find(({ project }) => chosen.has(project) !== own.has(project));
  if (odd === undefined) return;
  const [graph, files] = chosen.has(odd.project) ? ['a', 'no'] : ['no', 'a'];
  throw new LanewiseError(
    'CONFIG_INVALID',
    `By Nx's graph ${show(odd.project)} is ${graph} member of the release group ${show(group.name)}, and by the files project.json and package.json ${files} member: promotions, which do not ask Nx, would take the group for another.`,
    {
      place: group.place,
      hint: `Name the members in lanewise.yaml: products: { each: { ${group.name}: { projects: [${[...chosen].map(unscopedName).join(', ')}] } } }`,
    },
  );
}

/** A project that is named, and that nothing else makes a product; null for a glob or an unknown name. */
function declaredMember(written: string, graph: WorkspaceGraph | null): Member | null {
  if (/[*?[\]{}!]/.test(written)) return null;
  const name = unscopedName(written) as ProductName;
  if (graph === null) return { name, project: name as string as ProjectName };
  const project = [...graph.projects.keys()].find(
    (one) => one === written || unscopedName(one) === written,
  );
  return project === undefined ? null : { name, project };
}

function noMembers({ name, projects, place }: ProductGroup): LanewiseError {
  return new LanewiseError(
    'CONFIG_INVALID',
    `The group ${show(name)} has no members: nothing is called ${projects.join(', ')}.`,
    { place, hint: 'Name its projects as the graph does: lanewise graph lists them.' },
  );
}

function inTwo(name: string, one: ProductGroup, other: ProductGroup): LanewiseError {
  return new LanewiseError(
    'CONFIG_COLLISION',
    `${show(name)} is a member of two groups, ${show(one.name)} and ${show(other.name)}.`,
    { place: other.place, hint: 'Take it out of one of them.' },
  );
}

function sameName({ name, place }: ProductGroup): LanewiseError {
  return new LanewiseError(
    'CONFIG_COLLISION',
    `The group ${show(name)} has the name of a product that is not among its members.`,
    {
      place,
      hint: 'Give the group another name, or the product one with name: under products.each.',
    },
  );
}
