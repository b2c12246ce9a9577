import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { chosenVersions } from '../src/versions.js';
import { makeWorkspace, type Workspace } from '../src/workspace.js';

const prepared = inject('prepared');

const values = (product: string): string =>
  `# What runs here.\nimage:\n  repository: registry.example.com/acme/${product} # ours\n  tag: 1.0.0\n`;

// One workspace for each version, with projects of both kinds; a folder that looks like one is none.
const files = {
  'nx.json': JSON.stringify(
    {
      analytics: false,
      neverConnectToCloud: true,
      release: {
        projects: ['shared'],
        version: { currentVersionResolver: 'disk', versionActions: './tools/version-actions.cjs' },
      },
    },
    null,
    2,
  ),
  'apps/docs/project.json':
    '{ "name": "docs", "tags": ["deployable"], "implicitDependencies": ["shared"] }\n',
  'apps/docs/index.md': '# Docs\n',
  'apps/docs/Dockerfile': 'FROM scratch\n',
  'services/api/package.json':
    '{ "name": "@acme/api", "version": "0.0.0", "nx": { "tags": ["deployable"] } }\n',
  'services/api/Dockerfile': 'FROM scratch\n',
  'apps/web/project.json': '{ "name": "web" }\n',
  'libs/shared/project.json': '{ "name": "shared" }\n',
  'libs/shared/version.txt': '1.0.0\n',
  'fixtures/sample/package.json': '{ "name": "sample", "nx": { "tags": ["deployable"] } }\n',
  'environments/dev/docs/values.yaml': values('docs'),
  'environments/dev/api/values.yaml': values('api'),
  'environments/prod/docs/values.yaml': values('docs'),
  'environments/prod/api/values.yaml': values('api'),
  // The smallest ecosystem that nx release can version without plugins of its own.
  'tools/version-actions.cjs': `
const { readFileSync, writeFileSync } = require('node:fs');
const { VersionActions } = require('nx/release');
module.exports = class extends VersionActions {
  validManifestFilenames = ['version.txt'];
  file() { return this.projectGraphNode.data.root + '/version.txt'; }
  async readCurrentVersionFromSourceManifest(tree) {
    return { currentVersion: tree.read(this.file(), 'utf-8').trim(), manifestPath: this.file() };
  }
  async readCurrentVersionFromRegistry() { return null; }
  async readCurrentVersionOfDependency() { return { currentVersion: null, dependencyCollection: null }; }
  async updateProjectVersion(tree, version) { tree.write(this.file(), version + '\\n'); return []; }
  async updateProjectDependencies() { return []; }
};
`,
};

