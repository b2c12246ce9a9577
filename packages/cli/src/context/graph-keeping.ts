import { join } from 'node:path';
import { defaultCacheDirectory, type Checkout } from '@lanewise/git';
import {
  graphKey,
  graphSpace,
  openGraphFolder,
  readGraphGround,
  type GraphGround,
  type GraphStore,
  type GroundQuestion,
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
  const { head, difference, ...indexed } = await checkout.matchTree(again);
  const moved = head !== checkout.head;
  return groundOf(call, checkout, config, {
    ...indexed,
    difference: moved ? 'HEAD moved meanwhile' : difference,
  });
}

/** The key of what is kept if the work tree proves to be HEAD's. */
export interface ExpectedKey {
  readonly key: string;
  /** Waits for git's look at the work tree, and tells whether the key is right. */
  readonly holds: () => Promise<boolean>;
}

/**
 * What the key is before git has looked at tens of thousands of files, so that others can go on
 * meanwhile. null: nothing may be kept here, whatever the files are.
 */
export function expectKey(
  call: Call,
  checkout: Checkout,
  config: Config | null,
): Promise<ExpectedKey | null> {
  const vouched = config?.graph.key ?? null;
  const known = expectedKeys.get(checkout);
  if (known?.vouched === vouched) return known.answer;
  const answer = findExpectedKey(call, checkout, config);
  expectedKeys.set(checkout, { vouched, answer });
  return answer;
}

/** A kept plan is looked for first, and then a kept graph: of one clone, one look. */
const expectedKeys = new WeakMap<
  Checkout,
  { readonly vouched: string | null; readonly answer: Promise<ExpectedKey | null> }
>();

async function findExpectedKey(
  call: Call,
  checkout: Checkout,
  config: Config | null,
): Promise<ExpectedKey | null> {
  const { overlooked, ...indexed } = await checkout.readIndexed();
  const ground = await groundOf(call, checkout, config, { ...indexed, difference: overlooked });
  const found = graphKey(ground);
  if (found.kind === 'none') return null;
  const { key } = found;
  return {
    key,
    holds: async () => {
      const { head, difference } = await checkout.matchTree();
      return head === checkout.head && difference === null;
    },
  };
}

function groundOf(
  call: Call,
  checkout: Checkout,
  config: Config | null,
  { difference, tracks, strays }: Pick<GroundQuestion, 'difference' | 'tracks' | 'strays'>,
): Promise<GraphGround> {
  return readGraphGround({
    root: checkout.root,
    environment: call.shell.environment,
    tree: checkout.tree,
    difference,
    tracks,
    strays,
    ignoreFiles: checkout.ignoreFiles,
    vouched: config?.graph.key ?? null,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  });
}
