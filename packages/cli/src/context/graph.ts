import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Checkout } from '@lanewise/git';
import type { WorkspaceGraph } from '@lanewise/graph';
import { LanewiseError, type Config, type RepoPath } from '@lanewise/model';
import type { Call } from '../command.js';
import { asksNx } from './asks-nx.js';
import { nxGraph } from './kept-graph.js';
import { rootFolders } from './root-folders.js';

const lockfiles = ['package-lock.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock'] as const;

/**
 * The workspace's graph: from a saved file where one is given, from the workspace's own Nx (or as
 * kept from it) where it has an nx.json, else as the configuration declares it.
 */
export async function loadGraph(
  call: Call,
  checkout: Checkout,
  config: Config | null,
  file: string | null,
): Promise<WorkspaceGraph> {
  const { declaredGraph, manifestsIn, readGraphFile, withLinkedFolders } =
    await import('@lanewise/graph');
  const { root } = checkout;
  const lockfile = (lockfiles.find((name) => existsSync(join(root, name))) ??
    null) as RepoPath | null;
  if (file !== null) {
    const text = await readGiven(resolve(call.global.directory, file));
    const nxJson = await readNxJson(root);
    return withLinkedFolders(readGraphFile(text, { file, lockfile, nxJson }), manifestsIn(root));
  }
  if (asksNx(root, config)) return nxGraph(call, checkout, config);
  if (config !== null) {
    const graph = declaredGraph(config, lockfile, rootFolders(config, root));
    return lockfile === null ? graph : withLinkedFolders(graph, manifestsIn(root));
  }
  throw new LanewiseError(
    'CONFIG_MISSING',
    `${root} has neither an nx.json nor a lanewise.yaml: there is no graph to read.`,
    {
      hint: "Run 'lanewise init' in the workspace's root.",
    },
  );
}

/**
 * The graph, or null where nothing says that there is one: no Nx, and no declared project or root.
 * A GitOps repository with a lanewise.yaml is such a place.
 */
export async function loadGraphIfAny(
  call: Call,
  checkout: Checkout,
  config: Config,
  file: string | null,
): Promise<WorkspaceGraph | null> {
  const declares =
    config.projects.size > 0 ||
    config.root !== null ||
    [...config.products.values()].some((product) => product.root !== null);
  if (file === null && !declares && !existsSync(join(checkout.root, 'nx.json'))) return null;
  return loadGraph(call, checkout, config, file);
}

async function readGiven(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new LanewiseError('USAGE', `The file ${file} cannot be read.`, {
      cause,
      hint: "Write it with 'nx graph --file=graph.json'.",
    });
  }
}

async function readNxJson(root: string): Promise<unknown> {
  const file = join(root, 'nx.json');
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (cause) {
    throw new LanewiseError('GRAPH_INVALID', 'The nx.json of the workspace is no JSON.', {
      cause,
      place: { file: 'nx.json' },
    });
  }
}
