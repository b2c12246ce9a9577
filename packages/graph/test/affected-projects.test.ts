import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { RepoPath } from '@lanewise/model';
import { affectedProjects, type TextChange, type WorkspaceGraph } from '@lanewise/graph';
import { drawGraph } from './graphs.js';

const graph = drawGraph(
  { web: ['ui'], api: ['log', 'implicit db'], ui: ['dynamic log'], log: [], db: [], docs: [] },
  { nxJson: { namedInputs: { default: ['{projectRoot}/**/*', '{workspaceRoot}/ci/**'] } } },
);

interface Change {
  readonly files?: readonly string[];
  readonly deleted?: readonly string[];
  readonly texts?: Readonly<Record<string, readonly [string | null, string | null]>>;
}

function find(change: Change, on: WorkspaceGraph = graph) {
  const texts = Object.entries(change.texts ?? {}).map(
    ([path, [before, after]]): [RepoPath, TextChange] => [path as RepoPath, { before, after }],
  );
  const touched = [
    ...(change.files ?? []).map((path) => ({ path: path as RepoPath, deleted: false })),
    ...(change.deleted ?? []).map((path) => ({ path: path as RepoPath, deleted: true })),
    ...texts.map(([path]) => ({ path, deleted: false })),
  ];
  return affectedProjects({ graph: on, touched, texts: new Map(texts) });
}

const names = (change: Change, on?: WorkspaceGraph) => find(change, on).map((one) => one.project);
const all = ['api', 'db', 'docs', 'log', 'ui', 'web'];

describe('affected projects with one base for all', () => {
  it('are the owners of the files and all that depend on them, over edges of every type', () => {
    expect(names({ files: ['at/log/a.ts'] })).toEqual(['api', 'log', 'ui', 'web']);
    expect(names({ files: ['at/db/schema.sql'] })).toEqual(['api', 'db']);
    expect(names({ files: ['at/docs/README.md', 'at/db/x'] })).toEqual(['api', 'db', 'docs']);
    expect(names({ files: ['README.md'] })).toEqual([]);
    expect(names({})).toEqual([]);
  });

  it('carry the shortest way to what was touched, and what touched it', () => {
    const web = find({ files: ['at/log/a.ts', 'at/log/b.ts'] }).find(
      (one) => one.project === ('web' as string),
    );
    expect(web).toEqual({
      project: 'web',
      path: ['web', 'ui', 'log'],
      causes: [{ kind: 'files', count: 2, first: 'at/log/a.ts' }],
    });
    expect(find({ files: ['at/log/a.ts', 'at/ui/b.ts'] }).at(-1)?.path).toEqual(['web', 'ui']);
  });

  it('count files of the innermost project only', () => {
    const nested = drawGraph({ outer: [], inner: [] }, { roots: { outer: 'a', inner: 'a/b' } });
    expect(names({ files: ['a/b/c'] }, nested)).toEqual(['inner']);
    expect(names({ files: ['a/bc'] }, nested)).toEqual(['outer']);
  });

  it('are all where a file outside of them counts for all', () => {
    expect(names({ files: ['ci/build.yml'] })).toEqual(all);
    expect(find({ files: ['ci/build.yml'] })[0]?.causes).toEqual([
      { kind: 'workspace-file', file: 'ci/build.yml' },
    ]);
  });

  it('are those whose targets name a file outside of them, where the graph tells', async () => {
    const { graphFromNx } = await import('@lanewise/graph');
    const target = (inputs?: unknown) => (inputs === undefined ? {} : { inputs });
    const data = (root: string, targets: Record<string, unknown>, namedInputs?: unknown) => ({
      data: { root, tags: [], targets, ...(namedInputs !== undefined && { namedInputs }) },
    });
    const raw = {
      nodes: {
        a: data('a', { build: target(['default', '^production']) }),
        b: data('b', { test: target([{ fileset: '{workspaceRoot}/jest.preset.js' }]) }),
        c: data('c', { build: target(['default']) }, { default: ['{projectRoot}/**/*'] }),
        d: data('d', { build: target() }),
      },
      dependencies: {},
      externalNodes: {},
    };
    const nxJson = {
      namedInputs: { default: ['shared', 'default'], shared: ['{workspaceRoot}/ci/**'] },
    };
    const told = graphFromNx(raw, nxJson);
    expect(names({ files: ['ci/build.yml'] }, told)).toEqual(['a']);
    expect(names({ files: ['jest.preset.js'] }, told)).toEqual(['b']);
  });

  it('are all after a project was deleted, as nobody knows who depended on it', () => {
    expect(names({ deleted: ['at/old/project.json'] })).toEqual(all);
    expect(names({ deleted: ['at/old/package.json'] })).toEqual(all);
    expect(names({ deleted: ['at/docs/old.md'] })).toEqual(['docs']);
  });

  it('follow what changed inside nx.json', () => {
    const nxJson = (before: unknown, after: unknown): Change => ({
      texts: { 'nx.json': [JSON.stringify(before), JSON.stringify(after)] },
    });
    expect(names(nxJson({ release: {} }, { release: { projects: ['*'] } }))).toEqual([]);
    expect(names(nxJson({ plugins: [] }, { plugins: ['@nx/vite'] }))).toEqual(all);
    expect(names(nxJson({}, { namedInputs: { production: [] } }))).toEqual(all);
    expect(names({ files: ['nx.json'] })).toEqual(all);
  });

  it('follow an alias to the project that it leads to; other options and a lost alias concern all', () => {
    const tsconfig = (paths: unknown, options = {}): string =>
      JSON.stringify({ compilerOptions: { ...options, paths } });
    const change = (before: string | null, after: string | null): Change => ({
      texts: { 'tsconfig.base.json': [before, after] },
    });
    const ui = { '@acme/ui': ['at/ui/index.ts'] };
    expect(names(change(tsconfig({}), tsconfig(ui)))).toEqual(['ui', 'web']);
    expect(names(change(tsconfig(ui), tsconfig({})))).toEqual(all);
    expect(names(change(tsconfig(ui), tsconfig(ui, { strict: true })))).toEqual(all);
    expect(
      names(
        change(
          tsconfig(ui),
          '{ "compilerOptions": { "paths": { "@acme/ui": ["at/ui/index.ts"] } } } // same',
        ),
      ),
    ).toEqual([]);
  });

  it('leave the root tsconfig.json alone where tsconfig.base.json is what projects share', () => {
    const texts = new Map<RepoPath, TextChange>([
      ['tsconfig.base.json' as RepoPath, { before: '{}', after: '{}' }],
      ['tsconfig.json' as RepoPath, { before: '{}', after: '{"files": []}' }],
    ]);
    const touched = [{ path: 'tsconfig.json' as RepoPath, deleted: false }];
    expect(affectedProjects({ graph, touched, texts })).toEqual([]);
    texts.delete('tsconfig.base.json' as RepoPath);
    expect(affectedProjects({ graph, touched, texts })).toHaveLength(all.length);
  });
});

