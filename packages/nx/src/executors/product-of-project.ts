import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig, parseProductName, type ProductName, type ProjectName } from '@lanewise/model';

/**
 * The product that an Nx project is: the one that lanewise.yaml makes of it by another name, else
 * the project's name without npm scope. Throws NAME_INVALID where that is no product's name.
 */
export function productOfProject(project: string, workspaceRoot: string): ProductName {
  const named = readConfig(workspaceRoot)?.products.values() ?? [];
  const other = [...named].find((product) => product.project === (project as ProjectName));
  return other?.name ?? parseProductName(project.replace(/^@[^/]+\//, ''));
}

/** A configuration that is missing or wrong is told by the command itself, better than here. */
function readConfig(workspaceRoot: string): ReturnType<typeof parseConfig> | null {
  try {
    return parseConfig(readFileSync(join(workspaceRoot, 'lanewise.yaml'), 'utf8'), 'lanewise.yaml');
  } catch {
    return null;
  }
}
