import { type CreateNodesContextV2, type CreateNodesV2 } from '@nx/devkit';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nxProjects, readProjectFiles } from '@lanewise/graph';
import { parseConfig } from '@lanewise/model';
import { workspaceFolder } from '../folder.js';
import { understandOptions, type LanewisePluginOptions } from './options.js';
import { productTargets } from './product-targets.js';
import { productsInSight } from './products-in-sight.js';

/** The name under which Nx shows where the targets come from. */
export const name = '@lanewise/nx';

const configFile = 'lanewise.yaml';

/**
 * Gives every product of lanewise.yaml its targets. Nx asks for all matching files at once, so
 * that who is a product is decided once, by Lanewise's own rules.
 */
export const createNodes: CreateNodesV2<LanewisePluginOptions> = [
  // The configuration is matched too: Nx then knows that its targets depend on it.
  '{lanewise.yaml,project.json,package.json,**/project.json,**/package.json}',
  async (files, options, context) => {
    const { workspaceRoot } = context;
    if (!existsSync(join(workspaceRoot, configFile))) return [];
    try {
      return inferTargets(files, options, context);
    } catch (error) {
      // Loading the devkit takes longer than all of the rest, and is needed for nothing else.
      const { AggregateCreateNodesError } = await import('@nx/devkit');
      throw new AggregateCreateNodesError([[configFile, asError(error)]], []);
    }
  },
];

/** The name by which Nx 22 asks; from 23 on it is `createNodes`. */
export const createNodesV2 = createNodes;

function inferTargets(
  files: readonly string[],
  options: LanewisePluginOptions | undefined,
  { workspaceRoot, nxJsonConfiguration }: CreateNodesContextV2,
): [string, { projects: Record<string, ReturnType<typeof productTargets>> }][] {
  const text = readFileSync(join(workspaceRoot, configFile), 'utf8');
  const folder = workspaceFolder(workspaceRoot);
  const inferAll = process.env['NX_INFER_ALL_PACKAGE_JSONS'] === 'true';
  const projects = readProjectFiles(files, folder, inferAll);
  const config = parseConfig(text, configFile, nxJsonConfiguration, nxProjects(projects));
  const understood = understandOptions(options);
  return productsInSight(config, projects, folder).map(({ product, file, root }) => [
    file,
    { projects: { [root === '' ? '.' : root]: productTargets(product, config, understood) } },
  ]);
}

/** Nx prints the message alone: where it is, and what to do, go with it. */
function asError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const { place, hint } = error as { place?: { line?: number; column?: number }; hint?: string };
  const at = place?.line === undefined ? '' : `line ${place.line}: `;
  const told = new Error(`${at}${error.message}${hint === undefined ? '' : ` ${hint}`}`);
  told.stack = told.message;
  return told;
}
