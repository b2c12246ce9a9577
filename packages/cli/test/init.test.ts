import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '@lanewise/model';
import { makeWorld, type World } from '@lanewise/testing';
import { detectLayout, environmentRank } from '../src/init/detect-layout.js';
import { githubWorkflow } from '../src/init/github-workflow.js';
import { run } from '../src/run.js';

describe('the layout of manifests', () => {
  const products = new Set(['api', 'docs']);

  it.each([
    ['apps/dev/docs/values.yaml', 'apps/{env}/{product}/values.yaml', 'dev', 'docs'],
    [
      'apps/docs/overlays/prod-eu/kustomization.yaml',
      'apps/{product}/overlays/{env}/kustomization.yaml',
      'prod-eu',
      'docs',
    ],
    ['charts/api/values-staging.yaml', 'charts/{product}/values-{env}.yaml', 'staging', 'api'],
    ['environments/prod/api.yaml', 'environments/{env}/{product}.yaml', 'prod', 'api'],
  ])('of %s is %s', (file, template, environment, product) => {
    expect(detectLayout([file], products)).toEqual([{ file, template, environment, product }]);
  });

  it.each([
    'charts/api/templates/prod/x.yaml',
    'apps/docs/values.yaml',
    'apps/prod/postgres/values.yaml',
    'README.md',
  ])('of %s is none', (file) => {
    expect(detectLayout([file], products)).toEqual([]);
  });

  it('names products by the folder where nothing else tells them', () => {
    const found = detectLayout(['apps/prod/search/values.yaml'], new Set());
    expect(found).toMatchObject([
      { product: 'search', template: 'apps/{env}/{product}/values.yaml' },
    ]);
  });

  it('orders environments as releases pass them', () => {
    const names = ['prod-us', 'dev', 'staging', 'qa', 'preprod'];
    expect([...names].sort((a, b) => environmentRank(a) - environmentRank(b))).toEqual([
      'dev',
      'qa',
      'staging',
      'preprod',
      'prod-us',
    ]);
  });
});

describe('the pipelines', () => {
  const workflow = githubWorkflow({
    branch: 'main',
    environments: ['dev', 'prod'],
    otherRepository: true,
    install: 'npm ci',
  });

  it('release on a push to the branch, and promote on tags, by the clock and by hand', () => {
    expect(workflow).toMatchSnapshot();
  });

  it('have no concurrency group, which would lose runs, and never check out a tag', () => {
    expect(workflow).not.toMatch(/^\s*concurrency:/m);
    expect(workflow).toContain('ref: main');
  });
});

