import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { AggregateCreateNodesError, type CreateNodesContextV2 } from '@nx/devkit';
import picomatch from 'picomatch';
import { afterAll, describe, expect, it } from 'vitest';
import { createNodes, createNodesV2 } from '../src/index.js';
import type { LanewisePluginOptions } from '../src/index.js';

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

type Targets = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The targets that the plugin gives, by project root, for these files. */
async function infer(
  files: Readonly<Record<string, string>>,
  options?: LanewisePluginOptions,
): Promise<Readonly<Record<string, Targets>>> {
  const root = mkdtempSync(join(tmpdir(), 'lanewise-nodes-'));
  made.push(root);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  const [glob, function_] = createNodes;
  const matched = Object.keys(files).filter((file) => picomatch.isMatch(file, glob));
  const context = { workspaceRoot: root, nxJsonConfiguration: {} } as CreateNodesContextV2;
  const results = await function_(matched, options, context);
  return Object.fromEntries(
    results.flatMap(([, { projects }]) =>
      Object.entries(projects ?? {}).map(([at, { targets }]) => [at, targets as Targets]),
    ),
  );
}

const environments = 'environments:\n  dev: {}\n  prod-eu: { after: dev, group: prod }\n';
const byTag = `products: { select: "tag:deployable" }\n${environments}`;

describe('targets are inferred', () => {
  it('under both names by which Nx asks', () => {
    expect(createNodesV2).toBe(createNodes);
  });

  it('for projects of project.json and package.json, by name and tag as Nx reads them', async () => {
    const found = await infer({
      'lanewise.yaml': byTag,
      'package.json': '{ "workspaces": ["services/*"] }',
      'apps/docs/project.json': '{ "tags": ["deployable"] /* by folder */ }',
      'services/api/package.json': '{ "name": "@acme/api", "nx": { "tags": ["deployable"] } }',
      'apps/web/project.json': '{ "name": "shop" }',
      'apps/web/package.json': '{ "name": "web", "nx": { "tags": ["deployable"] } }',
      'libs/shared/project.json': '{ "name": "shared" }',
    });
    const names = Object.entries(found).map(([root, targets]) => [
      root,
      targets['lanewise-release']?.['options'],
    ]);
    expect(Object.fromEntries(names)).toEqual({
      'apps/docs': { products: ['docs'] },
      'services/api': { products: ['api'] },
      'apps/web': { products: ['shop'] },
    });
  });

  it('for no package.json that the workspaces leave out: a target would make a project of it', async () => {
    const found = await infer({
      'lanewise.yaml': byTag,
      'package.json': '{}',
      'pnpm-workspace.yaml': "packages:\n  - 'apps/**'\n  - '!**/fixtures/**'\n",
      'apps/docs/package.json': '{ "name": "docs", "nx": { "tags": ["deployable"] } }',
      'apps/docs/fixtures/a/package.json': '{ "name": "a", "nx": { "tags": ["deployable"] } }',
      'other/package.json': '{ "name": "other", "nx": { "tags": ["deployable"] } }',
    });
    expect(Object.keys(found)).toEqual(['apps/docs']);
  });

  it('by the manifests that are there, where lanewise.yaml chooses nothing', async () => {
    const pins = 'pins: [{ file: "deploy/{env}/{product}/values.yaml", path: image.tag }]';
    const found = await infer({
      'lanewise.yaml': `products:\n  ${pins}\n${environments}`,
      'deploy/dev/docs/values.yaml': '',
      'deploy/qa/shared/values.yaml': '',
      'apps/docs/project.json': '{ "name": "docs" }',
      'libs/shared/project.json': '{ "name": "shared" }',
    });
    expect(Object.keys(found)).toEqual(['apps/docs']);
  });

  it('with a configuration for each environment and group of the product, never cached, alone', async () => {
    const each = 'each: { docs: { environments: [prod-eu] } }';
    const found = await infer(
      {
        'lanewise.yaml': `products: { select: [docs, api], ${each} }\n${environments}`,
        'docs/project.json': '{ "name": "docs" }',
        'api/project.json': '{ "name": "api" }',
      },
      { promoteTargetName: 'ship', buildTarget: 'container', releaseDependsOn: ['test'] },
    );
    expect(found['docs']?.['ship']?.['configurations']).toEqual({
      'prod-eu': { to: 'prod-eu' },
      prod: { to: 'prod' },
    });
    expect(Object.keys(found['api']?.['ship']?.['configurations'] ?? {})).toEqual([
      'dev',
      'prod-eu',
      'prod',
    ]);
    expect(found['docs']?.['lanewise-release']).toMatchObject({
      cache: false,
      parallelism: false,
      dependsOn: ['test'],
      options: { products: ['docs'], target: 'container' },
    });
  });

  it('on every member of a group, for the group: it is released and promoted as one', async () => {
    const found = await infer({
      'lanewise.yaml': `products: { each: { shop: { projects: [web, "@acme/api", gone] } } }\n${environments}`,
      'apps/web/project.json': '{ "name": "web" }',
      'apps/api/project.json': '{ "name": "@acme/api" }',
      'libs/shared/project.json': '{ "name": "shared" }',
    });
    expect(Object.keys(found).sort()).toEqual(['apps/api', 'apps/web']);
    for (const targets of Object.values(found))
      expect(targets['lanewise-release']?.['options']).toEqual({ products: ['shop'] });
  });

  it('for none without lanewise.yaml', async () => {
    expect(await infer({ 'docs/project.json': '{ "name": "docs" }' })).toEqual({});
  });

  it('past names that another plugin may know, and files that do not parse', async () => {
    const found = await infer({
      'lanewise.yaml': `products: { select: [docs, engine], each: { engine: {}, mailer: {} } }\n${environments}`,
      'docs/project.json': '{ "name": "docs" }',
      'broken/project.json': '{ "name": ',
      'engine/Cargo.toml': '',
    });
    expect(Object.keys(found)).toEqual(['docs']);
  });
});

describe('a lanewise.yaml that is wrong', () => {
  it('is told by its name, its line and the way out, in the error that Nx collects', async () => {
    const wrong = infer({
      'lanewise.yaml': 'products:\n  selekt: docs\n',
      'docs/project.json': '{ "name": "docs" }',
    });
    const error = await wrong.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(AggregateCreateNodesError);
    const [[file, cause] = ['', new Error()]] = (error as AggregateCreateNodesError).errors;
    expect(file).toBe('lanewise.yaml');
    expect(cause.message).toMatch(/^line 2: .*selekt/);
  });

  it('includes two products of one name', async () => {
    const twice = infer({
      'lanewise.yaml': byTag,
      'a/project.json': '{ "name": "@one/docs", "tags": ["deployable"] }',
      'b/project.json': '{ "name": "@two/docs", "tags": ["deployable"] }',
    });
    await expect(twice).rejects.toBeInstanceOf(AggregateCreateNodesError);
  });
});