describe('packages', () => {
  const raw = {
    nodes: Object.fromEntries(
      ['a', 'b', 'c'].map((name) => [name, { data: { root: name, tags: [] } }]),
    ),
    dependencies: {
      a: [{ source: 'a', target: 'npm:left', type: 'static' }],
      b: [{ source: 'b', target: 'npm:right', type: 'static' }],
      c: [{ source: 'c', target: 'b', type: 'static' }],
    },
    externalNodes: {
      'npm:left': { data: { packageName: 'left' } },
      'npm:right': { data: { packageName: 'right' } },
    },
  };
  const lock = (left: string, deep: string): string =>
    JSON.stringify({
      lockfileVersion: 3,
      packages: {
        '': { dependencies: { left: '*', right: '*' } },
        'node_modules/left': { version: left, integrity: `sha512-${left}` },
        'node_modules/right': {
          version: '1.0.0',
          integrity: 'sha512-r',
          dependencies: { deep: '*' },
        },
        'node_modules/deep': { version: deep, integrity: `sha512-${deep}` },
      },
    });

  it('count by the version that a project resolves to, through other packages too', async () => {
    const { graphFromNx } = await import('@lanewise/graph');
    const locked = graphFromNx(raw, {}, { lockfile: 'package-lock.json' as RepoPath });
    const change = (before: string, after: string): Change => ({
      texts: { 'package-lock.json': [before, after] },
    });
    expect(names(change(lock('1.0.0', '1.0.0'), lock('1.1.0', '1.0.0')), locked)).toEqual(['a']);
    const deep = find(change(lock('1.0.0', '1.0.0'), lock('1.0.0', '1.0.1')), locked);
    expect(deep.map(({ project }) => project)).toEqual(['b', 'c']);
    expect(deep[1]).toMatchObject({
      path: ['c', 'b'],
      causes: [{ kind: 'package', name: 'deep', packages: ['right', 'deep'] }],
    });
    expect(names(change('{', lock('1.0.0', '1.0.1')), locked)).toEqual(['a', 'b', 'c']);
    expect(names({ files: ['package-lock.json'] }, locked)).toEqual(['a', 'b', 'c']);
  });

  it('count by what package.json asks for where there is no lockfile', async () => {
    const { graphFromNx } = await import('@lanewise/graph');
    const loose = graphFromNx(raw, {});
    const asks = (left: string, extra = {}): string =>
      JSON.stringify({ dependencies: { left, right: '1' }, ...extra });
    const change = (before: string, after: string): Change => ({
      texts: { 'package.json': [before, after] },
    });
    expect(names(change(asks('1'), asks('2')), loose)).toEqual(['a']);
    expect(names(change(asks('1'), asks('1', { scripts: {} })), loose)).toEqual([]);
    expect(names(change(asks('1'), asks('1', { overrides: { deep: '2' } })), loose)).toEqual([
      'a',
      'b',
      'c',
    ]);
  });
});

it('adding a changed file never takes a project away', () => {
  const paths = fc.subarray(['at/log/a', 'at/db/b', 'at/web/c', 'at/docs/d', 'ci/x', 'other']);
  fc.assert(
    fc.property(paths, paths, (some, more) => {
      const few = names({ files: some });
      const many = new Set<string>(names({ files: [...new Set([...some, ...more])] }));
      expect(few.filter((name) => !many.has(name))).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
