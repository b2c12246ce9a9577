import {
  chmodSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ObjectId } from '@lanewise/model';
import {
  decodeGraph,
  encodeGraph,
  graphKey,
  graphSpace,
  keepGraph,
  openGraphFolder,
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
  difference: null,
  nxVersion: '23.2.1',
  installed: 'state',
  environment: 'some',
  looseFiles: 'none',
  node: '20',
  platform: 'linux',
  plugins: ['@nx/js/typescript', '@nx/vite/plugin'],
  readsIgnored: false,
  vouched: null,
};

const on = (one: GraphGround) => () => Promise.resolve(one);

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
  await keepGraph(on(first), store, ask);
  const before = asked;
  await keepGraph(on(second), store, ask);
  return asked > before;
}

describe('a kept graph', () => {
  it('is the same as the one that Nx gave', async () => {
    const store = memory();
    const asked = await keepGraph(on(ground), store, () => Promise.resolve(graph));
    const kept = await keepGraph(on(ground), store, () => Promise.reject(new Error('asked')));
    expect(asked).toEqual({ graph, from: 'asked', note: null });
    expect(kept).toEqual({ graph, from: 'kept', note: null });
  });

  it.each<[string, Partial<GraphGround>]>([
    ["HEAD's tree", { tree: 'b'.repeat(40) as ObjectId }],
    ['the work tree', { difference: 'a file is not as HEAD has it' }],
    ['the installed Nx', { nxVersion: '23.2.2' }],
    ["the package manager's state", { installed: 'other' }],
    ['a variable', { environment: 'other' }],
    ['a .env file', { looseFiles: 'one' }],
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
    expect(graphKey({ ...ground, readsIgnored: true }).kind).toBe('none');
    expect(graphKey({ ...ground, installed: null }).kind).toBe('none');
    expect(graphKey({ ...ground, installed: null, vouched: '1' }).kind).toBe('key');
    expect(graphKey({ ...ground, difference: 'a', vouched: '1' }).kind).toBe('none');
    expect(
      await asksAgain({ ...ground, plugins, vouched: '1' }, { ...ground, plugins, vouched: '1' }),
    ).toBe(false);
  });

  it('is asked for again where the kept text is cut off, changed, or cannot be read', async () => {
    const store = memory();
    await keepGraph(on(ground), store, () => Promise.resolve(graph));
    const [[key, text] = ['', '']] = store.texts;
    for (const broken of [text.slice(0, -10), text.replace('"web"', '"wex"'), '', 'x\n{}']) {
      store.texts.set(key, broken);
      expect((await keepGraph(on(ground), store, () => Promise.resolve(graph))).from).toBe('asked');
      expect((await keepGraph(on(ground), store, () => Promise.resolve(graph))).from).toBe('kept');
    }
    const read = () => Promise.reject(new Error('no permission'));
    expect(
      (await keepGraph(on(ground), { ...store, read }, () => Promise.resolve(graph))).from,
    ).toBe('asked');
  });

  it('is not kept where something changed while Nx was asked', async () => {
    const store = memory();
    const changes = (again?: 'again') =>
      Promise.resolve(again === undefined ? ground : { ...ground, difference: 'a is new' });
    const asked = await keepGraph(changes, store, () => Promise.resolve(graph));
    expect(asked.note).toContain('a is new');
    const moves = (again?: 'again') =>
      Promise.resolve(again === undefined ? ground : { ...ground, looseFiles: 'other' });
    await keepGraph(moves, store, () => Promise.resolve(graph));
    expect(store.texts.size).toBe(0);
  });

  it('loses nothing in its text, whatever projects come to have', () => {
    const [[name, web] = []] = graph.projects;
    if (name === undefined || web === undefined) throw new Error('no project');
    const more = {
      ...graph,
      other: 'x',
      projects: new Map([
        ...graph.projects,
        [
          name,
          {
            ...web,
            more: [1],
            filter: { ...web.filter, unseen: ['env A'], also: 'b' },
          } as typeof web,
        ],
      ]),
    };
    expect(decodeGraph(encodeGraph(more))).toEqual(more);
    expect(decodeGraph(encodeGraph({ ...graph, projects: new Map(), edges: [] }))).toMatchObject({
      projects: new Map(),
      edges: [],
    });
  });

  it('says so where it could not be kept, and goes on', async () => {
    const write = () => Promise.reject(new Error('read-only file system'));
    const result = await keepGraph(on(ground), { ...memory(), write }, () =>
      Promise.resolve(graph),
    );
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
    difference: null,
    tracks: (path) => path !== 'pnpm-workspace.yaml',
    strays: [],
    ignoreFiles: [join(root, 'rules')],
    vouched: null,
    node: 'v20.20.0',
    platform: 'linux',
  });

  it('is read from small files, without Nx', async () => {
    const found = await readGraphGround(question(temporaryFolder(files)));
    expect(found).toMatchObject({
      nxVersion: '23.2.1',
      node: '20',
      plugins: ['@nx/js', '@nx/vite/plugin'],
    });
    expect(graphKey(found).kind).toBe('key');
  });

  it('counts every variable but those of one terminal or one run', async () => {
    const root = temporaryFolder(files);
    const keyWith = async (more: Record<string, string>) =>
      graphKey(
        await readGraphGround({
          ...question(root),
          environment: { ...question(root).environment, ...more },
        }),
      );
    const plain = await keyWith({});
    for (const name of ['NX_MODE', 'CI', 'JAVA_HOME', 'PATH', 'NX_DAEMON', 'ANYTHING'])
      expect(await keyWith({ [name]: 'other' }), name).not.toEqual(plain);
    for (const name of ['SHLVL', 'PWD', 'GITHUB_RUN_ID', 'LANEWISE_CACHE', 'npm_config_x', 'TERM'])
      expect(await keyWith({ [name]: 'other' }), name).toEqual(plain);
  });

  it('changes with each of them', async () => {
    const root = temporaryFolder(files);
    const keys = new Set<string>();
    const look = async () => {
      const found = graphKey(await readGraphGround({ ...question(root), vouched: '1' }));
      keys.add(found.kind === 'key' ? found.key : found.reason);
    };
    await look();
    for (const [path, text] of [
      ['node_modules/nx/package.json', '{"version":"23.3.0"}'],
      ['node_modules/.package-lock.json', '{"packages":{"node_modules/a":{}}}'],
      ['.env', 'A=2'],
      ['.local.env', 'B=2'],
      ['.env.production', ''],
      ['pnpm-workspace.yaml', 'packages: []'],
      ['rules', '*.local'],
      ['node_modules/.modules.yaml', 'layoutVersion: 5'],
      ['node_modules/.pnpm/lock.yaml', 'lockfileVersion: 9'],
      ['node_modules/.yarn-integrity', '{}'],
      ['node_modules/.yarn-state.yml', 'a: 1'],
      ['.pnp.cjs', '//'],
      ['.nxignore', '!generated'],
      ['nx.json', '{"plugins":["@nx/jest/plugin"]}'],
      ['nx.json', 'broken'],
    ] as const) {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), text);
      await look();
    }
    expect(keys.size).toBe(16);
  });

  it('keeps nothing where it cannot be told what is installed', async () => {
    const found = await readGraphGround(question(temporaryFolder({ 'package.json': {} })));
    expect(graphKey(found)).toMatchObject({
      kind: 'none',
      reason: expect.stringContaining('no file tells what the package manager installed') as string,
    });
  });

  it('knows a plugin as a part of the workspace, whatever its name is', async () => {
    const root = temporaryFolder({
      ...files,
      'nx.json': { plugins: ['@nx/vite/plugin', '@nx/js'] },
      'tools/vite/package.json': { name: '@nx/vite' },
      'node_modules/@nx/js/package.json': { name: '@nx/js' },
    });
    symlinkSync(join(root, 'tools/vite'), join(root, 'node_modules/@nx/vite'), 'dir');
    const found = await readGraphGround(question(root));
    expect(found.plugins).toEqual(['./tools/vite', '@nx/js']);
    expect(graphKey(found).kind).toBe('none');
  });

  it('counts stray files by their size and time', async () => {
    const root = temporaryFolder({ ...files, 'stray.txt': 'a' });
    const look = async () => readGraphGround({ ...question(root), strays: ['stray.txt'] });
    const [first, same] = [await look(), await look()];
    utimesSync(join(root, 'stray.txt'), 1, 1);
    expect(same.looseFiles).toBe(first.looseFiles);
    expect((await look()).looseFiles).not.toBe(first.looseFiles);
  });
});

