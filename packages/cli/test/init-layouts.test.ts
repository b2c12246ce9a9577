import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '@lanewise/model';
import { makeWorld, type World } from '@lanewise/testing';
import { runIn } from './run-in.js';

type Tree = Readonly<Record<string, string>>;

const values = (name: string): string =>
  `image:\n  repository: registry.example.com/acme/${name}\n  tag: 1.0.0\n`;
const overlay = (name: string): string =>
  `resources: [../../base]\nimages:\n- name: app\n  newName: registry.example.com/acme/${name}\n  newTag: 1.0.0\n`;
const both = (make: (environment: string) => Tree): Tree =>
  Object.assign({}, ...['dev', 'prod'].map(make)) as Tree;

describe('init', () => {
  let world: World;
  let count = 0;
  beforeAll(() => {
    world = makeWorld();
  });
  afterAll(() => world.dispose());

  /** A repository with these files, and what `init` makes of it. */
  const initIn = async (tree: Tree, remote: string | null = null) => {
    count += 1;
    const root = join(world.directory, `workspace-${String(count)}`);
    mkdirSync(root);
    world.git(root, 'init', '-q', '-b', 'main');
    if (remote !== null) world.git(root, 'remote', 'add', 'origin', remote);
    for (const [path, text] of Object.entries(tree)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const said = await runIn(world, root, ['init']);
    expect(said.exitCode, said.stderr).toBe(0);
    const text = readFileSync(join(root, 'lanewise.yaml'), 'utf8');
    const config = parseConfig(text, 'lanewise.yaml');
    const roots = Object.fromEntries(
      [...config.products.values()].map(({ name, root: folder }) => [name, folder]),
    );
    return { root, said, text, config, roots };
  };

  const docker = { Dockerfile: 'FROM scratch\n', 'main.go': 'package main\n' };

  it.each<[string, Tree, string]>([
    [
      'a chart with a values file for each environment',
      {
        'charts/shop/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 0.1.0\n',
        'charts/shop/values.yaml': values('shop'),
        ...both((env) => ({ [`charts/shop/values-${env}.yaml`]: values('shop') })),
      },
      'shop',
    ],
    [
      'overlays of Kustomize, with an image that is called otherwise than the repository',
      both((env) => ({ [`k8s/overlays/${env}/kustomization.yaml`]: overlay('storefront') })),
      'storefront',
    ],
    [
      'a name that the language knows, beside a database',
      {
        'package.json': '{\n  "name": "@acme/storefront"\n}\n',
        ...both((env) => ({
          [`deploy/${env}/values.yaml`]: values('storefront'),
          [`deploy/${env}/redis.yaml`]: 'image: { repository: library/redis, tag: "7" }\n',
        })),
      },
      'storefront',
    ],
    [
      'a module of Go',
      {
        'go.mod': 'module git.example.com/acme/ledger/v2\n\ngo 1.24\n',
        ...both((env) => ({
          [`deploy/${env}.yaml`]: `${values('ledger')}queue:\n  image: { repository: acme/queue, tag: "1" }\n`,
        })),
      },
      'ledger',
    ],
    [
      'a compose file that builds the root and is deployed',
      {
        'compose.yaml':
          'services:\n  app: { build: ., image: "registry.example.com/acme/till:dev" }\n',
        ...both((env) => ({
          [`compose.${env}.yaml`]:
            'services:\n  app:\n    image: registry.example.com/acme/till:1.0.0\n  db:\n    image: postgres:16\n',
        })),
      },
      'till',
    ],
  ])(
    'takes a repository for one product where its Dockerfile is at the root: %s',
    async (...row) => {
      const [, tree, name] = row;
      const { root, config, roots, text } = await initIn({ ...docker, ...tree });
      expect(roots).toEqual({ [name]: '' });
      expect(text).toContain('root: .');
      expect([...config.environments.keys()]).toEqual(['dev', 'prod']);
      world.git(root, 'add', '--all');
      world.git(root, 'commit', '-q', '-m', 'feat: begin');
      const verified = await runIn(world, root, ['verify', '--json']);
      const findings = JSON.parse(verified.stdout) as { findings: { severity: string }[] };
      expect(findings.findings.filter(({ severity }) => severity === 'problem')).toEqual([]);
      const shown = await runIn(world, root, ['pins', '--json']);
      expect(shown.stdout).toContain('"1.0.0"');
    },
  );

  it('names such a product by the repository where no manifest is there yet', async () => {
    const { roots } = await initIn(docker, 'git@git.example.com:acme/shop.git');
    expect(roots).toEqual({ shop: '' });
  });

  it('says what to write where manifests name several products, and none as the repository', async () => {
    const { said, text } = await initIn({
      ...docker,
      ...both((env) => ({
        [`deploy/${env}/one.yaml`]: values('one'),
        [`deploy/${env}/two.yaml`]: values('two'),
      })),
    });
    expect(said.stdout).toMatch(/holds Dockerfile at the root.*one, two.*root: \./s);
    expect(text).not.toContain('root:');
  });

  it('takes a Dockerfile at the root for no product beside folders that are built by themselves', async () => {
    const { roots } = await initIn({
      ...docker,
      'services/api/Dockerfile': 'FROM scratch\n',
      'services/web/Dockerfile': 'FROM scratch\n',
      ...both((env) => ({
        [`deploy/${env}/api.yaml`]: values('api'),
        [`deploy/${env}/web.yaml`]: values('web'),
      })),
    });
    expect(roots).toEqual({});
  });

  it('finds the project of an Nx workspace whose root is the application', async () => {
    const { config } = await initIn({
      ...docker,
      'nx.json': '{}',
      'project.json': '{ "name": "shop", "projectType": "application" }',
      ...both((env) => ({ [`deploy/${env}/values.yaml`]: values('shop') })),
    });
    expect(config.select).toEqual(['shop']);
  });

  it('reads compose files as YAML: in one line, with shared parts, built from the root by Dockerfiles of folders', async () => {
    const { config } = await initIn({
      'docker-compose.yml':
        'x-built: &built\n  build: { context: ., dockerfile: services/api/Dockerfile }\nservices:\n  api:\n    <<: *built\n  web: { build: ./services/web }\n  cron: { build: { context: "services/cron" } }\n  db: { image: "postgres:16" }\n',
      ...both((env) => ({
        [`deploy/${env}/docker-compose.yml`]: `services:\n  api: { image: "registry.example.com/acme/api:1.0.0" }\n  web:\n    image: 'registry.example.com/acme/web:1.0.0' # shown\n  cron:\n    image: registry.example.com/acme/cron:1.0.0\n`,
      })),
    });
    expect(config.root?.template).toBe('services/{product}');
    expect(config.select).toEqual(['api', 'cron', 'web']);
    expect(config.defaults.pins[0]).toMatchObject({
      file: 'deploy/{env}/docker-compose.yml',
      path: 'services.{product}.image',
    });
  });

  it('knows by a compose file which image a variable holds the version of', async () => {
    const { config, said, roots } = await initIn({
      'compose.yaml':
        'services:\n  gateway:\n    build: ./gw\n    image: registry.example.com/acme/gateway:${GW_VERSION:-latest}\n  db:\n    image: postgres:${PG:-16}\n',
      ...both((env) => ({ [`.env.${env}`]: 'GW_VERSION=1.0.0\nPG=16.1\nDEBUG=1\n' })),
    });
    expect(said.stdout).toMatch(/gateway +prod +\.env\.prod +\^GW_VERSION=\S+ +1\.0\.0 +sure/);
    expect(config.defaults.images).toEqual({
      main: 'registry.example.com/acme/{product}:{version}',
    });
    expect(roots).toEqual({ gateway: 'gw' });
  });
});
