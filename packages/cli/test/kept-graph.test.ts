import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld, type Clone, type World } from '@lanewise/testing';
import { runIn, variablesOf, type Said } from './run-in.js';

const installed = fileURLToPath(new URL('../../../node_modules', import.meta.url));

/** Nx asks this plugin for projects each time it makes a graph, and the plugin writes that down. */
const countingPlugin = `
const { appendFileSync, existsSync } = require('node:fs');
exports.name = 'counting';
exports.createNodesV2 = ['**/unit.txt', (files) => {
  appendFileSync(process.env.ASKED_FILE, 'x');
  const extra = existsSync(process.env.ASKED_FILE + '.extra');
  const unit = (root) => ({ projects: { [root]: { name: root, root, tags: extra ? ['extra'] : [] } } });
  return files.map((file) => [file, unit(file.replace('/unit.txt', ''))]);
}];
`;

const config = `gitops: { branch: main }
products: { select: [api, web], image: "registry.example.com/acme/{product}", environments: [] }
environments: { dev: {} }
`;

describe('the kept graph, with the real Nx', () => {
  let world: World;
  let clone: Clone;
  let asked: string;
  beforeAll(() => {
    world = makeWorld();
    const remote = world.makeRemote('acme');
    remote.commit(
      {
        '.gitignore': 'node_modules\n.nx\n*.local\n.env\n',
        'nx.json': JSON.stringify({
          analytics: false,
          neverConnectToCloud: true,
          plugins: ['./tools/counting.cjs'],
        }),
        'package.json': '{"name":"acme","private":true}',
        'package-lock.json': '{"name":"acme","lockfileVersion":3,"packages":{}}',
        'tools/counting.cjs': countingPlugin,
        'lanewise.yaml': `${config}graph: { key: counting-1 }\n`,
        'api/unit.txt': 'api\n',
        'web/unit.txt': 'web\n',
        'lib/unit.txt': 'lib\n',
      },
      'chore: begin',
    );
    clone = world.clone(remote);
    install(clone.root, '23.2.1');
    asked = join(world.directory, 'asked');
  });
  afterAll(() => world.dispose());

  const times = (): number => (existsSync(asked) ? readFileSync(asked, 'utf8').length : 0);
  const lanewiseWith = async (
    more: Record<string, string>,
    ...args: string[]
  ): Promise<Said & { readonly askedNx: boolean }> => {
    const before = times();
    const said = await runIn(world, clone.root, args, {
      environment: { ...variablesOf(world), ASKED_FILE: asked, ...more },
    });
    return { ...said, askedNx: times() > before };
  };
  const asksNx = async (more: Record<string, string> = {}): Promise<boolean> => {
    const said = await lanewiseWith(more, 'graph', '--format', 'json');
    expect(said.exitCode, said.stderr).toBe(0);
    return said.askedNx;
  };
  /** Asks until a graph is kept for what is there now; the second command needs no Nx. */
  const settle = async (): Promise<void> => {
    await asksNx();
    expect(await asksNx()).toBe(false);
  };

  it('is used by every command that needs it, and says the same', async () => {
    const first = await lanewiseWith({}, 'graph', '--format', 'json', '--verbose');
    expect(first.askedNx).toBe(true);
    expect(first.stderr).toContain('Nx is asked for the graph: no graph was kept');
    const second = await lanewiseWith({}, 'graph', '--format', 'json');
    expect(second.askedNx).toBe(false);
    expect(second.stdout).toBe(first.stdout);
    for (const args of [['affected'], ['why', 'api'], ['verify'], ['release', '--dry-run']]) {
      const said = await lanewiseWith({}, ...args);
      expect(said.askedNx, `${args.join(' ')}: ${said.stderr}`).toBe(false);
    }
  });

  const put = (path: string, text: string) => () => {
    clone.write({ [path]: text });
    return () => {
      rmSync(join(clone.root, path));
    };
  };
  const change = (path: string, text: string) => () => {
    const before = existsSync(join(clone.root, path))
      ? readFileSync(join(clone.root, path), 'utf8')
      : null;
    mkdirSync(dirname(join(clone.root, path)), { recursive: true });
    writeFileSync(join(clone.root, path), text);
    return () => {
      if (before === null) rmSync(join(clone.root, path));
      else writeFileSync(join(clone.root, path), before);
    };
  };

  it.each<[string, () => () => void]>([
    ['a changed file', change('api/unit.txt', 'other\n')],
    ['an untracked file', put('new/unit.txt', 'new\n')],
    [
      'a staged file',
      () => {
        clone.write({ 'new/unit.txt': 'new\n' });
        clone.git('add', 'new');
        return () => void clone.git('rm', '-rfq', 'new');
      },
    ],
    [
      'a file that git assumes unchanged',
      () => {
        clone.git('update-index', '--assume-unchanged', 'api/unit.txt');
        return () => void clone.git('update-index', '--no-assume-unchanged', 'api/unit.txt');
      },
    ],
    [
      'a file that a sparse checkout leaves out',
      () => {
        clone.git('sparse-checkout', 'set', '--no-cone', '/*', '!/lib');
        return () => void clone.git('sparse-checkout', 'disable');
      },
    ],
    [
      "a project that only the user's own rules ignore",
      () => {
        writeFileSync(join(world.directory, 'rules'), 'mine\n');
        clone.git('config', 'core.excludesFile', join(world.directory, 'rules'));
        clone.write({ 'mine/unit.txt': 'mine\n' });
        return () => {
          clone.git('config', '--unset', 'core.excludesFile');
          rmSync(join(clone.root, 'mine'), { recursive: true });
        };
      },
    ],
    ['an .env file', put('.env', 'A=1\n')],
    ['the installed Nx', () => installAgain('23.2.2')],
    [
      "the package manager's state file",
      change('node_modules/.package-lock.json', '{"packages":{"node_modules/a":{}}}'),
    ],
    ['rules in info/exclude', change('.git/info/exclude', 'scratch\n')],
  ])('is not used after this changed: %s', async (_what, make) => {
    await settle();
    const undo = make();
    try {
      expect(await asksNx()).toBe(true);
    } finally {
      undo();
    }
    expect(await asksNx()).toBe(false);
  });

  it("is not used for another HEAD's tree, and used again for the same tree", async () => {
    await settle();
    clone.write({ 'api/unit.txt': 'next\n' });
    clone.git('commit', '-qam', 'fix: next');
    await settle();
    clone.git('revert', '--no-edit', 'HEAD');
    expect(await asksNx()).toBe(false);
  });

  it('is not used with another variable, or in another space', async () => {
    await settle();
    expect(await asksNx({ NX_MODE: 'other' })).toBe(true);
    const job = { CI: 'true', GITHUB_RUN_ID: '7', GITHUB_EVENT_NAME: 'push' };
    expect(await asksNx(job)).toBe(true);
    expect(await asksNx(job)).toBe(false);
    expect(await asksNx({ ...job, GITHUB_EVENT_NAME: 'pull_request' })).toBe(true);
    expect(await asksNx({ LANEWISE_GRAPH_CACHE: 'off' })).toBe(true);
  }, 120_000);

  it('is not used with another graph.key, without one, or where graph.keep is false', async () => {
    const edit = (text: string): void => {
      clone.write({ 'lanewise.yaml': text });
      clone.git('commit', '-qam', 'chore: configuration');
    };
    edit(`${config}graph: { key: counting-2 }\n`);
    await settle();
    edit(config);
    expect(await asksNx()).toBe(true);
    expect(await asksNx()).toBe(true);
    edit(`${config}graph: { key: counting-2, keep: false }\n`);
    expect(await asksNx()).toBe(true);
    expect(await asksNx()).toBe(true);
    edit(`${config}graph: { key: counting-1 }\n`);
    await settle();
  }, 120_000);

  it('is told from what Nx says now by verify --graph', async () => {
    await settle();
    const same = await lanewiseWith({}, 'verify', '--graph', '--json');
    expect(same.askedNx, same.stderr).toBe(true);
    expect(same.stdout).toContain('The kept graph is the one that Nx gives now');
    writeFileSync(`${asked}.extra`, '');
    const other = await lanewiseWith({}, 'verify', '--graph', '--json');
    expect(other.exitCode).toBe(4);
    expect(other.stdout).toContain(
      'The kept graph is not the one that Nx gives now: project api changed, project lib changed, project web changed.',
    );
    rmSync(`${asked}.extra`);
    rmSync(join(world.cacheDirectory, 'graphs'), { recursive: true });
    const none = await lanewiseWith({}, 'verify', '--graph', '--json');
    expect(none.stdout).toContain('there is nothing to compare: none was kept yet');
  });

  it('lets nothing be released where Nx fails, and names what it said', async () => {
    const before = clone.git('ls-remote', 'origin');
    const fail = "\nexports.createDependencies = () => { throw new Error('the moon'); };\n";
    clone.write({ 'tools/counting.cjs': countingPlugin + fail });
    clone.git('commit', '-qam', 'chore: a plugin that throws');
    clone.git('push', '-q', 'origin', 'HEAD:main');
    const pushed = clone.git('ls-remote', 'origin');
    for (const args of [['release', '--first', 'api'], ['affected'], ['graph'], ['verify']]) {
      const said = await lanewiseWith({}, ...args);
      expect(said.exitCode, said.stderr).toBe(1);
      expect(said.stdout).toBe('');
      expect(said.stderr).toMatch(/error: The project graph could not be read.*the moon/s);
    }
    expect(clone.git('ls-remote', 'origin')).toBe(pushed);
    expect(pushed.split('\n')).toHaveLength(before.split('\n').length);
  }, 120_000);

  function installAgain(version: string): () => void {
    install(clone.root, version);
    return () => {
      install(clone.root, '23.2.1');
    };
  }
});

/** The packages installed for these tests, with an Nx that says it has the given version. */
function install(root: string, version: string): void {
  const folder = join(root, 'node_modules');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'nx'), { recursive: true });
  for (const name of readdirSync(installed)) {
    if (name !== 'nx' && !name.startsWith('.'))
      symlinkSync(join(installed, name), join(folder, name));
  }
  for (const name of readdirSync(join(installed, 'nx'))) {
    if (name !== 'package.json') symlinkSync(join(installed, 'nx', name), join(folder, 'nx', name));
  }
  const manifest = JSON.parse(readFileSync(join(installed, 'nx/package.json'), 'utf8')) as object;
  writeFileSync(join(folder, 'nx/package.json'), JSON.stringify({ ...manifest, version }));
  writeFileSync(join(folder, '.package-lock.json'), '{"packages":{}}');
}
