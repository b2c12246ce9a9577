import { join } from 'node:path';
import { defaultCacheDirectory, type Checkout } from '@lanewise/git';
import {
  graphSpace,
  openGraphFolder,
  readGraphGround,
  type GraphGround,
  type GraphStore,
} from '@lanewise/graph';
import type { Config } from '@lanewise/model';
import type { Call } from '../command.js';

/** What is kept of a commit: Nx's graph of it, and what was planned with that graph. */
export type KeptKind = 'graphs' | 'plans';

/** Where this command may keep; or why it may not. */
export function openKeeping(
  call: Call,
  { root }: Checkout,
  config: Config | null,
  kind: KeptKind,
): GraphStore | string {
  if (config?.graph.keep === false) return `graph.keep is false in ${config.file}`;
  const space = graphSpace(call.shell.environment);
  if (space.kind === 'none') return space.reason;
  const directory = join(defaultCacheDirectory(call.shell.environment), kind);
  return openGraphFolder({ directory, space: space.name, root, user: process.getuid?.() });
}

/** Everything that Nx's graph depends on, as it is now; `again` looks anew at the work tree. */
export async function readGround(
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
