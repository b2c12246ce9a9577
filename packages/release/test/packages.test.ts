import { describe, expect, it } from 'vitest';
import type { Project, WorkspaceGraph } from '@lanewise/graph';
import type { ProjectName, RepoPath } from '@lanewise/model';
import { makeMemoryRemote, type MemoryRemote } from '@lanewise/testing';
import { entryOf, first, plan, product, release, releaseOf, sourcesAt } from './workspace.js';

const config = `
products:
  image: registry.example.com/{product}
  each: { docs: { project: docs }, api: { project: api } }
environments: { dev: {} }
`;

const project = (
  name: string,
  root: string,
  packages: readonly string[],
): [ProjectName, Project] => [
  name as ProjectName,
  {
    name: name as ProjectName,
    root: root as RepoPath,
    tags: [],
    filter: { patterns: [`${root}/**/*`], globals: [], digest: 'd'.repeat(64), unseen: [] },
    packages,
    targets: [],
  },
];

const graph: WorkspaceGraph = {
  kind: 'nx',
  projects: new Map([
    project('docs', 'apps/docs', ['left']),
    project('api', 'apps/api', ['right']),
    project('ui', 'libs/ui', []),
  ]),
  edges: [{ source: 'docs' as ProjectName, target: 'ui' as ProjectName, type: 'static' }],
  packagesKnown: true,
  lockfile: 'package-lock.json' as RepoPath,
  cycles: [],
};

const lock = (left: string, deep: string, right = '1.0.0'): string =>
  JSON.stringify({
    lockfileVersion: 3,
    packages: {
      '': { dependencies: { left: '*', right: '*' } },
      'node_modules/left': { version: left, integrity: left, dependencies: { deep: '*' } },
      'node_modules/deep': { version: deep, integrity: deep },
      'node_modules/right': { version: right, integrity: right },
      'node_modules/unused': { version: `${left}-${deep}`, integrity: 'x' },
    },
  });

const tsconfig = (alias: string, strict: boolean): string =>
  JSON.stringify({
    compilerOptions: { strict, paths: { '@acme/ui': [alias], '@acme/api': ['apps/api/main.ts'] } },
  });

const files = {
  'apps/docs/main.ts': '1',
  'apps/api/main.go': '1',
  'libs/ui/index.ts': '1',
  'package-lock.json': lock('1.0.0', '1.0.0'),
  'tsconfig.base.json': tsconfig('libs/ui/index.ts', true),
};

async function released(): Promise<MemoryRemote> {
  const remote = makeMemoryRemote();
  const head = remote.commit(files, 'feat: begin');
  await release(sourcesAt(remote.open(), head, { config, graph }), {
    ...first,
    products: ['docs', 'api'].map(product),
  });
  return remote;
}

async function after(changes: Record<string, string>): ReturnType<typeof plan> {
  const remote = await released();
  const head = remote.commit(changes, 'fix: change');
  return plan(sourcesAt(remote.open(), head, { config, graph }));
}

describe('external packages', () => {
  it('matter to those who reach them, by resolved version', async () => {
    const found = await after({ 'package-lock.json': lock('1.0.0', '1.0.1') });
    expect(releaseOf(found, 'docs').reasons).toEqual([
      {
        kind: 'package',
        lockfile: 'package-lock.json',
        name: 'deep',
        before: ['1.0.0'],
        after: ['1.0.1'],
        project: 'docs',
        path: ['docs'],
        packages: ['left', 'deep'],
      },
    ]);
    expect(releaseOf(found, 'docs').notes.map(({ subject }) => subject)).toEqual(['change']);
    expect(entryOf(found, 'api').kind).toBe('unaffected');
  });

  it('that nobody uses matter to nobody', async () => {
    const text = files['package-lock.json'].replace('1.0.0-1.0.0', '9.9.9');
    const found = await after({ 'package-lock.json': text });
    expect(found.entries.map(({ kind }) => kind)).toEqual(['unaffected', 'unaffected']);
  });

  it('of a lockfile that cannot be read matter to all, with that as the reason', async () => {
    const found = await after({ 'package-lock.json': '<<<<<<< ours' });
    expect(releaseOf(found, 'api').reasons).toMatchObject([{ kind: 'lockfile-unreadable' }]);
    expect(releaseOf(found, 'docs').reasons).toMatchObject([{ kind: 'lockfile-unreadable' }]);
  });
});

describe('a lockfile that cannot be read', () => {
  it('and takes the name of another package manager’s is another, though its bytes are the same', async () => {
    const broken = '<<<<<<< ours';
    const remote = makeMemoryRemote();
    const begin = remote.commit({ ...files, 'package-lock.json': broken }, 'feat: begin');
    await release(sourcesAt(remote.open(), begin, { config, graph }), {
      ...first,
      products: ['docs'].map(product),
    });
    const moved = { 'package-lock.json': null, 'pnpm-lock.yaml': broken };
    const head = remote.commit(moved, 'build: another package manager');
    const now = { ...graph, lockfile: 'pnpm-lock.yaml' as RepoPath };
    const found = await plan(sourcesAt(remote.open(), head, { config, graph: now }));
    expect(releaseOf(found, 'docs').reasons).toMatchObject([{ kind: 'lockfile-unreadable' }]);
  });
});

