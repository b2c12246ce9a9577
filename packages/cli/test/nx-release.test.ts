import { spawnSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld, type Clone, type World } from '@lanewise/testing';
import { runIn, type Said } from './run-in.js';

const installed = fileURLToPath(new URL('../../../node_modules', import.meta.url));
const nxCommand = join(installed, 'nx/dist/bin/nx.js');

const config = `gitops: { branch: main }
products:
  select: ["*", "!date-lib"]
  image: registry.example.com/acme/{product}
  build: external
  pins: [{ file: "deploy/{env}/{product}.yaml", path: image.tag }]
environments: { dev: {} }
`;

const workspace = (release: unknown): Record<string, string> => ({
  '.gitignore': 'node_modules\n.nx\n',
  'nx.json': JSON.stringify({ analytics: false, neverConnectToCloud: true, release }),
  'package.json': '{"name":"acme","private":true,"workspaces":["packages/*","libs/*"]}',
  'package-lock.json': '{"name":"acme","lockfileVersion":3,"packages":{}}',
  'packages/api/package.json': '{"name":"@acme/api","version":"1.0.0","nx":{"tags":["team:shop"]}}',
  'packages/web/package.json': '{"name":"@acme/web","version":"1.0.0","nx":{"tags":["team:shop"]}}',
  'packages/docs/package.json': '{"name":"docs","version":"1.0.0"}',
  'libs/date/package.json': '{"name":"date-lib","version":"1.0.0"}',
  'lanewise.yaml': config,
  ...Object.fromEntries(
    ['api', 'web', 'docs'].map((name) => [`deploy/dev/${name}.yaml`, 'image: { tag: "1.0.0" }\n']),
  ),
});

/** What nx.json says, the tags that `nx release` then writes, the products, and the tags of the next release of `api` and `docs`. */
const cases: [string, unknown, string[], string[], string[]][] = [
  [
    'independent projects, which nobody names a pattern for',
    { projectsRelationship: 'independent', projects: ['packages/*'] },
    ['@acme/api@1.1.0', '@acme/web@1.1.0', 'docs@1.1.0'],
    ['api', 'docs', 'web'],
    ['@acme/api@1.2.0', 'docs@1.2.0'],
  ],
  [
    'a pattern with the whole name of a project in a folder of tags',
    {
      projectsRelationship: 'independent',
      projects: ['packages/*'],
      releaseTag: { pattern: 'release/{projectName}/{version}' },
    },
    ['release/@acme/api/1.1.0', 'release/@acme/web/1.1.0', 'release/docs/1.1.0'],
    ['api', 'docs', 'web'],
    ['release/@acme/api/1.2.0', 'release/docs/1.2.0'],
  ],
  [
    'a fixed group chosen by tag beside an independent one chosen by folder and taken away from',
    {
      groups: {
        shop: { projects: ['tag:team:shop'] },
        rest: {
          projects: ['packages/*', '!tag:team:shop'],
          projectsRelationship: 'independent',
          releaseTag: { pattern: '{releaseGroupName}-{projectName}-{version}' },
        },
      },
    },
    ['rest-docs-1.1.0', 'shop-v1.1.0'],
    ['docs', 'shop'],
    ['rest-docs-1.2.0', 'shop-v1.2.0'],
  ],
  [
    'a fixed group of everything but one, chosen by what is left out',
    { groups: { all: { projects: ['!*-lib', '!acme'], releaseTag: { pattern: 'v{version}' } } } },
    ['v1.1.0'],
    ['all'],
    ['v1.2.0'],
  ],
];

describe.each(cases)(
  'after the real nx release with %s',
  (...[, release, tags, products, next]) => {
    let world: World;
    let clone: Clone;
    beforeAll(() => {
      world = makeWorld();
      const remote = world.makeRemote('acme');
      remote.commit(workspace(release), 'chore: begin');
      clone = world.clone(remote);
      symlinkSync(installed, join(clone.root, 'node_modules'), 'dir');
      const words = ['release', 'version', '1.1.0', '--git-tag', '--git-commit'];
      const { status, stdout } = spawnSync(process.execPath, [nxCommand, ...words], {
        cwd: clone.root,
        encoding: 'utf8',
        env: { ...world.environment, NX_DAEMON: 'false', NX_TUI: 'false', CI: 'true' },
      });
      expect(status, stdout).toBe(0);
      clone.git('push', '-q', 'origin', 'main', '--tags');
    }, 60_000);
    afterAll(() => world.dispose());

    const lanewise = (...args: string[]): Promise<Said> => runIn(world, clone.root, args);
    const tagsNow = (): string[] =>
      clone
        .git('ls-remote', '--tags', '--refs', 'origin')
        .split('\n')
        .flatMap((line) => line.split('refs/tags/')[1] ?? [])
        .sort();

    it('its tags are the bases of the products, and the next release is called the same way', async () => {
      expect(tagsNow()).toEqual(tags);
      const unchanged = await lanewise('affected', '--json');
      expect(unchanged.exitCode, unchanged.stderr).toBe(0);
      const { plan } = JSON.parse(unchanged.stdout) as { plan: { entries: unknown[] } };
      expect(plan.entries).toMatchObject(
        products.map((product) => ({ kind: 'unaffected', product, base: { version: '1.1.0' } })),
      );
      clone.write({ 'packages/docs/index.md': 'more\n', 'packages/api/index.ts': '1\n' });
      clone.git('add', '-A');
      clone.git('commit', '-q', '-m', 'feat: more');
      clone.git('push', '-q', 'origin', 'main');
      const released = await lanewise('release');
      expect(released.exitCode, released.stderr).toBe(0);
      expect(tagsNow()).toEqual([...tags, ...next].sort());
    }, 60_000);

    it('promotions, which do not ask Nx, know the same products and find both releases', async () => {
      const said = await lanewise('status', '--json');
      expect(said.exitCode, said.stderr).toBe(0);
      const status = JSON.parse(said.stdout) as { products: { name: string; newest: string }[] };
      expect(status.products).toEqual(
        products.map((name) => ({ name, newest: name === 'web' ? '1.1.0' : '1.2.0' })),
      );
    });
  },
);
