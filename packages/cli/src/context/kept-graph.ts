import { join } from 'node:path';
import { defaultCacheDirectory, type Checkout } from '@lanewise/git';
import {
  findKeptGraph,
  graphSpace,
  isTestedNx,
  keepGraph,
  loadNxGraph,
  openGraphFolder,
  readGraphGround,
  testedNx,
  type FoundGraph,
  type GraphGround,
  type GraphStore,
  type WorkspaceGraph,
} from '@lanewise/graph';
import type { Config } from '@lanewise/model';
import type { Call } from '../command.js';

const longestWait = 180_000;

/** Asks the workspace's own Nx for its graph, for at most three minutes or LANEWISE_NX_TIMEOUT seconds. */
export function askForGraph(call: Call, root: string): Promise<WorkspaceGraph> {
  const { environment } = call.shell;
  const seconds = Number(environment['LANEWISE_NX_TIMEOUT']);
  const timeoutMs = seconds > 0 ? seconds * 1000 : longestWait;
  return loadNxGraph({ root, environment, timeoutMs }, (version) => {
    if (isTestedNx(version)) return;
    call.note(
      `Nx ${version} gave the graph; Lanewise is tested with Nx ${testedNx.from} to ${testedNx.to}.`,
    );
  });
}

/**
 * Nx's graph: the one kept by an earlier command where everything that it depends on is the same,
 * else Nx is asked, and its answer kept. `--verbose` tells why Nx was asked.
 */
export async function nxGraph(
  call: Call,
  checkout: Checkout,
  config: Config | null,
): Promise<WorkspaceGraph> {
  const ask = (): Promise<WorkspaceGraph> => askForGraph(call, checkout.root);
  const store = openStore(call, checkout, config);
  if (typeof store === 'string') {
    tell(call, store);
    return ask();
  }
  const ground = (again?: 'again'): Promise<GraphGround> =>
    readGround(call, checkout, config, again);
  const { graph, from, note } = await keepGraph(ground, store, ask);
  if (from === 'asked') tell(call, note ?? 'no graph was kept for what is here now');
  return graph;
}

export type KeptAnswer = FoundGraph;

/** The graph that a command would take without asking Nx, or why it would ask. */
export async function peekKeptGraph(
  call: Call,
  checkout: Checkout,
  config: Config | null,
): Promise<KeptAnswer> {
  const store = openStore(call, checkout, config);
  if (typeof store === 'string') return { kind: 'none', reason: store };
  return findKeptGraph(await readGround(call, checkout, config), store);
}

/** Where graphs are kept for this command; or why none are. */
function openStore(call: Call, { root }: Checkout, config: Config | null): GraphStore | string {
  if (config?.graph.keep === false) return `graph.keep is false in ${config.file}`;
  const space = graphSpace(call.shell.environment);
  if (space.kind === 'none') return space.reason;
  const directory = join(defaultCacheDirectory(call.shell.environment), 'graphs');
  return openGraphFolder({ directory, space: space.name, root, user: process.getuid?.() });
}

async function readGround(
  call: Call,
  checkout: Checkout,
  config: Config | null,
  again?: 'again',
): Promise<GraphGround> {
  const { difference, head, tracks, strays } = await checkout.matchTree(again);
  const moved = head !== checkout.head;
  return readGraphGround({
    root: checkout.root,
    environment: call.shell.environment,
    tree: checkout.tree,
    difference: moved ? 'HEAD moved meanwhile' : difference,
    tracks,
    strays,
    ignoreFiles: checkout.ignoreFiles,
    vouched: config?.graph.key ?? null,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  });
}

function tell(call: Call, why: string): void {
  if (call.global.verbose) call.note(`Nx is asked for the graph: ${why}.`);
}