describe('a folder of kept graphs', () => {
  const user = process.getuid?.();
  const open = (directory: string, more: { space?: string; root?: string } = {}) =>
    openGraphFolder({ directory, space: 'one', root: '/acme', user, ...more });

  it('gives back what was put there, to the same space and workspace only', async () => {
    const directory = join(temporaryFolder({}), 'graphs');
    await open(directory).write('key', 'text');
    expect(await open(directory).read('key')).toBe('text');
    expect(await open(directory).read('other')).toBeNull();
    expect(await open(directory, { space: 'two' }).read('key')).toBeNull();
    expect(await open(directory, { root: '/other' }).read('key')).toBeNull();
  });

  it('is open to its owner only, and trusts no file that others may write', async () => {
    const directory = join(temporaryFolder({}), 'graphs');
    await open(directory).write('key', 'text');
    const [folder = ''] = readdirSync(directory);
    const file = join(directory, folder, 'key');
    expect(statSync(join(directory, folder)).mode & 0o777).toBe(0o700);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    chmodSync(file, 0o666);
    expect(await open(directory).read('key')).toBeNull();
    chmodSync(file, 0o600);
    const stranger = openGraphFolder({ directory, space: 'one', root: '/acme', user: 4242 });
    expect(await stranger.read('key')).toBeNull();
  });

  it('holds no more than 64 graphs: the oldest go, of all workspaces', async () => {
    const directory = join(temporaryFolder({}), 'graphs');
    await open(directory, { root: '/first' }).write('old', 'text');
    const [folder = ''] = readdirSync(directory);
    utimesSync(join(directory, folder, 'old'), 1, 1);
    for (let number = 0; number < 64; number += 1)
      await open(directory).write(`key${number}`, 'text');
    expect(await open(directory, { root: '/first' }).read('old')).toBeNull();
    expect(await open(directory).read('key63')).toBe('text');
    const kept = readdirSync(directory).flatMap((one) => readdirSync(join(directory, one)));
    expect(kept).toHaveLength(64);
  });

  it('may be deleted at any time', async () => {
    const directory = join(temporaryFolder({}), 'graphs');
    const store = open(directory);
    await store.write('key', 'text');
    rmSync(directory, { recursive: true });
    expect(await store.read('key')).toBeNull();
    await store.write('key', 'text');
    expect(await store.read('key')).toBe('text');
  });
});

