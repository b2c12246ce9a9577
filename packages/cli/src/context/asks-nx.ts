import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '@lanewise/model';

/** Whether the graph is Nx's: there is an nx.json, and the configuration declares no projects. */
export function asksNx(root: string, config: Config | null): boolean {
  return existsSync(join(root, 'nx.json')) && (config === null || config.projects.size === 0);
}
