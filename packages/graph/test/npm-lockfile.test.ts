import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RepoPath } from '@lanewise/model';
import {
  canReadLockfile,
  comparePackages,
  productInputs,
  readLockfile,
  readNpmLockfile,
  resolvePackages,
  resolveProductPackages,
} from '@lanewise/graph';
import { config, drawGraph, product } from './graphs.js';
import { repositoryRoot } from './workspaces.js';

const at = (path: string) => path as RepoPath;

const version = (number: string, more: object = {}) => ({
  version: number,
  integrity: `sha512-${number}`,
  ...more,
});

const packages = {
  '': { name: 'acme', workspaces: ['apps/*'], dependencies: { express: '^4' } },
  'apps/web': {
    name: '@acme/web',
    dependencies: { react: '^18', '@acme/ui': '*' },
    devDependencies: { vite: '^5' },
  },
  'apps/legacy': { name: 'legacy', dependencies: { react: '^17' } },
  'node_modules/@acme/ui': { resolved: 'libs/ui', link: true },
  'libs/ui': { name: '@acme/ui', version: '1.0.0', dependencies: { clsx: '^2' } },
  'node_modules/react': version('18.2.0', { dependencies: { 'loose-envify': '^1' } }),
  'apps/legacy/node_modules/react': version('17.0.2', {
    dependencies: { 'loose-envify': '^1', 'object-assign': '^4' },
  }),
  'node_modules/loose-envify': version('1.4.0', { dependencies: { 'js-tokens': '^3 || ^4' } }),
  'node_modules/js-tokens': version('9.0.0'),
  'node_modules/loose-envify/node_modules/js-tokens': version('4.0.0'),
  'node_modules/object-assign': version('4.1.1'),
  'node_modules/clsx': version('2.1.0'),
  'node_modules/express': version('4.19.0', { peerDependencies: { react: '*', absent: '*' } }),
  'node_modules/vite': version('5.0.0', {
    optionalDependencies: { fsevents: '^2' },
    dependencies: { old: 'npm:react@16' },
  }),
  'node_modules/old': version('16.0.0', { name: 'react' }),
};

const lock = (changes: object = {}) =>
  JSON.stringify({ lockfileVersion: 3, packages: { ...packages, ...changes } }, null, 2);

const resolve = (text: string, root: string, names: readonly string[] | null) =>
  resolvePackages(readNpmLockfile(text), at(root), names);

describe("npm's lockfile", () => {
  it('gives everything behind the names that a project uses', () => {
    const found = resolve(lock(), 'apps/web', ['react']);
    expect(found.wider).toBeNull();
    expect([...found.packages.keys()].sort()).toEqual([
      'js-tokens@4.0.0',
      'loose-envify@1.4.0',
      'react@18.2.0',
    ]);
    expect(found.packages.get('js-tokens@4.0.0')?.path).toEqual([
      'react',
      'loose-envify',
      'js-tokens',
    ]);
  });

  it('finds what lies nearest, as Node does', () => {
    expect([...resolve(lock(), 'apps/legacy', ['react']).packages.keys()].sort()).toEqual([
      'js-tokens@4.0.0',
      'loose-envify@1.4.0',
      'object-assign@4.1.1',
      'react@17.0.2',
    ]);
  });

  it('leaves folders of the workspace to the graph of projects', () => {
    const found = resolve(lock(), 'apps/web', ['@acme/ui', 'react', 'node:fs']);
    expect(found.packages.has('clsx@2.1.0')).toBe(false);
    expect(found.wider).toBeNull();
  });

  it('follows peers and optional packages where they are installed, and aliases by their own name', () => {
    expect(resolve(lock(), '', ['express']).packages.has('react@18.2.0')).toBe(true);
    const found = resolve(lock(), '', ['vite']);
    expect([...found.packages.keys()].sort()).toEqual(['old@npm:react@16.0.0', 'vite@5.0.0']);
    expect(found.wider).toBeNull();
  });

  it('knows which names a folder asks for, where nobody else does', () => {
    const found = resolve(lock(), 'apps/web', null);
    expect([...found.packages.keys()].filter((key) => /^(?:react|vite)@/.test(key)).sort()).toEqual(
      ['react@18.2.0', 'vite@5.0.0'],
    );
    expect(resolve(lock(), 'apps/unknown', null).packages.has('express@4.19.0')).toBe(true);
    expect(resolve('{"lockfileVersion":1,"dependencies":{}}', 'apps/a', null).wider).toContain(
      'apps/a',
    );
  });

  it('says that it cannot be trusted where a needed package is not in it', () => {
    const broken = lock({
      'node_modules/loose-envify': version('1.4.0', { dependencies: { gone: '1' } }),
    });
    expect(resolve(broken, '', ['react']).wider).toBe(
      'loose-envify@1.4.0 needs gone, which the lockfile lacks',
    );
  });

  it('of the first version is read alike', () => {
    const first = JSON.stringify({
      lockfileVersion: 1,
      dependencies: {
        react: { ...version('18.2.0'), requires: { 'loose-envify': '^1' } },
        'loose-envify': {
          ...version('1.4.0'),
          requires: { 'js-tokens': '^4' },
          dependencies: { 'js-tokens': version('4.0.0') },
        },
        'js-tokens': version('9.0.0'),
        old: { ...version('npm:react@16.0.0') },
        ui: { version: 'file:libs/ui' },
      },
    });
    const found = resolve(first, 'apps/web', ['react', 'old', 'ui']);
    expect([...found.packages.keys()].sort()).toEqual([
      'js-tokens@4.0.0',
      'loose-envify@1.4.0',
      'old@npm:react@16.0.0',
      'react@18.2.0',
    ]);
  });

  it('is refused with the line where it does not parse', () => {
    const torn = lock().replace('"node_modules/clsx"', '<<<<<<< HEAD\n"node_modules/clsx"');
    const line = torn.slice(0, torn.indexOf('<<<<<<<')).split('\n').length;
    expect(() => readNpmLockfile(torn)).toThrow(
      expect.objectContaining({
        code: 'GRAPH_INVALID',
        place: expect.objectContaining({ file: 'package-lock.json', line }) as unknown,
      }),
    );
    expect(() => readNpmLockfile('[]')).toThrow(/no JSON object/);
    expect(() => readNpmLockfile('{}')).toThrow(/neither packages/);
  });

  it("of this repository resolves every package's own dependencies", () => {
    const text = readFileSync(join(repositoryRoot, 'package-lock.json'), 'utf8');
    const lockfile = readLockfile(text, at('package-lock.json'));
    for (const folder of ['', 'packages/model', 'packages/git', 'packages/cli']) {
      expect(resolvePackages(lockfile, at(folder), null).wider).toBeNull();
    }
    const model = [...resolvePackages(lockfile, at('packages/model'), null).packages.values()];
    const installed = JSON.parse(
      readFileSync(join(repositoryRoot, 'node_modules/valibot/package.json'), 'utf8'),
    ) as { version: string };
    expect(model.find(({ name }) => name === 'valibot')?.version).toBe(installed.version);
    expect(resolvePackages(lockfile, at(''), null).packages.size).toBeGreaterThan(200);
  });
});

