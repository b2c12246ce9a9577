import { describe, expect, it } from 'vitest';
import { graphFromNx, type WorkspaceGraph } from '@lanewise/graph';
import type { CommitId, RepoPath } from '@lanewise/model';
import { explainProduct, observeRelease, planRelease, type Explanation } from '@lanewise/release';
import { makeMemoryRemote, type MemoryRemote } from '@lanewise/testing';
import { everything, first, product, release, sourcesAt } from './workspace.js';

const config = `
products:
  image: registry.example.com/{product}
  each: { docs: {}, api: {} }
environments: { dev: {} }
`;

const roots = {
  docs: 'apps/docs',
  api: 'apps/api',
  ui: 'libs/ui',
  theme: 'libs/theme',
  icons: 'libs/icons',
} as const;

type Name = keyof typeof roots;

/** `{ docs: ['ui', 'npm:left'] }`: projects that are not named are not there. */
function draw(
  edges: Readonly<Partial<Record<Name, readonly string[]>>>,
  nxJson: unknown = {},
): WorkspaceGraph {
  const names = Object.keys(edges) as Name[];
  const packages = names.flatMap((name) => edges[name] ?? []).filter((to) => to.startsWith('npm:'));
  const raw = {
    nodes: Object.fromEntries(
      names.map((name) => [name, { name, type: 'lib', data: { root: roots[name], tags: [] } }]),
    ),
    dependencies: Object.fromEntries(
      names.map((name) => [
        name,
        (edges[name] ?? []).map((target) => ({ source: name, target, type: 'static' })),
      ]),
    ),
    externalNodes: Object.fromEntries(
      packages.map((name) => [name, { data: { packageName: name.slice('npm:'.length) } }]),
    ),
  };
  return graphFromNx(raw, nxJson, { lockfile: 'package-lock.json' as RepoPath });
}

const plain = draw({ docs: ['ui', 'npm:left'], api: ['npm:right'], ui: [] });

type Locked = Readonly<Record<string, string>>;

/** `{ left: '1.0.0', 'left/deep': '2.0.0' }`: `left/deep` is one that only left gets. */
const lock = (versions: Locked): string =>
  JSON.stringify({
    lockfileVersion: 3,
    packages: Object.fromEntries(
      Object.entries(versions).map(([name, version]) => [
        `node_modules/${name.split('/').join('/node_modules/')}`,
        {
          version,
          integrity: `${name.slice(name.lastIndexOf('/') + 1)} ${version}`,
          ...(name === 'left' && { dependencies: { deep: '*' } }),
        },
      ]),
    ),
  });

const usual: Locked = { left: '1.0.0', deep: '1.0.0', right: '1.0.0', tool: '1.0.0' };

const files = {
  'lanewise.yaml': config,
  'apps/docs/main.ts': "import { button } from '@acme/ui';\n",
  'apps/api/main.ts': '1\n',
  'libs/ui/index.ts': '1\n',
  'libs/ui/package.json': '{ "name": "@acme/ui" }\n',
  'libs/theme/package.json': '{ "name": "@acme/theme" }\n',
  'libs/theme/index.ts': '1\n',
  'package-lock.json': lock(usual),
};

type Changes = Readonly<Record<string, string | null>>;

async function released(graph: WorkspaceGraph, more: Changes = {}): Promise<MemoryRemote> {
  const remote = makeMemoryRemote();
  const head = remote.commit({ ...files, ...more }, 'feat: begin');
  await release(sourcesAt(remote.open(), head, { config, graph }), {
    ...first,
    products: ['docs', 'api'].map(product),
  });
  return remote;
}

async function explain(
  remote: MemoryRemote,
  head: CommitId,
  graph: WorkspaceGraph,
  name = 'docs',
): Promise<Explanation> {
  const request = { ...everything, products: [product(name)], detail: 'files' } as const;
  const sources = sourcesAt(remote.open(), head, { config, graph });
  const state = await observeRelease(sources, request);
  const [entry] = planRelease(state, request).entries;
  if (entry === undefined) throw new Error('There is no entry.');
  return explainProduct(state, entry);
}