describe('init', () => {
  let world: World;
  beforeAll(() => {
    world = makeWorld();
  });
  afterAll(() => world.dispose());

  const lanewise = async (directory: string, ...args: string[]) => {
    const said = { stdout: '', stderr: '' };
    const exitCode = await run(args, {
      answer: (text) => (said.stdout += text),
      say: (text) => (said.stderr += text),
      environment: { ...world.environment, LANEWISE_CACHE: world.cacheDirectory },
      directory,
      answerColumns: null,
      sayColumns: null,
      interactive: false,
      now: () => world.now,
      random: () => 0,
      sleep: () => Promise.resolve(),
      clock: () => 0,
    });
    return { exitCode, ...said };
  };

  const workspaceOf = (name: string, files: Readonly<Record<string, string>>): string => {
    const root = join(world.directory, name);
    mkdirSync(root);
    world.git(root, 'init', '-q', '-b', 'main');
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return root;
  };

  const values = (name: string): string =>
    `image:\n  repository: registry.example.com/acme/${name}\n  tag: 1.0.0\n`;

  it('finds products, environments and pins, and writes a configuration that is valid and short', async () => {
    const root = workspaceOf('one', {
      'services/api/Dockerfile': 'FROM scratch\n',
      'services/docs/Dockerfile': 'FROM scratch\n',
      'services/alone/Dockerfile': 'FROM scratch\n',
      ...Object.fromEntries(
        ['dev', 'staging', 'prod-eu', 'prod-us'].flatMap((environment) => [
          [`apps/${environment}/api/values.yaml`, values('api')],
          [`apps/${environment}/docs/values.yaml`, values('docs')],
        ]),
      ),
    });
    const said = await lanewise(root, 'init');
    expect(said.exitCode).toBe(0);
    expect(said.stdout).toMatchSnapshot();
    const text = readFileSync(join(root, 'lanewise.yaml'), 'utf8');
    expect(text).toMatchSnapshot();
    const config = parseConfig(text, 'lanewise.yaml');
    expect([...config.targets.keys()]).toEqual(['dev', 'staging', 'prod-eu', 'prod-us', 'prod']);
    expect([...config.products.keys()]).toEqual(['api', 'docs']);
  });

  it('finds Kustomize overlays, and gives the product that differs pins of its own', async () => {
    const kustomization =
      'images:\n- name: acme/sidecar\n  newTag: "7"\n- name: acme/billing\n  newName: registry.example.com/acme/billing\n  newTag: 1.0.0\n';
    const root = workspaceOf('two', {
      'nx.json': '{}',
      ...Object.fromEntries(
        ['api', 'billing', 'docs'].map((name) => [
          `apps/${name}/package.json`,
          JSON.stringify({ name: `@acme/${name}` }),
        ]),
      ),
      'deploy/dev/api/values.yaml': values('api'),
      'deploy/dev/docs/values.yaml': values('docs'),
      'deploy/dev/billing/kustomization.yaml': kustomization,
    });
    const said = await lanewise(root, 'init', '--dry-run');
    expect(said.stdout).toMatchSnapshot();
    expect(existsSync(join(root, 'lanewise.yaml'))).toBe(false);
  });

  it('never changes a file that is there, and writes the pipelines beside it', async () => {
    const root = workspaceOf('three', {
      'lanewise.yaml': '# mine\n',
      'apps/dev/api/values.yaml': values('api'),
    });
    const said = await lanewise(root, 'init', '--ci', 'github');
    expect(said.stdout).toContain('lanewise.yaml is there already and stays as it is.');
    expect(readFileSync(join(root, 'lanewise.yaml'), 'utf8')).toBe('# mine\n');
    const workflow = readFileSync(join(root, '.github/workflows/lanewise.yml'), 'utf8');
    expect((await lanewise(root, 'init', '--ci', 'github')).stdout).toContain(
      'lanewise.yml is there already',
    );
    expect(readFileSync(join(root, '.github/workflows/lanewise.yml'), 'utf8')).toBe(workflow);
  });

  it('looks into a GitOps repository of its own', async () => {
    const gitops = world.makeRemote('manifests');
    gitops.commit(
      { 'apps/dev/api/values.yaml': values('api'), 'apps/prod/api/values.yaml': values('api') },
      'begin',
    );
    const root = workspaceOf('four', { 'services/api/Dockerfile': 'FROM scratch\n' });
    const said = await lanewise(root, 'init', '--gitops', gitops.path, '--json');
    const answer = JSON.parse(said.stdout) as { pins: unknown[]; environments: { name: string }[] };
    expect(answer.pins).toHaveLength(2);
    expect(answer.environments.map(({ name }) => name)).toEqual(['dev', 'prod']);
    expect(readFileSync(join(root, 'lanewise.yaml'), 'utf8')).toContain(
      `repository: ${gitops.path}`,
    );
  });

  it('says so where nothing is found, and still writes a beginning that is valid', async () => {
    const root = workspaceOf('five', { 'README.md': 'x\n' });
    const said = await lanewise(root, 'init');
    expect(said.exitCode).toBe(0);
    expect(said.stdout).toContain('No manifest was found');
    parseConfig(readFileSync(join(root, 'lanewise.yaml'), 'utf8'), 'lanewise.yaml');
  });
});
