import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig, parseProductName, type ProductName, type ProjectName } from '@lanewise/model';
import { parseLooseJson } from '../plugin/loose-json.js';

/**
 * The product that an Nx project is: the group that names it, the one that lanewise.yaml makes of it
 * by another name, else
 * the project's name without npm scope. Throws NAME_INVALID where that is no product's name.
 */
export function productOfProject(project: string, workspaceRoot: string): ProductName {
  const config = readConfig(workspaceRoot);
  const unscoped = project.replace(/^@[^/]+\//, '');
  const named = [...(config?.products.values() ?? [])];
  const other = named.find((product) => product.project === (project as ProjectName));
  const groups = [...(config?.groups.values() ?? [])];
  const isMember = (name: string): boolean => [project, unscoped, other?.name].includes(name);
  const group = groups.find(({ projects }) => projects.some(isMember));
  return group?.name ?? other?.name ?? parseProductName(unscoped);
}

/** A configuration that is missing or wrong is told by the command itself, better than here. */
function readConfig(workspaceRoot: string): ReturnType<typeof parseConfig> | null {
  try {
    const [text = '', nxJson = ''] = ['lanewise.yaml', 'nx.json'].map((file) =>
      readFileSync(join(workspaceRoot, file), 'utf8'),
    );
    return parseConfig(text, 'lanewise.yaml', parseLooseJson(nxJson));
  } catch {
    return null;
  }
}
