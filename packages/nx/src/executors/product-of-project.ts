import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nxProjects, parseLooseJson } from '@lanewise/graph';
import { parseConfig, parseProductName, type ProductName, type ProjectName } from '@lanewise/model';

/** The workspace's projects, as Nx hands them to an executor. */
export type Projects = Readonly<
  Record<string, { readonly root: string; readonly tags?: readonly string[] }>
>;

/**
 * The product that an Nx project is: the group that names it, the one that lanewise.yaml makes of it
 * by another name, else
 * the project's name without npm scope. Throws NAME_INVALID where that is no product's name.
 */
export function productOfProject(
  project: string,
  workspaceRoot: string,
  projects: Projects,
): ProductName {
  const config = readConfig(workspaceRoot, projects);
  const unscoped = project.replace(/^@[^/]+\//, '');
  const named = [...(config?.products.values() ?? [])];
  const other = named.find((product) => product.project === (project as ProjectName));
  const groups = [...(config?.groups.values() ?? [])];
  const isMember = (name: string): boolean => [project, unscoped, other?.name].includes(name);
  const group = groups.find(({ projects }) => projects.some(isMember));
  return group?.name ?? other?.name ?? parseProductName(unscoped);
}

/** A configuration that is missing or wrong is told by the command itself, better than here. */
function readConfig(
  workspaceRoot: string,
  projects: Projects,
): ReturnType<typeof parseConfig> | null {
  try {
    const [text = '', nxJson = ''] = ['lanewise.yaml', 'nx.json'].map((file) =>
      readFileSync(join(workspaceRoot, file), 'utf8'),
    );
    const named = Object.entries(projects).map(([name, { root, tags = [] }]) => {
      return { name, root, tags };
    });
    return parseConfig(text, 'lanewise.yaml', parseLooseJson(nxJson), nxProjects(named));
  } catch {
    return null;
  }
}
