import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ProjectName } from '@lanewise/model';
import {
  askNx,
  graphFromNx,
  loadNxGraph,
  matchFilter,
  matchGlobs,
  readGraphFile,
  type WorkspaceGraph,
} from '@lanewise/graph';
import { nxWorkspace, quietNx, repositoryRoot, temporaryFolder } from './workspaces.js';

const yamlLock = {
  name: 'acme',
  lockfileVersion: 3,
  packages: {
    '': { name: 'acme', workspaces: ['packages/*'] },
    'node_modules/yaml': { version: '2.9.1', integrity: 'sha512-yaml' },
    'node_modules/@acme/api-client': { resolved: 'packages/api-client', link: true },
  },
};

const workspace = nxWorkspace(
  {
    'package.json': {
      name: 'acme',
      private: true,
      workspaces: ['packages/*'],
      devDependencies: { '@nx/js': '23.2.1' },
    },
    'package-lock.json': yamlLock,
    'web-only.json': {},
    'tsconfig.base.json': {
      compilerOptions: {
        paths: {
          '@acme/shared': ['libs/shared/src/index.ts'],
          '@acme/api-client': ['packages/api-client/index.ts'],
          '@acme/lazy': ['packages/lazy/index.ts'],
        },
      },
    },
    'project.json': { name: 'acme', targets: { docs: { command: 'echo docs' } } },
    // projects by package.json
    'packages/api-client/package.json': {
      name: '@acme/api-client',
      version: '1.0.0',
      dependencies: { yaml: '2.9.1' },
    },
    'packages/api-client/index.ts': "export const client = 'client';",
    // projects by project.json, joined by a path alias
    'libs/shared/project.json': { name: 'shared', sourceRoot: 'libs/shared/src' },
    'libs/shared/src/index.ts': "export const shared = 'shared';",
    'apps/web/project.json': {
      name: 'web',
      tags: ['deployable', 'scope:site'],
      implicitDependencies: ['api'],
      targets: { container: { command: 'echo web', inputs: ['production'] } },
      namedInputs: {
        production: ['default', '!{projectRoot}/**/*.spec.ts', '{workspaceRoot}/web-only.json'],
      },
    },
    'apps/web/main.ts':
      "import '@acme/api-client';\nimport { shared } from '@acme/shared';\nvoid import('@acme/lazy');\nexport { shared };",
    'apps/web/main.spec.ts': '',
    'packages/lazy/index.ts': '',
    'packages/lazy/package.json': { name: '@acme/lazy', version: '1.0.0' },
    'apps/web/admin/project.json': { name: 'web-admin' },
    'apps/web/admin/admin.ts': '',
    'apps/api/project.json': {
      name: 'api',
      tags: ['deployable'],
      targets: { container: { command: 'echo api', inputs: ['default'] } },
    },
    'apps/api/main.ts':
      "import { load } from 'yaml';\nimport '../../libs/first/index';\nexport { load };",
    'apps/api/.env.example': '',
    'libs/first/project.json': { name: 'first' },
    'libs/first/index.ts': "import '../second/index';",
    'libs/second/project.json': { name: 'second' },
    'libs/second/index.ts': "import '../first/index';",
  },
  {
    namedInputs: {
      default: ['{projectRoot}/**/*', 'sharedGlobals'],
      sharedGlobals: ['{workspaceRoot}/tsconfig.base.json', { runtime: 'node --version' }],
    },
  },
);

const at = (graph: WorkspaceGraph, name: string) => {
  const project = graph.projects.get(name as ProjectName);
  if (project === undefined) throw new Error(`no project ${name}`);
  return project;
};

