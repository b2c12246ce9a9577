import type { ProductConfig } from './config.js';
import { isProductName, type ProductName, type ProjectName } from './ids.js';
import type { NxRelease } from './nx-release.js';

/** The projects of an Nx workspace, as nx.json speaks of them. */
export interface NxProjects {
  readonly names: readonly ProjectName[];
  /** Those that the patterns of a release group choose, by Nx's own rules. */
  matching(patterns: readonly string[]): readonly ProjectName[];
}

/** What nx.json means for the tags of one product. */
export interface NxProject {
  /** Its whole name: `@acme/docs`. */
  readonly project: ProjectName;
  /** Template of its tags, where the group it is in has one. */
  readonly tag: string | null;
}

/**
 * The projects behind products, with the templates that independent groups of nx.json give them. What
 * `versioning.tag` says (`saysTag`) goes before a template that a group only inherits. Empty where
 * the projects are not known.
 */
export function understandNxProjects(
  nx: NxRelease | null,
  known: NxProjects | null,
  products: ReadonlyMap<ProductName, Pick<ProductConfig, 'name' | 'project'>>,
  saysTag: boolean,
): ReadonlyMap<ProductName, NxProject> {
  const found = new Map<ProductName, NxProject>();
  if (nx === null || known === null) return found;
  const tags = new Map<ProjectName, string | null>();
  for (const group of nx.groups) {
    if (group.fixed) continue;
    const tag = group.tag ?? (saysTag ? null : group.inheritedTag);
    for (const project of known.matching(group.patterns)) tags.set(project, tag);
  }
  const named = new Map([...products.values()].map(({ name, project }) => [project, name]));
  for (const project of known.names) {
    const unscoped = project.replace(/^@[^/]+\//, '');
    const name = named.get(project) ?? named.get(unscoped as ProjectName) ?? unscoped;
    if (isProductName(name) && !found.has(name))
      found.set(name, { project, tag: tags.get(project) ?? null });
  }
  return found;
}