describe('the root’s tsconfig', () => {
  it('matters by an alias to those who are built from the project it leads to', async () => {
    const found = await after({ 'tsconfig.base.json': tsconfig('libs/ui/other.ts', true) });
    expect(releaseOf(found, 'docs').reasons).toMatchObject([
      { kind: 'typescript-path', alias: '@acme/ui' },
    ]);
    expect(entryOf(found, 'api').kind).toBe('unaffected');
  });

  it('matters by its other settings to those who have TypeScript files', async () => {
    const found = await after({ 'tsconfig.base.json': tsconfig('libs/ui/index.ts', false) });
    expect(releaseOf(found, 'docs').reasons).toEqual([
      { kind: 'typescript-options', file: 'tsconfig.base.json' },
    ]);
    expect(entryOf(found, 'api').kind).toBe('unaffected');
  });

  it('does not matter by its layout', async () => {
    const text = `// a comment\n${JSON.stringify(JSON.parse(files['tsconfig.base.json']), null, 4)}`;
    const found = await after({ 'tsconfig.base.json': text });
    expect(found.entries.map(({ kind }) => kind)).toEqual(['unaffected', 'unaffected']);
  });
});

describe('how packages are installed', () => {
  it('matters where a patch is for a package that a product uses', async () => {
    for (const name of ['deep+1.0.0.patch', 'left++deep+1.0.0.patch', 'deep@1.0.0.patch']) {
      const found = await after({ [`patches/${name}`]: 'diff' });
      expect(releaseOf(found, 'docs').reasons).toMatchObject([
        { kind: 'globals', files: { count: 1, shown: [{ path: `patches/${name}` }] } },
      ]);
      expect(entryOf(found, 'api').kind).toBe('unaffected');
    }
    const scoped = await after({ 'patches/@acme+deep+1.0.0.patch': 'diff' });
    expect(scoped.entries.map(({ kind }) => kind)).toEqual(['unaffected', 'unaffected']);
  });

  it('matters where a setting installs the same lockfile otherwise', async () => {
    const idle = await after({
      '.npmrc': '//registry.example.com/:_authToken=${TOKEN}\nregistry=https://r.example.com\n',
      'pnpm-workspace.yaml': 'packages:\n  - apps/*\ncatalog:\n  left: 1.0.0\n',
      'package.json': '{"scripts":{"x":"y"},"dependencies":{"left":"^2.0.0"}}',
    });
    expect(idle.entries.map(({ kind }) => kind)).toEqual(['unaffected', 'unaffected']);
    for (const files of [
      { '.npmrc': 'node-linker = hoisted\n' },
      { '.yarnrc.yml': 'nodeLinker: pnp\n' },
      { 'pnpm-workspace.yaml': 'onlyBuiltDependencies:\n  - left\n' },
      { 'package.json': '{"trustedDependencies":["left"]}' },
    ]) {
      const found = await after(files as unknown as Record<string, string>);
      expect(releaseOf(found, 'docs').reasons).toMatchObject([{ kind: 'globals' }]);
    }
  });
});

describe('nx.json', () => {
  const nx = (value: object): Record<string, string> => ({ 'nx.json': JSON.stringify(value) });
  const built: WorkspaceGraph = {
    ...graph,
    projects: new Map(
      [...graph.projects].map(([name, one]) => [
        name,
        { ...one, targets: name === 'ui' ? ['build', 'lint'] : ['lint'] },
      ]),
    ),
  };
  const change = async (first: object, second: object): Promise<readonly string[]> => {
    const remote = makeMemoryRemote();
    const head = remote.commit({ ...files, ...nx(first) }, 'feat: begin');
    const both = { ...first_, products: ['docs', 'api'].map(product) };
    await release(sourcesAt(remote.open(), head, { config, graph: built }), both);
    const next = remote.commit(nx(second), 'chore: nx');
    const found = await plan(sourcesAt(remote.open(), next, { config, graph: built }));
    return found.entries.flatMap((entry) =>
      entry.kind === 'release'
        ? entry.reasons.map((reason) =>
            reason.kind === 'nx-json'
              ? `${entry.product} ${reason.part} ${reason.keys.join()}`
              : `${entry.product} ${reason.kind}`,
          )
        : [],
    );
  };
  const first_ = first;

  it('matters by the parts that decide what is built, to those whom they concern', async () => {
    const build = (level: number, cache = true): object => ({
      targetDefaults: { build: { cache, options: { level } }, lint: { options: { level } } },
    });
    expect(await change(build(1), build(2))).toEqual(['docs targetDefaults build']);
    expect(await change(build(1), build(1, false))).toEqual([]);
    expect(
      await change({ parallel: 1 }, { parallel: 2, defaultBase: 'main', release: {} }),
    ).toEqual([]);
    expect(await change({ plugins: ['./a'] }, { plugins: ['@nx/eslint/plugin', './a'] })).toEqual(
      [],
    );
    expect(await change({ plugins: ['./a'] }, { plugins: ['./b'] })).toEqual([
      'docs plugins ./a,./b',
    ]);
    expect(await change({}, { unheard: 1 })).toEqual(['api other unheard', 'docs other unheard']);
  });
});
