import { describe, expect, it } from 'vitest';
import { graphFromNx, productInputs, selectProducts } from '@lanewise/graph';
import { parseConfig, type CommitId, type RepoPath } from '@lanewise/model';
import { makePastInputs, readAffectedProjects, readExtendedTsconfigs } from '@lanewise/release';
import { makeMemoryRemote, type MemoryRemote } from '@lanewise/testing';
import { entryOf, first, plan, product, release, releaseOf, sourcesAt } from './workspace.js';

const config = `
products:
  image: registry.example.com/{product}
  each: { docs: {}, tool: {} }
environments: { dev: {} }
`;

const node = (name: string, root: string) => ({ name, type: 'lib', data: { root, tags: [] } });

/** `docs` is written in TypeScript, `tool` is not. */
const graph = graphFromNx(
  {
    nodes: {
      docs: node('docs', 'apps/docs'),
      tool: node('tool', 'apps/tool'),
      ui: node('ui', 'libs/ui'),
    },
    dependencies: {
      docs: [
        { source: 'docs', target: 'ui', type: 'static' },
        { source: 'docs', target: 'npm:left', type: 'static' },
      ],
    },
    externalNodes: { 'npm:left': { data: { packageName: 'left' } } },
  },
  {},
  { lockfile: 'package-lock.json' as RepoPath },
);

const lock = (strictest: string): string =>
  JSON.stringify({
    lockfileVersion: 3,
    packages: {
      'node_modules/left': { version: '1.0.0', integrity: 'left' },
      'node_modules/@tsconfig/strictest': { version: strictest, integrity: strictest },
    },
  });

const strict = (value: boolean, extra: object = {}): string =>
  JSON.stringify({ compilerOptions: { strict: value, ...extra } });

const files = {
  'apps/docs/main.ts': '1',
  'apps/tool/main.go': '1',
  'libs/ui/index.ts': '1',
  'package-lock.json': lock('1.0.0'),
  'tsconfig.base.json': JSON.stringify({
    extends: ['@tsconfig/strictest/tsconfig.json', './tools/options'],
    compilerOptions: { composite: true },
  }),
  'tools/options.json': JSON.stringify({ extends: './deep/target.json' }),
  'tools/deep/target.json': strict(true),
};

async function released(): Promise<MemoryRemote> {
  const remote = makeMemoryRemote();
  const head = remote.commit(files, 'feat: begin');
  await release(sourcesAt(remote.open(), head, { config, graph }), {
    ...first,
    products: ['docs', 'tool'].map(product),
  });
  return remote;
}

const planAt = (remote: MemoryRemote, head: CommitId): ReturnType<typeof plan> =>
  plan(sourcesAt(remote.open(), head, { config, graph }));

async function after(changes: Record<string, string | null>): ReturnType<typeof plan> {
  const remote = await released();
  return planAt(remote, remote.commit(changes, 'build: change'));
}

