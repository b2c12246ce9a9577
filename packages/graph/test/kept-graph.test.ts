import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ObjectId } from '@lanewise/model';
import {
  graphKey,
  keepGraph,
  readGraphGround,
  type GraphGround,
  type GraphStore,
  type GroundQuestion,
} from '@lanewise/graph';
import { drawGraph } from './graphs.js';
import { temporaryFolder } from './workspaces.js';

const graph = drawGraph(
  { web: ['ui', 'implicit api'], ui: ['web'], api: [] },
  { tags: { web: ['deployable'] } },
);

const ground: GraphGround = {
  tree: 'a'.repeat(40) as ObjectId,
  clean: true,
  nxVersion: '23.2.1',
  installed: 'state',
  environment: { NX_MODE: 'x' },
  envFiles: 'none',
  node: '20',
  platform: 'linux',
  plugins: ['@nx/js/typescript', '@nx/vite/plugin'],
  vouched: null,
};

function memory(): GraphStore & { readonly texts: Map<string, string> } {
  const texts = new Map<string, string>();
  return {
    texts,
    read: (key) => Promise.resolve(texts.get(key) ?? null),
    write: (key, text) => {
      texts.set(key, text);
      return Promise.resolve();
    },
  };
}

/** Runs twice on the given grounds, and tells whether Nx was asked the second time. */
async function asksAgain(first: GraphGround, second: GraphGround): Promise<boolean> {
  const store = memory();
  let asked = 0;
  const ask = () => {
    asked += 1;
    return Promise.resolve(graph);
  };
  await keepGraph(first, store, ask);
  const before = asked;
  await keepGraph(second, store, ask);
  return asked > before;
}

describe('a kept graph', () => {
  it('is the same as the one that Nx gave', async () => {
    const store = memory();
    const asked = await keepGraph(ground, store, () => Promise.resolve(graph));
    const kept = await keepGraph(ground, store, () => Promise.reject(new Error('asked')));
    expect(asked).toEqual({ graph, from: 'asked', note: null });
    expect(kept).toEqual({ graph, from: 'kept', note: null });
  });

  it.each<[string, Partial<GraphGround>]>([
    ["HEAD's tree", { tree: 'b'.repeat(40) as ObjectId }],
    ['the work tree', { clean: false }],
    ['the installed Nx', { nxVersion: '23.2.2' }],
    ["the package manager's state", { installed: 'other' }],
    ['a variable', { environment: { NX_MODE: 'y' } }],
    ['another variable', { environment: { NX_MODE: 'x', CI: 'true' } }],
    ['a .env file', { envFiles: 'one' }],
    ["Node's major version", { node: '22' }],
    ['the platform', { platform: 'darwin' }],
    ['the plugins', { plugins: ['@nx/js/typescript'] }],
    ['what vouches', { vouched: '2' }],
  ])('is not used when %s changed', async (_what, change) => {
    expect(await asksAgain(ground, ground)).toBe(false);
    expect(await asksAgain(ground, { ...ground, ...change })).toBe(true);
  });

  it('is not kept with a plugin that is not known, unless somebody vouches for it', async () => {
    const plugins = ['./tools/plugin.js'];
    expect(graphKey({ ...ground, plugins })).toMatchObject({
      kind: 'none',
      reason: expect.stringContaining('./tools/plugin.js') as string,
    });
    expect(graphKey({ ...ground, plugins: ['@nx/gradle'] }).kind).toBe('none');
    expect(graphKey({ ...ground, plugins: ['@nx/vite/../../evil'] }).kind).toBe('none');
    expect(
      await asksAgain({ ...ground, plugins, vouched: '1' }, { ...ground, plugins, vouched: '1' }),
    ).toBe(false);
  });

  it('is asked for again where the kept text is cut off, changed, or cannot be read', async () => {
    const store = memory();
    await keepGraph(ground, store, () => Promise.resolve(graph));
    const [[key, text] = ['', '']] = store.texts;
    for (const broken of [text.slice(0, -10), text.replace('"web"', '"wex"'), '', 'x\n{}']) {
      store.texts.set(key, broken);
      expect((await keepGraph(ground, store, () => Promise.resolve(graph))).from).toBe('asked');
      expect((await keepGraph(ground, store, () => Promise.resolve(graph))).from).toBe('kept');
    }
    const read = () => Promise.reject(new Error('no permission'));
    expect((await keepGraph(ground, { ...store, read }, () => Promise.resolve(graph))).from).toBe(
      'asked',
    );
  });

  it('says so where it could not be kept, and goes on', async () => {
    const write = () => Promise.reject(new Error('read-only file system'));
    const result = await keepGraph(ground, { ...memory(), write }, () => Promise.resolve(graph));
    expect(result).toEqual({
      graph,
      from: 'asked',
      note: 'the graph could not be kept: read-only file system',
    });
  });
});

describe("the ground of a workspace's graph", () => {
  const files = {
    'package.json': { name: 'acme' },
    'nx.json':
      '{ // plugins\n "plugins": ["@nx/js", { "plugin": "@nx/vite/plugin", "options": {} }], }',
    'node_modules/nx/package.json': { name: 'nx', version: '23.2.1' },
    'node_modules/.package-lock.json': { packages: {} },
    '.env': 'A=1',
    '.local.env': 'B=1',
  };
  const question = (root: string): GroundQuestion => ({
    root,
    environment: { NX_MODE: 'x', PATH: '/bin', NODE_ENV: 'test', NX_UNSET: undefined },
    tree: ground.tree,
    clean: true,
    vouched: null,
    node: 'v20.20.0',
    platform: 'linux',
  });

  it('is read from small files, without Nx', async () => {
    const found = await readGraphGround(question(temporaryFolder(files)));
    expect(found).toMatchObject({
      nxVersion: '23.2.1',
      environment: { NODE_ENV: 'test', NX_MODE: 'x' },
      node: '20',
      plugins: ['@nx/js', '@nx/vite/plugin'],
    });
    expect(graphKey(found).kind).toBe('key');
  });

  it('changes with each of them', async () => {
    const root = temporaryFolder(files);
    const keys = new Set<string>();
    const look = async () => {
      const found = graphKey(await readGraphGround(question(root)));
      keys.add(found.kind === 'key' ? found.key : found.reason);
    };
    await look();
    for (const [path, text] of [
      ['node_modules/nx/package.json', '{"version":"23.3.0"}'],
      ['node_modules/.package-lock.json', '{"packages":{"node_modules/a":{}}}'],
      ['.env', 'A=2'],
      ['.local.env', 'B=2'],
      ['.env.production', ''],
      ['nx.json', '{"plugins":["@nx/jest/plugin"]}'],
      ['nx.json', 'broken'],
    ] as const) {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), text);
      await look();
    }
    expect(keys.size).toBe(8);
  });

  it('keeps nothing where it cannot be told what is installed', async () => {
    const found = await readGraphGround(question(temporaryFolder({ 'package.json': {} })));
    expect(graphKey(found)).toEqual({ kind: 'none', reason: 'what is installed cannot be told' });
  });
});