describe('who may share kept graphs', () => {
  const nameOf = (environment: Record<string, string>): string => {
    const space = graphSpace(environment);
    return space.kind === 'space' ? space.name : 'none';
  };

  it('is everybody on one machine, and in a CI the jobs of one run', () => {
    expect(nameOf({})).toBe(nameOf({ HOME: '/home/dev' }));
    const job = { CI: 'true', GITHUB_RUN_ID: '1', GITHUB_EVENT_NAME: 'push' };
    expect(nameOf({ ...job, GITHUB_JOB: 'a' })).toBe(nameOf({ ...job, GITHUB_JOB: 'b' }));
    expect(nameOf({ ...job, GITHUB_RUN_ID: '2' })).not.toBe(nameOf(job));
    expect(nameOf(job)).not.toBe(nameOf({}));
    expect(nameOf({ CI: 'true' })).toBe('none');
  });

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['GitHub', { GITHUB_EVENT_NAME: 'push' }, { GITHUB_EVENT_NAME: 'pull_request' }],
    ['GitHub', { GITHUB_EVENT_NAME: 'push' }, { GITHUB_EVENT_NAME: 'pull_request_target' }],
    ['GitLab', { CI_PIPELINE_SOURCE: 'push' }, { CI_PIPELINE_SOURCE: 'merge_request_event' }],
    ['GitLab', { CI_PIPELINE_SOURCE: 'push' }, { CI_MERGE_REQUEST_IID: '7' }],
    ['Buildkite', { BUILDKITE_PULL_REQUEST: 'false' }, { BUILDKITE_PULL_REQUEST: '7' }],
    ['CircleCI', { CIRCLE_WORKFLOW_ID: 'a' }, { CIRCLE_WORKFLOW_ID: 'a', CIRCLE_PR_NUMBER: '7' }],
    ['Azure', { BUILD_REASON: 'IndividualCI' }, { BUILD_REASON: 'PullRequest' }],
    ['Jenkins', { BUILD_TAG: 'a' }, { BUILD_TAG: 'a', CHANGE_ID: '7' }],
    ['Bitbucket', { BITBUCKET_BUILD_NUMBER: '1' }, { BITBUCKET_PR_ID: '7' }],
    ['Travis', { TRAVIS_PULL_REQUEST: 'false' }, { TRAVIS_PULL_REQUEST: '7' }],
    ['Drone', { DRONE_BUILD_EVENT: 'push' }, { DRONE_BUILD_EVENT: 'pull_request' }],
    ['Woodpecker', { CI_PIPELINE_EVENT: 'push' }, { CI_PIPELINE_EVENT: 'pull_request' }],
  ])('is never a pull request and a release, even by one name (%s)', (_ci, own, request) => {
    const shared = { CI: 'true', LANEWISE_GRAPH_CACHE: 'team' };
    expect(nameOf({ ...shared, ...request })).not.toBe(nameOf({ ...shared, ...own }));
    expect(nameOf({ ...shared, ...own })).toBe(nameOf(shared));
  });

  it('is nobody where LANEWISE_GRAPH_CACHE is off, and another name is refused', () => {
    expect(nameOf({ LANEWISE_GRAPH_CACHE: 'off' })).toBe('none');
    expect(() => graphSpace({ LANEWISE_GRAPH_CACHE: '../up' })).toThrow(
      expect.objectContaining({ code: 'USAGE' }) as Error,
    );
  });
});