describe.each(chosenVersions().run)('Nx $nx', ({ major, nx, devkit }) => {
  let workspace: Workspace;
  const status = (): Promise<string> =>
    workspace.git('status', '--porcelain', '--untracked-files=all');

  beforeAll(async () => {
    const manifest = {
      name: 'acme',
      private: true,
      version: '0.0.0',
      workspaces: ['services/*'],
      devDependencies: { '@nx/devkit': devkit, lanewise: `file:${prepared.command}`, nx },
    };
    const installed = prepared.installed[major] ?? '';
    const text = `${JSON.stringify(manifest, null, 2)}\n`;
    workspace = await makeWorkspace(installed, { ...files, 'package.json': text });
  });
  afterAll(() => {
    workspace.close();
  });

  it('adds the plugin, the command and a first lanewise.yaml by nx add', async () => {
    const added = await workspace.nx('add', `@lanewise/nx@file:${prepared.plugin}`);
    expect(added.output).toContain('added successfully');
    expect(added.exitCode, added.output).toBe(0);
    const { plugins } = JSON.parse(workspace.read('nx.json')) as { plugins: unknown[] };
    expect(plugins).toEqual([
      {
        plugin: '@lanewise/nx',
        options: {
          releaseTargetName: 'lanewise-release',
          promoteTargetName: 'lanewise-promote',
        },
      },
    ]);
    expect(workspace.read('lanewise.yaml')).toContain('environments/{env}/{product}/values.yaml');
    await workspace.commit('build: lanewise');
  });

  it('changes nothing when it is initialised again', async () => {
    expect((await workspace.nx('g', '@lanewise/nx:init')).exitCode).toBe(0);
    expect(await status()).toBe('');
  });

  it('has targets for the products, and makes no projects of other folders', async () => {
    const names = await workspace.nxJson(
      'show',
      'projects',
      '--with-target',
      'lanewise-release',
      '--json',
    );
    expect((names as string[]).sort()).toEqual(['@acme/api', 'docs']);
    const all = (await workspace.nxJson('show', 'projects', '--json')) as string[];
    expect(all.sort()).toEqual(['@acme/api', 'docs', 'shared', 'web']);
  });

  it('shows what the targets are for', async () => {
    const { targets, metadata } = (await workspace.nxJson(
      'show',
      'project',
      'docs',
      '--json',
    )) as Shown;
    expect(metadata.targetGroups).toEqual({ Lanewise: ['lanewise-release', 'lanewise-promote'] });
    expect(targets['lanewise-release']).toMatchObject({
      executor: '@lanewise/nx:release',
      cache: false,
      options: { products: ['docs'] },
      metadata: { technologies: ['lanewise'], help: { example: { options: { dryRun: true } } } },
    });
    expect(targets['lanewise-promote']?.configurations).toEqual({
      dev: { to: 'dev' },
      prod: { to: 'prod' },
    });
  });

  it('runs a release dry, and says what Lanewise says', async () => {
    const ran = await workspace.nx('run', 'docs:lanewise-release', '--dry-run');
    expect(ran.output).toContain('Never released: docs');
    expect(ran.exitCode, ran.output).toBe(0);
  });

  it('releases one product for real, with a told image, and touches no other', async () => {
    const adopted = await workspace.lanewise('adopt', 'docs', '--at', 'HEAD');
    expect(adopted.exitCode, adopted.output).toBe(0);
    await workspace.commit('feat: more of it', { 'apps/docs/index.md': '# All docs\n' });
    const image = 'docs=registry.example.com/acme/docs:1.1.0';
    const ran = await workspace.nx('run', 'docs:lanewise-release', `--image=${image}`);
    expect(ran.exitCode, ran.output).toBe(0);
    expect(await workspace.git('ls-remote', '--tags', 'origin')).toMatch(
      /refs\/tags\/docs@1\.1\.0$/m,
    );
    await workspace.git('pull', '-q', 'origin', 'main');
    const old = values('docs');
    const dev = workspace.read('environments/dev/docs/values.yaml');
    expect(dev).toBe(old.replace('1.0.0', '1.1.0'));
    expect(workspace.read('environments/prod/docs/values.yaml')).toBe(old);
    expect(workspace.read('environments/dev/api/values.yaml')).toBe(values('api'));
  });

  it('promotes by a configuration, dry and then for real', async () => {
    const dry = await workspace.nx('run', 'docs:lanewise-promote:prod', '--dry-run');
    expect(dry.output).toContain('1.1.0');
    await workspace.git('fetch', '-q');
    expect(await workspace.git('rev-parse', 'HEAD')).toBe(
      await workspace.git('rev-parse', 'origin/main'),
    );
    const ran = await workspace.nx('run', 'docs:lanewise-promote:prod', '--release', '1.1.0');
    expect(ran.output).toContain('prod');
    expect(ran.exitCode, ran.output).toBe(0);
    await workspace.git('pull', '-q', 'origin', 'main');
    expect(workspace.read('environments/prod/docs/values.yaml')).toContain('tag: 1.1.0');
  });

  it('fails a task that is held or cannot be asked', async () => {
    expect((await workspace.nx('run', 'docs:lanewise-promote')).exitCode).not.toBe(0);
    const ran = await workspace.nx('run', 'docs:lanewise-promote', '--to=nowhere');
    expect(ran.output).toContain('nowhere');
    expect(ran.exitCode, ran.output).not.toBe(0);
  });

  it('writes nothing where a generator runs dry', async () => {
    const product = await workspace.nx('g', '@lanewise/nx:product', 'web', '--dry-run');
    expect(product.output).toContain('environments/prod/web/values.yaml');
    const environment = await workspace.nx('g', '@lanewise/nx:environment', 'qa', '--dry-run');
    expect(environment.output).toContain('environments/qa/docs/values.yaml');
    expect(await status()).toBe('');
  });

  it('makes a project a product, which has its targets at once', async () => {
    expect((await workspace.nx('g', '@lanewise/nx:product', 'web', '--port=3000')).exitCode).toBe(
      0,
    );
    const changed = (await status()).split('\n');
    expect(changed.filter((line) => !line.startsWith('?? '))).toEqual([]);
    const names = await workspace.nxJson(
      'show',
      'projects',
      '--with-target',
      'lanewise-release',
      '--json',
    );
    expect((names as string[]).sort()).toEqual(['@acme/api', 'docs', 'web']);
    await workspace.commit('feat(web): it is a product');
  });

  it('adds an environment, with a line in lanewise.yaml and copies for every product', async () => {
    const before = workspace.read('lanewise.yaml');
    const args = ['qa', '--from=prod', '--after=dev', '--on=ready'];
    expect((await workspace.nx('g', '@lanewise/nx:environment', ...args)).exitCode).toBe(0);
    expect(workspace.read('lanewise.yaml')).toBe(`${before}  qa: { after: dev, on: ready }\n`);
    for (const product of ['api', 'docs', 'web'])
      expect(workspace.read(`environments/qa/${product}/values.yaml`)).toBe(
        workspace.read(`environments/prod/${product}/values.yaml`),
      );
    await workspace.commit('feat: qa');
    const verified = await workspace.lanewise('verify');
    expect(verified.exitCode, verified.output).toBe(0);
    const { targets } = (await workspace.nxJson('show', 'project', 'web', '--json')) as Shown;
    expect(targets['lanewise-promote']?.configurations).toHaveProperty('qa');
  });

  it('has a graph with the targets, which Lanewise reads', async () => {
    expect((await workspace.nx('graph', '--file=graph.json')).exitCode).toBe(0);
    const { graph } = JSON.parse(readFileSync(join(workspace.root, 'graph.json'), 'utf8')) as {
      graph: { nodes: Record<string, { data: Shown }> };
    };
    expect(Object.keys(graph.nodes['docs']?.data.targets ?? {})).toContain('lanewise-release');
    const ran = await workspace.lanewise('affected', 'docs', '--graph', 'graph.json', '--json');
    expect(JSON.parse(ran.stdout)).toMatchObject({ products: [] });
    await workspace.git('clean', '-fdq');
  });

  it('works beside nx release, each with tags of its own', async () => {
    const ran = await workspace.nx(
      'release',
      'minor',
      '--dry-run',
      '--first-release',
      '--skip-publish',
    );
    expect(ran.output).toContain('1.1.0');
    expect(ran.exitCode, ran.output).toBe(0);
    const real = await workspace.nx('release', 'version', 'minor', '--git-commit', '--git-tag');
    expect(real.exitCode, real.output).toBe(0);
    expect(workspace.read('libs/shared/version.txt')).toBe('1.1.0\n');
    await workspace.git('push', '-q', '--follow-tags', 'origin', 'main');
    // docs is built from shared, which nx release changed: that is a change like any other.
    const affected = await workspace.lanewise('affected', 'docs', '--json');
    expect(JSON.parse(affected.stdout)).toMatchObject({ products: ['docs'] });
  });

  it('says what is wrong with lanewise.yaml, and where', async () => {
    const before = workspace.read('lanewise.yaml');
    await workspace.commit('chore: wrong', {
      'lanewise.yaml': before.replace('products:', 'product:'),
    });
    const ran = await workspace.nx('show', 'projects');
    expect(ran.exitCode, ran.output).not.toBe(0);
    expect(ran.output).toContain('lanewise.yaml');
    expect(ran.output).toMatch(/line \d+: .*'product'/);
    expect(ran.output).not.toContain('internal');
    await workspace.commit('chore: right', { 'lanewise.yaml': before });
    expect((await workspace.nx('show', 'projects')).exitCode).toBe(0);
  });
});

interface Shown {
  readonly targets: Readonly<Record<string, { readonly configurations?: unknown }>>;
  readonly metadata: { readonly targetGroups: unknown };
}
