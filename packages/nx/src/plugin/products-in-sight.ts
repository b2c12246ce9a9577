import {
  declaredGraph,
  existingProducts,
  ownProjects,
  selectProducts,
  type FileProject,
  type Product,
  type Project,
  type WorkspaceGraph,
} from '@lanewise/graph';
import type { Config, ProjectName, RepoPath } from '@lanewise/model';
import type { Folder } from '../folder.js';
import { templatePaths } from '../template-paths.js';

/** A product and one of its projects, which is known from its own files; a group has several. */
export interface ProductInSight {
  readonly product: Product;
  readonly root: string;
  /** The file that makes its project one. */
  readonly file: string;
}

/**
 * Which of the projects are products, decided as every command of Lanewise decides it. What is
 * named in lanewise.yaml and is no project here may be one that another plugin makes of other
 * files (Cargo.toml, go.mod): it gets no targets, and is no error.
 *
 * Throws what choosing products throws: CONFIG_COLLISION, NAME_INVALID.
 */
export function productsInSight(
  config: Config,
  projects: readonly FileProject[],
  folder: Folder,
): readonly ProductInSight[] {
  const declares = config.projects.size > 0;
  const graph = declares ? declaredGraph(config, null) : graphOf(projects);
  const known = declares ? config : onlyKnown(config, projects);
  const isElsewhere = config.gitops.repository !== null;
  const existing =
    config.select !== null || isElsewhere
      ? []
      : existingProducts(config, templatePaths(config, folder));
  const byRoot = new Map(projects.map((project) => [project.root, project]));
  return selectProducts(graph, known, existing).flatMap((product) =>
    ownProjects(product).flatMap((own) => {
      const project = byRoot.get(graph.projects.get(own)?.root ?? '\0');
      return project === undefined ? [] : [{ product, root: project.root, file: project.file }];
    }),
  );
}

/** Names and tags are all that choosing looks at. */
function graphOf(projects: readonly FileProject[]): WorkspaceGraph {
  const nodes = projects.map(({ name, root, tags }): [ProjectName, Project] => {
    const named = { name: name as ProjectName, root: root as RepoPath };
    return [named.name, { ...named, tags, filter: noFilter, packages: [], targets: [] }];
  });
  return {
    kind: 'nx',
    projects: new Map(nodes),
    edges: [],
    packagesKnown: false,
    lockfile: null,
    cycles: [],
  };
}

const noFilter = { patterns: [], globals: [], digest: '', unseen: [] } as const;

/** The configuration without the names that are no projects here. */
function onlyKnown(config: Config, projects: readonly FileProject[]): Config {
  const names = new Set(projects.flatMap(({ name }) => [name, unscoped(name)]));
  const groups = [...config.groups].filter(([, group]) =>
    group.projects.some((pattern) => isOpen(pattern) || names.has(unscoped(pattern))),
  );
  const kept = new Set(groups.map(([name]) => name));
  const products = [...config.products].filter(([name, { project }]) =>
    config.groups.has(name) ? kept.has(name) : names.has(project ?? name),
  );
  const isKnown = (pattern: string): boolean => {
    const name = pattern.replace(/^!/, '');
    return isOpen(pattern) || names.has(name) || products.some(([product]) => product === name);
  };
  return {
    ...config,
    products: new Map(products),
    groups: new Map(
      groups.map(([name, group]) => [
        name,
        {
          ...group,
          projects: group.projects.filter((one) => isOpen(one) || names.has(unscoped(one))),
        },
      ]),
    ),
    select: config.select?.filter(isKnown) ?? null,
  };
}

/** A tag or a glob may match nothing. */
function isOpen(pattern: string): boolean {
  return /^!?tag:|[*?[\]{}()]/.test(pattern);
}

function unscoped(name: string): string {
  return name.replace(/^@[^/]+\//, '');
}
