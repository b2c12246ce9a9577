import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld, type Clone, type Remote, type World } from '@lanewise/testing';

const packageRoot = fileURLToPath(new URL('..', import.meta.url));
const installed = fileURLToPath(new URL('../../../node_modules', import.meta.url));

const config = `products:
  select: [api, web]
  image: "registry.example.com/acme/{product}"
  build: external
  pins: [{ file: "deploy/{env}/{product}.yaml", path: image.tag }]
environments: { dev: {} }
`;

describe('the plan of the same question, with the built command and the real Nx', () => {
  let world: World;
  let remote: Remote;
  let clone: Clone;
  let binary: string;
  beforeAll(() => {
    world = makeWorld();
    const home = join(world.directory, 'built');
    binary = join(home, 'bin/lanewise.js');
    execFileSync(process.execPath, [join(packageRoot, 'build.mjs'), '--out', join(home, 'dist')]);
    copyFileSync(join(packageRoot, 'package.json'), join(home, 'package.json'));
    cpSync(join(packageRoot, 'bin'), join(home, 'bin'), { recursive: true });
    remote = world.makeRemote('acme');
    remote.commit(
      {
        '.gitignore': 'node_modules\n.nx\n',
        'nx.json': '{"analytics":false,"neverConnectToCloud":true}',
        'package.json': '{"name":"acme","private":true}',
        'package-lock.json': '{"name":"acme","lockfileVersion":3,"packages":{}}',
        'lanewise.yaml': config,
        'api/project.json': '{"name":"api"}',
        'web/project.json': '{"name":"web"}',
        'deploy/dev/api.yaml': 'image:\n  tag: ""\n',
        'deploy/dev/web.yaml': 'image:\n  tag: ""\n',
      },
      'feat: begin',
    );
    clone = world.clone(remote);
    symlinkSync(installed, join(clone.root, 'node_modules'));
    lanewise('release', '--first', 'api', 'web');
    remote.commit({ 'api/main.txt': 'one\n' }, 'fix: one');
    pull();
  }, 60_000);
  afterAll(() => world.dispose());

  const pull = (): void => {
    clone.git('fetch', '-q', '--tags', 'origin');
    clone.git('checkout', '-q', '-f', '-B', 'main', 'origin/main');
  };
  const runWith = (more: Record<string, string>, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [binary, ...args], {
      cwd: clone.root,
      env: {
        ...world.environment,
        NX_DAEMON: 'false',
        LANEWISE_CACHE: world.cacheDirectory,
        ...more,
      },
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    return { stdout, isKept: stderr.includes('its plan was kept') };
  };
  const lanewise = (...args: string[]) => runWith({}, ...args, '--verbose');
  const affected = (...args: string[]) => lanewise('affected', '--json', ...args);
  /** Asks twice: the second answer is the kept one, and the same. */
  const settle = (): string => {
    const first = affected();
    const second = affected();
    expect(second).toEqual({ stdout: first.stdout, isKept: true });
    return first.stdout;
  };
  const namesIn = (json: string): unknown => (JSON.parse(json) as { products: unknown }).products;

  it('is kept, and told again in every form', () => {
    expect(namesIn(settle())).toEqual(['api']);
    for (const args of [[], ['--format', 'names'], ['--format', 'gitlab']]) {
      const { stdout, isKept } = lanewise('affected', ...args);
      const anew = runWith({ LANEWISE_GRAPH_CACHE: 'off' }, 'affected', '--verbose', ...args);
      expect([isKept, anew.isKept]).toEqual([true, false]);
      expect(stdout).toBe(anew.stdout);
    }
  }, 60_000);

  it('is made anew for another question, and by whoever writes', () => {
    settle();
    expect(affected('web').isKept).toBe(false);
    expect(affected('--prerelease', 'rc').isKept).toBe(false);
    expect(lanewise('affected', '--explain').isKept).toBe(false);
    expect(lanewise('release', '--dry-run').isKept).toBe(false);
    expect(affected().isKept).toBe(true);
  }, 60_000);

  it('is made anew where the remote has another tag, another reservation or other manifests', () => {
    const before = settle();
    remote.tag('elsewhere@1.0.0', 'main');
    expect(affected()).toEqual({ stdout: before, isKept: false });
    settle();
    remote.git('update-ref', 'refs/lanewise/reserved/api/1.0.1', 'main~1');
    const reserved = affected();
    expect(reserved.isKept).toBe(false);
    expect(reserved.stdout).toContain('"version": "1.0.2"');
    settle();
    // The number 1.0.2 is a pin's now, which nobody may give again; HEAD of the clone stays.
    remote.commit({ 'deploy/dev/api.yaml': 'image:\n  tag: "1.0.2"\n' }, 'by hand');
    const taken = affected();
    expect(taken.isKept).toBe(false);
    expect(taken.stdout).toContain('"version": "1.0.3"');
  }, 60_000);

  it('is made anew where a file is changed, or HEAD is another commit', () => {
    pull();
    settle();
    writeFileSync(join(clone.root, 'web/untracked.txt'), 'new\n');
    expect(affected().isKept).toBe(false);
    clone.git('clean', '-fdq');
    expect(affected().isKept).toBe(true);
    remote.commit({ 'web/main.txt': 'two\n' }, 'feat: two');
    pull();
    const both = affected();
    expect(both.isKept).toBe(false);
    expect(namesIn(both.stdout)).toEqual(['api', 'web']);
  }, 60_000);

  it('is no reason to refuse a product that only the work tree has', () => {
    settle();
    const file = join(clone.root, 'lanewise.yaml');
    mkdirSync(join(clone.root, 'shop'));
    writeFileSync(join(clone.root, 'shop/project.json'), '{"name":"shop"}');
    writeFileSync(file, config.replace('[api, web]', '[api, web, shop]'));
    const { status, stdout, stderr } = spawnSync(process.execPath, [binary, 'affected'], {
      cwd: clone.root,
      env: { ...world.environment, NX_DAEMON: 'false', LANEWISE_CACHE: world.cacheDirectory },
      encoding: 'utf8',
    });
    expect({ status, told: stderr.match(/is not committed as it stands here/g) }).toEqual({
      status: 0,
      told: ['is not committed as it stands here'],
    });
    expect(stdout).toContain('api');
    clone.git('clean', '-fdq', 'shop');
    clone.git('checkout', '-q', '--', '.');
  }, 60_000);

  it('is made anew where what was kept is not whole', () => {
    const before = settle();
    const plans = join(world.cacheDirectory, 'plans');
    for (const folder of readdirSync(plans))
      for (const name of readdirSync(join(plans, folder))) {
        const file = join(plans, folder, name);
        writeFileSync(file, readFileSync(file, 'utf8').replace('"entries":[', '"entries":[ '));
      }
    expect(affected()).toEqual({ stdout: before, isKept: false });
    expect(affected().isKept).toBe(true);
  }, 60_000);
});
