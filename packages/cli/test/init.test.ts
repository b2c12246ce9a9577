import { Ajv2020 } from 'ajv/dist/2020.js';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '@lanewise/model';
import { makeWorld, type World } from '@lanewise/testing';
import { githubWorkflow } from '../src/init/github-workflow.js';
import type { Shell } from '../src/shell.js';
import { runIn } from './run-in.js';

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

  const lanewise = (directory: string, ...args: string[]) => lanewiseWith({}, directory, ...args);

  const lanewiseWith = (options: Partial<Shell>, directory: string, ...args: string[]) =>
    runIn(world, directory, args, options);

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
    expect(config.products.size).toBe(0);
    expect(config.root?.template).toBe('services/{product}');
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

  it('writes the pipelines for GitLab, beside those that are there, and once', async () => {
    const root = workspaceOf('gitlab', { 'apps/dev/api/values.yaml': values('api') });
    const write = (folder: string) => lanewise(folder, 'init', '--ci', 'gitlab');
    expect((await write(root)).stdout).toContain('.gitlab-ci.yml');
    expect((await write(root)).stdout).toContain('.gitlab-ci.yml is there already');
    expect(existsSync(join(root, '.gitlab'))).toBe(false);
    const other = workspaceOf('gitlab-too', {
      'apps/dev/api/values.yaml': values('api'),
      '.gitlab-ci.yml': 'stages: [test]\n',
    });
    await write(other);
    expect(readFileSync(join(other, '.gitlab-ci.yml'), 'utf8')).toBe('stages: [test]\n');
    expect(readFileSync(join(other, '.gitlab/lanewise.yml'), 'utf8')).toContain(
      'lanewise:promote:',
    );
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

  it('writes the pipelines of the configuration that is there, whose manifests lie elsewhere', async () => {
    const gitops = world.makeRemote('elsewhere');
    gitops.commit(
      { 'apps/dev/api/values.yaml': values('api'), 'apps/prod/api/values.yaml': values('api') },
      'begin',
    );
    const root = workspaceOf('later', { 'services/api/Dockerfile': 'FROM scratch\n' });
    await lanewise(root, 'init', '--gitops', gitops.path);
    const said = await lanewise(root, 'init', '--ci', 'github');
    expect(said.stdout).toContain('apps/prod/api/values.yaml');
    const workflow = readFileSync(join(root, '.github/workflows/lanewise.yml'), 'utf8');
    expect(workflow).toContain("- 'dev/**'\n      - 'prod/**'");
    expect(workflow).toContain('LANEWISE_GITOPS_TOKEN');
  });

  it('reads all candidates of a GitOps repository in one batch', async () => {
    const gitops = world.makeRemote('batch');
    const names = Array.from({ length: 100 }, (_, index) => `svc-${String(index)}`);
    gitops.commit(
      {
        ...Object.fromEntries(
          names.flatMap((name) => [
            [`apps/dev/${name}/values.yaml`, values(name)],
            [`apps/prod/${name}/values.yaml`, values(name)],
            [`apps/prod/${name}/README.md`, 'image: x\n'],
          ]),
        ),
      },
      'begin',
    );
    const root = workspaceOf('six', { 'README.md': 'x\n' });
    const trace = join(world.directory, 'trace');
    const folder = join(world.directory, 'traced');
    mkdirSync(folder);
    const path = process.env['PATH'] ?? '';
    const script = `#!/bin/sh\necho "$@" >> '${trace}'\nPATH='${path}' exec git "$@"\n`;
    writeFileSync(join(folder, 'git'), script, { mode: 0o755 });
    const environment = {
      ...world.environment,
      LANEWISE_CACHE: join(world.directory, 'traced-cache'),
      PATH: `${folder}:${path}`,
    };
    const said = await lanewiseWith({ environment }, root, 'init', '--gitops', gitops.path);
    expect(said).toMatchObject({ exitCode: 0, stderr: '' });
    const commands = readFileSync(trace, 'utf8').split('\n');
    expect(commands.filter((line) => line.includes('cat-file'))).toHaveLength(1);
    expect(commands.length).toBeLessThan(15);
    const text = readFileSync(join(root, 'lanewise.yaml'), 'utf8');
    expect(text).toContain('pins: [{ file: "apps/{env}/{product}/values.yaml", path: image.tag }]');
  });

  it('says so where nothing is found, and still writes a beginning that is valid', async () => {
    const root = workspaceOf('five', { 'README.md': 'x\n' });
    const said = await lanewise(root, 'init');
    expect(said.exitCode).toBe(0);
    expect(said.stdout).toContain('No manifest was found');
    parseConfig(readFileSync(join(root, 'lanewise.yaml'), 'utf8'), 'lanewise.yaml');
  });

  it('needs ten lines for sixty products of Nx, and its answer follows the published schema', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `svc-${String(index + 10)}`);
    const environments = ['dev', 'staging', 'prod'];
    const root = workspaceOf('sixty', {
      'nx.json': '{}',
      ...Object.fromEntries(
        names.map((name) => [`apps/${name}/project.json`, JSON.stringify({ name })]),
      ),
      ...Object.fromEntries(
        environments.flatMap((environment) =>
          names.map((name) => [`deploy/${environment}/${name}/values.yaml`, values(name)]),
        ),
      ),
    });
    const said = await lanewise(root, 'init', '--json');
    const answer = JSON.parse(said.stdout) as Record<string, unknown>;
    const schema = JSON.parse(
      readFileSync(new URL('../schemas/init.json', import.meta.url), 'utf8'),
    ) as object;
    const validate = new Ajv2020({ strict: true, strictTypes: false }).compile(schema);
    expect(validate(answer), JSON.stringify(validate.errors)).toBe(true);
    expect(answer['pins']).toHaveLength(180);
    const text = readFileSync(join(root, 'lanewise.yaml'), 'utf8');
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(10);
    const config = parseConfig(text, 'lanewise.yaml');
    expect(config.defaults.pins[0]?.file).toBe('deploy/{env}/{product}/values.yaml');
  });

  it('needs ten lines for sixty products without Nx, which verify finds in order', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `service-${index}`);
    const environments = ['dev', 'staging', 'prod'];
    const root = workspaceOf('declared', {
      ...Object.fromEntries(names.map((name) => [`services/${name}/Dockerfile`, 'FROM scratch\n'])),
      'services/shared/index.js': '1\n',
      ...Object.fromEntries(
        environments.flatMap((environment) =>
          [...names, 'postgres'].map((name) => [
            `deploy/${environment}/${name}/values.yaml`,
            values(name),
          ]),
        ),
      ),
    });
    await lanewise(root, 'init');
    const text = readFileSync(join(root, 'lanewise.yaml'), 'utf8');
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(10);
    expect(text).toContain('root: "services/{product}"');
    world.git(root, 'add', '--all');
    world.git(root, 'commit', '-q', '-m', 'begin');
    const said = await lanewise(root, 'verify', '--json');
    const found = JSON.parse(said.stdout) as {
      products: number;
      findings: { code: string; message: string }[];
    };
    expect(found.products).toBe(60);
    expect(found.findings.map(({ code }) => code)).toEqual(['root-without-manifest', 'who-may']);
    expect(found.findings[0]?.message).toContain('services/shared');
  });

  it('tells products by compose files and charts, and where each is built', async () => {
    const root = workspaceOf('compose', {
      'compose.yaml':
        'services:\n  api:\n    build:\n      context: ./src/api\n  cache:\n    image: redis:7\n  web:\n    build: src/web\n',
      'charts/search/Chart.yaml': 'apiVersion: v2\nname: search\nversion: 0.1.0\n',
      ...Object.fromEntries(
        ['api', 'search', 'web'].flatMap((name) => [
          [`charts/${name}/values-dev.yaml`, values(name)],
          [`charts/${name}/values-prod.yaml`, values(name)],
        ]),
      ),
    });
    const said = await lanewise(root, 'init');
    expect(said.stdout).toMatch(/search \(.*nothing shows the folder it is built from/);
    const text = readFileSync(join(root, 'lanewise.yaml'), 'utf8');
    expect(text).toContain('root: "src/{product}"');
    expect(text).not.toContain('cache');
    expect(parseConfig(text, 'x').select).toEqual(['api', 'web']);
  });

  it('asks for the order of environments in a terminal, and writes only after a yes', async () => {
    const files = Object.fromEntries(
      ['alpha', 'omega'].map((name) => [`environments/${name}/api/values.yaml`, values('api')]),
    );
    const root = workspaceOf('asked', files);
    const typed = ['omega, alpha', 'n', 'omega, alpha', ''];
    const questions: string[] = [];
    const ask = (question: string): Promise<string> => {
      questions.push(question);
      return Promise.resolve(typed.shift() ?? '');
    };
    const declined = await lanewiseWith({ interactive: true, ask }, root, 'init');
    expect(declined.stderr).toContain('environments/alpha/api/values.yaml');
    expect(existsSync(join(root, 'lanewise.yaml'))).toBe(false);
    await lanewiseWith({ interactive: true, ask }, root, 'init');
    const config = parseConfig(readFileSync(join(root, 'lanewise.yaml'), 'utf8'), 'lanewise.yaml');
    expect([...config.environments.keys()]).toEqual(['omega', 'alpha']);
    expect(questions).toHaveLength(4);
    await lanewiseWith({ interactive: true, ask }, root, 'init');
    expect(questions).toHaveLength(4);
  });

  it('takes the order of environments as a flag, and refuses one that is not there', async () => {
    const files = Object.fromEntries(
      ['dev', 'qa', 'prod'].map((name) => [`apps/${name}/api/values.yaml`, values('api')]),
    );
    const root = workspaceOf('flags', files);
    const wrong = await lanewise(root, 'init', '--environments', 'dev,prd');
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain("'prd'");
    await lanewise(root, 'init', '--environments', 'dev,prod');
    const config = parseConfig(readFileSync(join(root, 'lanewise.yaml'), 'utf8'), 'lanewise.yaml');
    expect([...config.environments.keys()]).toEqual(['dev', 'prod']);
  });
});