/** Each cause as its subject, and the subjects of its commits; `?` where something is not known of them. */
function told({ causes, commits }: Explanation): Readonly<Record<string, readonly string[]>> {
  const subjects = new Map(commits.map(({ commit, subject }) => [commit, subject]));
  return Object.fromEntries(
    causes.map(({ reason, commits: of, unsure }) => {
      const name = 'name' in reason ? reason.name : 'project' in reason ? reason.project : '';
      const lines = of.map((id) => subjects.get(id) ?? 'unknown');
      return [`${reason.kind} ${name}`.trim(), [...lines, ...(unsure === undefined ? [] : ['?'])]];
    }),
  );
}

describe('a package that changed', () => {
  it('names the commits in which it was resolved otherwise for the product, and no other to the lockfile', async () => {
    const remote = await released(plain);
    const at = (versions: Locked, subject: string): CommitId =>
      remote.commit({ 'package-lock.json': lock({ ...usual, ...versions }) }, subject);
    at({ tool: '2.0.0' }, 'a tool');
    at({ tool: '2.0.0', left: '1.1.0' }, 'left');
    at({ tool: '2.0.0', left: '1.1.0', right: '2.0.0' }, 'right');
    at({ tool: '3.0.0', left: '1.1.0', right: '2.0.0' }, 'the tool again');
    at({ tool: '3.0.0', left: '1.1.0', right: '2.0.0', deep: '1.0.1' }, 'deep');
    const head = at({ tool: '3.0.0', left: '1.2.0', right: '2.0.0', deep: '1.0.1' }, 'left again');
    expect(told(await explain(remote, head, plain))).toEqual({
      'package deep': ['deep'],
      'package left': ['left again', 'left'],
    });
    expect(told(await explain(remote, head, plain, 'api'))).toEqual({ 'package right': ['right'] });
  });

  it('names what was changed, taken back and changed again each time', async () => {
    const remote = await released(plain);
    const at = (left: string, subject: string): CommitId =>
      remote.commit({ 'package-lock.json': lock({ ...usual, left }) }, subject);
    at('2.0.0', 'there');
    at('1.0.0', 'back');
    const head = at('2.0.0', 'there again');
    expect(told(await explain(remote, head, plain))).toEqual({
      'package left': ['there again', 'back', 'there'],
    });
  });

  it('names the commit in which another of several versions came to be taken', async () => {
    const graph = draw({ docs: ['ui', 'npm:left', 'npm:deep'], api: [], ui: [] });
    const both = { ...usual, 'left/deep': '2.0.0' };
    const remote = await released(graph, { 'package-lock.json': lock(both) });
    const at = (versions: Locked, subject: string): CommitId =>
      remote.commit({ 'package-lock.json': lock(versions) }, subject);
    at({ ...both, tool: '2.0.0' }, 'a tool');
    const head = at({ ...usual, tool: '2.0.0', deep: '2.0.0', 'left/deep': '1.0.0' }, 'swap');
    const causes = told(await explain(remote, head, graph));
    expect(Object.values(causes)).toEqual([['swap'], ['swap']]);
  });

  it('names a merge only where it changed something by itself', async () => {
    const remote = await released(plain);
    const base = remote.commit({ 'README.md': '1' }, 'read me');
    const side = remote.commit(
      { 'package-lock.json': lock({ ...usual, left: '1.1.0' }) },
      'on a branch',
      { branch: 'side', parents: [base] },
    );
    const main = remote.commit(
      { 'package-lock.json': lock({ ...usual, tool: '2.0.0' }) },
      'on main',
      { parents: [base] },
    );
    const both = lock({ ...usual, left: '1.1.0', tool: '2.0.0' });
    const merged = remote.commit({ 'package-lock.json': both }, 'merge', { parents: [main, side] });
    expect(told(await explain(remote, merged, plain))).toEqual({ 'package left': ['on a branch'] });
    const own = lock({ ...usual, left: '1.2.0', tool: '2.0.0' });
    const evil = remote.commit({ 'package-lock.json': own }, 'its own', { parents: [main, side] });
    expect(told(await explain(remote, evil, plain))).toEqual({
      'package left': ['its own', 'on a branch'],
    });
  });

  it('is told with a doubt where a lockfile between cannot be read', async () => {
    const remote = await released(plain);
    remote.commit({ 'package-lock.json': '<<<<<<< ours' }, 'broken');
    const head = remote.commit(
      { 'package-lock.json': lock({ ...usual, left: '1.1.0' }) },
      'mended',
    );
    expect(told(await explain(remote, head, plain))).toEqual({
      'package left': ['mended', 'broken', '?'],
    });
  });

  it('is looked for in the newest 100 versions, and the rest is counted', async () => {
    const remote = await released(plain);
    let head = remote.commit(
      { 'package-lock.json': lock({ ...usual, left: '1.1.0', deep: '2.0.0' }) },
      'too long ago',
    );
    for (let minor = 1; minor <= 105; minor += 1) {
      const left = minor < 105 ? '1.1.0' : '1.2.0';
      const text = lock({ ...usual, left, deep: '2.0.0', tool: `1.${minor}.0` });
      head = remote.commit({ 'package-lock.json': text }, `number ${minor}`);
    }
    const found = await explain(remote, head, plain);
    const older = ['number 6', 'number 5', 'number 4', 'number 3', 'number 2', 'number 1'];
    expect(told(found)).toEqual({
      'package deep': [...older, 'too long ago', '?'],
      'package left': ['number 105', '?'],
    });
    expect(found.causes.map(({ unsure }) => unsure)).toEqual([
      'one of these: they are older than the 99 commits to package-lock.json that were looked into',
      '7 older commits to package-lock.json were not looked into',
    ]);
  });
});