describe('packages before and after', () => {
  const compare = (changes: object, root = 'apps/web', names = ['react']) =>
    comparePackages(resolve(lock(), root, names), resolve(lock(changes), root, names));

  it('are the same where another product uses what changed', () => {
    expect(
      compare({
        'node_modules/clsx': version('3.0.0'),
        'node_modules/js-tokens': version('9.9.9'),
      }),
    ).toEqual([]);
  });

  it('name what changed behind another, with versions and the way there', () => {
    expect(
      compare({ 'node_modules/loose-envify/node_modules/js-tokens': version('4.0.1') }),
    ).toEqual([
      {
        name: 'js-tokens',
        before: ['4.0.0'],
        after: ['4.0.1'],
        direct: false,
        path: ['react', 'loose-envify', 'js-tokens'],
      },
    ]);
  });

  it('see another checksum of the same version, and packages that come and go', () => {
    expect(
      compare({
        'node_modules/react': { ...packages['node_modules/react'], integrity: 'sha512-x' },
      }),
    ).toMatchObject([{ name: 'react', before: ['18.2.0'], after: ['18.2.0'], direct: true }]);
    expect(compare({ 'node_modules/react': version('18.2.0') })).toMatchObject([
      { name: 'js-tokens', after: [] },
      { name: 'loose-envify', before: ['1.4.0'], after: [] },
    ]);
  });

  it('do not change when a package is only hoisted to another place', () => {
    const { 'node_modules/loose-envify': envify, ...rest } = packages;
    const moved = JSON.stringify({
      lockfileVersion: 3,
      packages: {
        ...rest,
        'node_modules/react/node_modules/loose-envify': envify,
        'node_modules/react/node_modules/js-tokens': version('4.0.0'),
      },
    });
    expect(
      comparePackages(
        resolve(lock(), 'apps/web', ['react']),
        resolve(moved, 'apps/web', ['react']),
      ),
    ).toEqual([]);
  });

  it('see that one package now takes another of two versions that are both still there', () => {
    const swapped = { 'node_modules/loose-envify/node_modules/js-tokens': undefined };
    const names = ['react', 'js-tokens', 'other'];
    const other = {
      'node_modules/other': version('1.0.0', { dependencies: { 'js-tokens': '^4' } }),
      'node_modules/other/node_modules/js-tokens': version('4.0.0'),
    };
    const changed = comparePackages(
      resolve(lock(other), 'apps/web', names),
      resolve(lock({ ...other, ...swapped }), 'apps/web', names),
    );
    expect(changed).toEqual([
      {
        name: 'loose-envify',
        before: ['1.4.0'],
        after: ['1.4.0'],
        direct: false,
        path: ['react', 'loose-envify'],
      },
    ]);
  });

  it('of a product are those of all projects that it is built from', () => {
    const graph = drawGraph({ web: ['ui'], ui: [] }, { roots: { web: 'apps/web', ui: 'libs/ui' } });
    const inputs = productInputs(graph, product('web'), config());
    const found = resolveProductPackages(readNpmLockfile(lock()), inputs, false);
    expect(found.packages.has('clsx@2.1.0')).toBe(true);
    expect(found.packages.has('react@18.2.0')).toBe(true);
    expect(found.packages.has('react@17.0.2')).toBe(false);
    expect(resolveProductPackages(readNpmLockfile(lock()), inputs, true).packages.size).toBe(0);
  });
});

describe('lockfiles', () => {
  it('are known by their names', () => {
    expect(canReadLockfile(at('package-lock.json'))).toBe(true);
    expect(canReadLockfile(at('app/npm-shrinkwrap.json'))).toBe(true);
    expect(canReadLockfile(at('Cargo.lock'))).toBe(false);
    expect(canReadLockfile(at('constructor'))).toBe(false);
    expect(() => readLockfile('', at('Cargo.lock'))).toThrow(
      expect.objectContaining({ code: 'NOT_YET' }),
    );
  });
});