describe('the graph of a real Nx workspace', () => {
  let graph: WorkspaceGraph;
  beforeAll(async () => {
    graph = await loadNxGraph({ ...workspace, timeoutMs: 60_000 });
  });

  it('has projects from package.json and project.json, the root, and one inside another', () => {
    expect([...graph.projects.values()].map(({ name, root }) => `${name} ${root}`)).toEqual([
      '@acme/api-client packages/api-client',
      '@acme/lazy packages/lazy',
      'acme ',
      'api apps/api',
      'first libs/first',
      'second libs/second',
      'shared libs/shared',
      'web apps/web',
      'web-admin apps/web/admin',
    ]);
    expect(at(graph, 'web').tags).toEqual(['deployable', 'scope:site']);
    expect(at(graph, 'web').targets).toContain('container');
  });

  it('keeps the three types of edges apart', () => {
    const edges = graph.edges.filter(({ source }) => source === 'web');
    expect(edges.map(({ target, type }) => `${type} ${target}`).sort()).toEqual([
      'dynamic @acme/lazy',
      'implicit api',
      'static @acme/api-client',
      'static shared',
    ]);
  });

  it('names the packages that a project uses, and the lockfile', () => {
    expect(at(graph, 'api').packages).toEqual(['yaml']);
    expect(at(graph, '@acme/api-client').packages).toEqual(['yaml']);
    expect(at(graph, 'web').packages).toEqual([]);
    expect(graph.packagesKnown).toBe(true);
    expect(graph.lockfile).toBe('package-lock.json');
  });

  it('names a cycle and goes on', () => {
    expect(graph.cycles).toEqual([['first', 'second']]);
  });

  it("takes the project's named inputs before those of nx.json", () => {
    expect(at(graph, 'web').filter.patterns).toEqual(['apps/web/**/*', '!apps/web/**/*.spec.ts']);
    expect(at(graph, 'web').filter.globals).toEqual(['tsconfig.base.json', 'web-only.json']);
    expect(at(graph, 'api').filter.patterns).toEqual(['apps/api/**/*']);
    expect(at(graph, 'api').filter.unseen).toEqual(['runtime node --version']);
  });

  it('counts the files that Nx itself counts for a target', () => {
    const files = [
      'apps/web/main.ts',
      'apps/web/main.spec.ts',
      'apps/web/admin/admin.ts',
      'apps/api/main.ts',
      'apps/api/.env.example',
      'tsconfig.base.json',
      'web-only.json',
      'package.json',
    ];
    for (const name of ['web', 'api']) {
      const { filter, root } = at(graph, name);
      const own = matchFilter(filter, root, name === 'web' ? ['apps/web/admin'] : []);
      const globals = matchGlobs(filter.globals);
      const ours = files.filter((file) => own(file) || globals(file));
      const theirs = nxInputs(`${name}:container`);
      expect(ours).toEqual(files.filter((file) => theirs.includes(file)));
      expect(ours.length).toBeGreaterThan(1);
    }
  });

  it('reads the same graph from the file that nx graph writes, but for the packages', () => {
    const file = join(workspace.root, 'saved.json');
    nx(['graph', `--file=${file}`]);
    const text = execFileSync('cat', [file], { encoding: 'utf8' });
    const nxJson = {
      namedInputs: {
        default: ['{projectRoot}/**/*', 'sharedGlobals'],
        sharedGlobals: ['{workspaceRoot}/tsconfig.base.json', { runtime: 'node --version' }],
      },
    };
    const saved = readGraphFile(text, { file: 'saved.json', nxJson });
    expect(saved.packagesKnown).toBe(false);
    expect(saved.edges).toEqual(graph.edges);
    expect(at(saved, 'web').filter).toEqual(at(graph, 'web').filter);
  });

  function nx(args: readonly string[]): string {
    const program = join(repositoryRoot, 'node_modules/nx/dist/bin/nx.js');
    return execFileSync(process.execPath, [program, ...args], {
      cwd: workspace.root,
      env: workspace.environment,
      encoding: 'utf8',
    });
  }

  function nxInputs(target: string): readonly string[] {
    const answer = JSON.parse(nx(['show', 'target', 'inputs', target, '--json'])) as {
      files: string[];
    };
    return answer.files;
  }
});

const plugin = (body: string) =>
  nxWorkspace(
    {
      'plugin.cjs': `exports.name = 'odd'; exports.createNodesV2 = ['**/odd.json', () => { ${body} }];`,
      'odd.json': '{}',
    },
    { plugins: ['./plugin.cjs'] },
  );

/** A workspace that can only resolve the named packages. */
function sparse(packages: readonly string[], manifest: object) {
  const root = temporaryFolder({
    'nx.json':
      '{ // no cloud\n "analytics": false, "neverConnectToCloud": true, "namedInputs": { "production": ["{projectRoot}/src/**"] }, }',
    'package.json': { name: 'acme', private: true, ...manifest },
    'apps/web/project.json': { name: 'web', implicitDependencies: ['api'] },
    'apps/api/project.json': { name: 'api' },
  });
  for (const name of packages) {
    const link = join(root, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(repositoryRoot, 'node_modules', name), link, 'dir');
  }
  return { root, environment: quietNx(root) };
}