const withTheme = draw({ docs: ['ui', 'npm:left'], api: ['npm:right'], ui: ['theme'], theme: [] });

describe('a project that joined', () => {
  const cases: readonly (readonly [string, Changes, Changes])[] = [
    ['an import', {}, { 'libs/ui/index.ts': "export * from '@acme/theme';\n" }],
    [
      'an import by a path',
      {},
      { 'libs/ui/deep/index.ts': "import { dark } from '../../theme/index.js';\n" },
    ],
    [
      'a dependency in package.json',
      {},
      { 'libs/ui/package.json': '{ "name": "@acme/ui", "dependencies": { "@acme/theme": "*" } }' },
    ],
    [
      'an implicit dependency in project.json',
      {},
      { 'libs/ui/project.json': '{ "implicitDependencies": ["theme"] }' },
    ],
    [
      'an alias that leads elsewhere',
      { 'libs/ui/colours.ts': "import '~colours';\n" },
      {
        'tsconfig.base.json':
          '{ "compilerOptions": { "paths": { "~colours": ["libs/theme/index.ts"] } } }',
      },
    ],
    ['nx.json', {}, { 'nx.json': '{ "plugins": [{ "plugin": "own", "options": ["theme"] }] }' }],
  ];

  it.each(cases)('names the commit in which its edge was made: %s', async (_name, before, made) => {
    const remote = await released(plain, before);
    remote.commit({ 'libs/ui/other.ts': '1\n' }, 'something else');
    remote.commit(made, 'the edge');
    remote.commit({ 'libs/ui/other.ts': '2\n' }, 'something else again');
    const head = remote.commit({ 'libs/theme/index.ts': '2\n' }, 'inside of it');
    const found = await explain(remote, head, withTheme);
    expect(told(found)).toMatchObject({ 'joined theme': ['the edge'] });
    const cause = found.causes.find(({ reason }) => reason.kind === 'joined');
    expect(cause?.madeBy?.map(({ path }) => path)).toEqual(Object.keys(made));
  });

  it('names for all that came with it the edge by which they came', async () => {
    const graph = draw({ docs: ['ui'], api: [], ui: ['theme'], theme: ['icons'], icons: [] });
    const remote = await released(draw({ docs: ['ui'], api: [], ui: [] }), {
      'libs/theme/index.ts': "import '../icons/index.js';\n",
    });
    const made = { 'libs/ui/index.ts': "import '@acme/theme';\n" };
    const head = remote.commit(made, 'the edge');
    expect(told(await explain(remote, head, graph))).toMatchObject({
      'joined theme': ['the edge'],
      'joined icons': ['the edge'],
    });
  });

  it('says so where no file tells it', async () => {
    const remote = await released(plain);
    const head = remote.commit({ 'apps/docs/other.ts': '1\n' }, 'something else');
    const found = await explain(remote, head, withTheme);
    expect(told(found)).toMatchObject({ 'joined theme': ['?'] });
    const cause = found.causes.find(({ reason }) => reason.kind === 'joined');
    expect(cause?.unsure).toBe(
      'no file in Git tells what made the edge from ui to theme: it may be a plugin of Nx or what it reads',
    );
  });

  it('names what made it a project, with a doubt, where the edge itself is not told', async () => {
    const remote = await released(plain, { 'libs/theme/package.json': null });
    const made = { 'libs/theme/project.json': '{ "name": "theme" }' };
    const head = remote.commit(made, 'a project');
    expect(told(await explain(remote, head, withTheme))).toMatchObject({
      'joined theme': ['a project', '?'],
    });
  });
});

