import type { ProductConfig } from './config.js';
import { isProductName, type ProductName, type ProjectName } from './ids.js';
import type { NxRelease } from './nx-release.js';
import { understandSteps, type VersionSteps } from './versioning.js';
import type { WrittenVersioning } from './versioning-schema.js';

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
  /** What decides the size of its steps, where that group says it. */
  readonly steps?: VersionSteps;
}

/**
 * The projects behind products, with the templates that independent groups of nx.json give them. What
 * `lanewise.yaml` says of versions (`written`) goes before what a group only inherits. Empty where
 * the projects are not known.
 */
export function understandNxProjects(
  nx: NxRelease | null,
  known: NxProjects | null,
  products: ReadonlyMap<ProductName, Pick<ProductConfig, 'name' | 'project'>>,
  written: WrittenVersioning,
): ReadonlyMap<ProductName, NxProject> {
  const found = new Map<ProductName, NxProject>();
  if (nx === null || known === null) return found;
  const said = new Map<ProjectName, Omit<NxProject, 'project'>>();
  for (const group of nx.groups) {
    if (group.fixed) continue;
    const tag = group.tag ?? (written.tag === undefined ? group.inheritedTag : null);
    const steps = understandSteps(written, group.steps);
    for (const project of known.matching(group.patterns)) said.set(project, { tag, steps });
  }
  const named = new Map([...products.values()].map(({ name, project }) => [project, name]));
  for (const project of known.names) {
    const unscoped = project.replace(/^@[^/]+\//, '');
    const name = named.get(project) ?? named.get(unscoped as ProjectName) ?? unscoped;
    if (isProductName(name) && !found.has(name))
      found.set(name, { project, ...(said.get(project) ?? { tag: null }) });
  }
  return found;
}
