import type { Checkout } from '@lanewise/git';
import {
  findGraph,
  findKeptGraph,
  isTestedNx,
  keepGraph,
  loadNxGraph,
  testedNx,
  type FoundGraph,
  type GraphGround,
  type WorkspaceGraph,
} from '@lanewise/graph';
import type { Config } from '@lanewise/model';
import type { Call } from '../command.js';
import { expectKey, openKeeping, readGround } from './graph-keeping.js';
import { asksNx } from './asks-nx.js';

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
  const store = openKeeping(call, checkout, config, 'graphs');
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

/** A graph that holds if the work tree proves to be HEAD's. */
export interface ExpectedGraph {
  readonly graph: WorkspaceGraph;
  /** Waits for git's look at the work tree. Whoever was told otherwise begins again. */
  readonly holds: () => Promise<boolean>;
}

/**
 * The kept graph of HEAD's tree, before git has looked at tens of thousands of files: who only looks
 * may go on with it meanwhile. null: none is kept of it.
 */
export async function expectGraph(
  call: Call,
  checkout: Checkout,
  config: Config | null,
): Promise<ExpectedGraph | null> {
  if (!asksNx(checkout.root, config)) return null;
  const store = openKeeping(call, checkout, config, 'graphs');
  if (typeof store === 'string') return null;
  const expected = await expectKey(call, checkout, config);
  const found = expected === null ? null : await findGraph(expected.key, store);
  return expected === null || found === null ? null : { graph: found, holds: expected.holds };
}

export type KeptAnswer = FoundGraph;

/** The graph that a command would take without asking Nx, or why it would ask. */
export async function peekKeptGraph(
  call: Call,
  checkout: Checkout,
  config: Config | null,
): Promise<KeptAnswer> {
  const store = openKeeping(call, checkout, config, 'graphs');
  if (typeof store === 'string') return { kind: 'none', reason: store };
  return findKeptGraph(await readGround(call, checkout, config), store);
}

function tell(call: Call, why: string): void {
  if (call.global.verbose) call.note(`Nx is asked for the graph: ${why}.`);
}