describe('a project that left', () => {
  const before = { 'libs/ui/index.ts': "export * from '@acme/theme';\n" };

  it('names the commit in which the last word of it went', async () => {
    const remote = await released(withTheme, before);
    remote.commit({ 'libs/ui/other.ts': '1\n' }, 'something else');
    remote.commit({ 'libs/ui/index.ts': '1\n' }, 'the edge');
    const head = remote.commit({ 'libs/theme/index.ts': '2\n' }, 'inside of it');
    const found = await explain(remote, head, plain);
    expect(told(found)).toMatchObject({ 'left theme': ['the edge'] });
  });

  it('names the commit in which the file that spoke of it was deleted', async () => {
    const remote = await released(withTheme, before);
    const head = remote.commit({ 'libs/ui/index.ts': null }, 'the edge');
    const found = await explain(remote, head, plain);
    expect(told(found)).toMatchObject({ 'left theme': ['the edge'] });
    expect(found.causes.find(({ reason }) => reason.kind === 'left')?.madeBy).toMatchObject([
      { path: 'libs/ui/index.ts', change: 'deleted' },
    ]);
  });

  it('says with which other it may have gone, where no file tells of it', async () => {
    const graph = draw({ docs: ['ui'], api: [], ui: ['theme'], theme: ['icons'], icons: [] });
    const remote = await released(graph, before);
    const head = remote.commit({ 'libs/ui/index.ts': '1\n' }, 'the edge');
    const now = draw({ docs: ['ui'], api: [], ui: [], theme: ['icons'], icons: [] });
    const found = await explain(remote, head, now);
    expect(told(found)).toMatchObject({
      'left theme': ['the edge'],
      'left icons': ['the edge', '?'],
    });
    const cause = found.causes.find(
      ({ reason }) => reason.kind === 'left' && reason.project === 'icons',
    );
    expect(cause?.unsure).toBe('no file tells it of icons, which may have gone with theme');
  });
});

describe('a filter that changed', () => {
  it('names the commits to nx.json that changed inputs, and not the others', async () => {
    const names = { namedInputs: { production: ['!{projectRoot}/**/*.md'] } };
    const remote = await released(plain, { 'nx.json': '{}' });
    remote.commit({ 'nx.json': '{ "parallel": 3 }' }, 'settings');
    const head = remote.commit({ 'nx.json': JSON.stringify({ parallel: 3, ...names }) }, 'inputs');
    const now = draw({ docs: ['ui', 'npm:left'], api: ['npm:right'], ui: [] }, names);
    expect(told(await explain(remote, head, now))).toEqual({
      'filter docs': ['inputs'],
      'filter ui': ['inputs'],
    });
  });
});