describe('what the root’s tsconfig extends', () => {
  it('matters to those who have TypeScript files, however far away it lies', async () => {
    const found = await after({ 'tools/deep/target.json': strict(false) });
    expect(releaseOf(found, 'docs').reasons).toEqual([
      {
        kind: 'typescript-options',
        file: 'tools/deep/target.json',
        extendedBy: 'tsconfig.base.json',
      },
    ]);
    expect(releaseOf(found, 'docs').notes.map(({ subject }) => subject)).toEqual(['change']);
    expect(entryOf(found, 'tool').kind).toBe('unaffected');
  });

  it('is no reason where it says the same in other words, or the same from another file', async () => {
    const words = await after({ 'tools/deep/target.json': `// why\n${strict(true)}` });
    expect(entryOf(words, 'docs').kind).toBe('unaffected');
    const moved = await after({
      'tools/options.json': strict(true),
      'tools/deep/target.json': null,
    });
    expect(entryOf(moved, 'docs').kind).toBe('unaffected');
    const over = await after({
      'tools/options.json': JSON.stringify({
        extends: './deep/target.json',
        compilerOptions: { composite: false },
      }),
    });
    expect(entryOf(over, 'docs').kind).toBe('unaffected');
  });

  it('is followed at the base as it was there', async () => {
    const remote = await released();
    remote.commit({ 'tools/deep/target.json': strict(false), 'tsconfig.base.json': strict(false) });
    const head = remote.commit({ 'tools/options.json': null, 'tools/deep/target.json': null });
    expect(releaseOf(await planAt(remote, head), 'docs').reasons).toMatchObject([
      { kind: 'typescript-options', file: 'tsconfig.base.json' },
      { kind: 'typescript-options', file: 'tools/options.json' },
      { kind: 'typescript-options', file: 'tools/deep/target.json' },
      { kind: 'typescript-options', package: '@tsconfig/strictest' },
    ]);
  });

  it('of a package matters by the version that it resolves to', async () => {
    const found = await after({ 'package-lock.json': lock('1.0.1') });
    expect(releaseOf(found, 'docs').reasons).toEqual([
      {
        kind: 'typescript-options',
        file: 'tsconfig.base.json',
        package: '@tsconfig/strictest',
        lockfile: 'package-lock.json',
      },
    ]);
    expect(entryOf(found, 'tool').kind).toBe('unaffected');
  });

  it('of a package that the lockfile does not have counts with the lockfile as a whole', async () => {
    const remote = makeMemoryRemote();
    const strange = { ...files, 'tsconfig.base.json': '{ "extends": "unknown/tsconfig.json" }' };
    const begin = remote.commit(strange, 'feat: begin');
    await release(sourcesAt(remote.open(), begin, { config, graph }), {
      ...first,
      products: ['docs'].map(product),
    });
    const head = remote.commit({ 'package-lock.json': lock('1.0.1') });
    expect(releaseOf(await planAt(remote, head), 'docs').reasons).toMatchObject([
      { kind: 'typescript-options', package: 'unknown' },
    ]);
  });

  it('matters by its paths to those who are built from the project that they lead to', async () => {
    const paths = { '@acme/ui': ['../../libs/ui/index.ts'] };
    const found = await after({ 'tools/deep/target.json': strict(true, { paths }) });
    expect(releaseOf(found, 'docs').reasons).toEqual([
      {
        kind: 'typescript-path',
        file: 'tools/deep/target.json',
        alias: '@acme/ui',
        before: [],
        after: ['libs/ui/index.ts'],
      },
    ]);
    expect(entryOf(found, 'tool').kind).toBe('unaffected');
  });

  it('counts over a whole history, and for the projects between two commits', async () => {
    const remote = makeMemoryRemote();
    const before = remote.commit(files, 'feat: begin');
    const then = remote.commit({ 'tools/deep/target.json': strict(false) }, 'build: change');
    const head = remote.commit({ 'tools/deep/target.json': `${strict(false)}\n` }, 'style: space');
    const repository = remote.open();
    await repository.fetch({ refs: ['refs/heads/main'], depth: 'history' });
    const parsed = parseConfig(config, 'lanewise.yaml');
    const products = selectProducts(graph, parsed, []);
    const past = makePastInputs({
      ...{ repository, graph, config: parsed, pins: [], mayShip: () => false },
      inputs: products.map((one) => productInputs(graph, one, parsed, products)),
      extended: await readExtendedTsconfigs(repository, head, graph),
    });
    const walk = { tip: head, firstParent: false, before: true };
    for await (const commit of repository.readHistory(walk)) past.note(commit);
    const steps = [
      { product: product('docs'), before, after: then },
      { product: product('docs'), before: then, after: head },
      { product: product('tool'), before, after: then },
    ];
    expect(await past.compare(steps)).toEqual(['different', 'equal', 'equal']);
    const answer = await readAffectedProjects({ repository, graph, from: before, to: then });
    expect(answer.projects.map(({ project, causes }) => [project, causes[0]])).toContainEqual([
      'ui',
      {
        kind: 'everything',
        file: 'tools/deep/target.json',
        why: 'the tsconfig of the workspace extends it',
      },
    ]);
  });
});