describe('asking Nx', () => {
  it.each([
    [
      'a plugin that alone sees the devkit',
      ['nx', '@nx/js'],
      { devDependencies: { '@nx/js': '*' } },
      true,
    ],
    ['the command, where there is no devkit', ['nx'], { devDependencies: { nx: '*' } }, false],
  ])('works through %s', async (_way, packages, manifest, packagesKnown) => {
    const { root, environment } = sparse(packages, manifest);
    const graph = await loadNxGraph({ root, environment, timeoutMs: 60_000 });
    expect([...graph.projects.keys()]).toEqual(expect.arrayContaining(['api', 'web']));
    expect(graph.edges).toEqual([{ source: 'web', target: 'api', type: 'implicit' }]);
    expect(at(graph, 'web').filter.patterns).toEqual(['apps/web/src/**']);
    expect(graph.packagesKnown).toBe(packagesKnown);
  });

  it('says what to do where Nx is not installed', async () => {
    const root = temporaryFolder({ 'nx.json': {} });
    const asked = loadNxGraph({ root, environment: quietNx(root), timeoutMs: 60_000 });
    await expect(asked).rejects.toMatchObject({
      code: 'NX_MISSING',
      hint: expect.stringContaining('npm ci') as string,
    });
  });

  it("shows a failing plugin's own words", async () => {
    const { root, environment } = plugin("throw new Error('the moon is in the way')");
    await expect(loadNxGraph({ root, environment, timeoutMs: 60_000 })).rejects.toMatchObject({
      code: 'GRAPH_FAILED',
      message: expect.stringContaining('the moon is in the way') as string,
    });
  });

  it('is not confused by a plugin that prints', async () => {
    const { root, environment } = plugin('console.log(\'{"kind":"graph"}\'); return [];');
    const answer = await askNx({ root, environment, timeoutMs: 60_000 });
    expect(answer.nxVersion).toMatch(/^\d+\./);
  });

  it('reports a plugin that ends the process', async () => {
    const { root, environment } = plugin("console.error('bye'); process.exit(7);");
    const here = { ...environment, NX_ISOLATE_PLUGINS: 'false' };
    await expect(loadNxGraph({ root, environment: here, timeoutMs: 60_000 })).rejects.toMatchObject(
      {
        code: 'GRAPH_FAILED',
        message: expect.stringMatching(/exit code 7.*bye/) as string,
      },
    );
  });

  it('ends a plugin that hangs, after the time that was given', async () => {
    const { root, environment } = plugin('for (;;);');
    const here = { ...environment, NX_ISOLATE_PLUGINS: 'false' };
    await expect(loadNxGraph({ root, environment: here, timeoutMs: 3_000 })).rejects.toMatchObject({
      code: 'GRAPH_FAILED',
      message: expect.stringContaining('within 3 s') as string,
      hint: expect.stringContaining('NX_DAEMON=false') as string,
    });
  });
});

describe('ending what Nx started', () => {
  it('ends a worker that is busy for ever, too', { timeout: 60_000 }, async () => {
    const { root, environment } = plugin('for (;;);');
    const asked = loadNxGraph({ root, environment, timeoutMs: 3_000 });
    await expect(asked).rejects.toMatchObject({ code: 'GRAPH_FAILED' });
    const running = (): string[] =>
      execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' })
        .split('\n')
        .filter((line) => line.includes(root));
    // The kernel takes a killed process away when its turn comes.
    await expect.poll(running, { timeout: 20_000 }).toEqual([]);
  });
});

describe('a saved graph', () => {
  const problem = (text: string) => {
    try {
      readGraphFile(text, { file: 'graph.json' });
    } catch (error) {
      return error;
    }
    return null;
  };

  it('is refused with the place where it is no JSON', () => {
    expect(problem('{\n  "graph": {\n    "nodes": oops\n')).toMatchObject({
      code: 'GRAPH_INVALID',
      place: { file: 'graph.json', line: 3, column: 14, text: '    "nodes": oops' },
    });
  });

  it('is refused with the path of what has the wrong shape', () => {
    const node = { data: { root: 7 } };
    expect(
      problem(JSON.stringify({ graph: { nodes: { web: node }, dependencies: {} } })),
    ).toMatchObject({
      code: 'GRAPH_INVALID',
      message: expect.stringContaining('graph.nodes["web"].data.root') as string,
    });
    expect(problem('[]')).toMatchObject({ code: 'GRAPH_INVALID' });
    expect(problem('{"nodes":{}}')).toMatchObject({ code: 'GRAPH_INVALID' });
  });

  it('is refused where a root leaves the workspace', () => {
    const node = { data: { root: '../other' } };
    expect(problem(JSON.stringify({ nodes: { web: node }, dependencies: {} }))).toMatchObject({
      code: 'CONFIG_ESCAPES_ROOT',
    });
  });

  it('is refused where two projects share a folder', () => {
    const nodes = { a: { data: { root: 'x' } }, b: { data: { root: 'x/' } } };
    expect(() => graphFromNx({ nodes, dependencies: {} }, {})).toThrow(/share the folder 'x'/);
  });

  it('may be of a project called like a part of every object', () => {
    const nodes = { constructor: { data: { root: 'c' } }, toString: { data: { root: 't' } } };
    const text = `{"nodes":{"__proto__":{"data":{"root":"p"}},${JSON.stringify(nodes).slice(1)},"dependencies":{}}`;
    const graph = readGraphFile(text, { file: 'graph.json' });
    expect([...graph.projects.keys()]).toEqual(['__proto__', 'constructor', 'toString']);
    expect(graph.edges).toEqual([]);
  });
});
