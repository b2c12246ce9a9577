import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isTestedNx, loadNxGraph } from '@lanewise/graph';
import { nxWorkspace, quietNx, repositoryRoot, temporaryFolder, type Files } from './workspaces.js';

const failing = (body: string): Files => ({
  'plugin.cjs': `exports.name = 'odd'; exports.createNodesV2 = ['**/odd.json', () => { ${body} }];`,
  'odd.json': '{}',
});
const withPlugin = { plugins: ['./plugin.cjs'] };

/** A workspace with the packages of this repository but for some, which are given. */
function workspaceWith(files: Files, own: readonly string[], nxJson: object = {}) {
  const root = temporaryFolder({
    'nx.json': { analytics: false, neverConnectToCloud: true, ...nxJson },
    ...files,
  });
  const installed = join(repositoryRoot, 'node_modules');
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  for (const name of readdirSync(installed)) {
    if (!own.includes(name)) symlinkSync(join(installed, name), join(root, 'node_modules', name));
  }
  return { root, environment: quietNx(root) };
}

/** What a rejected loading says. */
async function trouble(
  place: {
    readonly root: string;
    readonly environment: Readonly<Record<string, string | undefined>>;
  },
  timeoutMs = 60_000,
) {
  return loadNxGraph({ ...place, timeoutMs }).then(
    () => ({ code: 'none', message: '', hint: '' }),
    (error: unknown) => error as { code: string; message: string; hint: string },
  );
}

describe('a workspace whose graph Nx cannot give', () => {
  it('shows what Nx says of TypeScript 7, and the way out', async () => {
    // What Nx 23.2 says where typescript is 7.0.2, whose package exports its version only.
    const place = workspaceWith(
      {
        'package.json': { name: 'acme', private: true },
        'node_modules/typescript/package.json': {
          name: 'typescript',
          version: '7.0.2',
          exports: { '.': './lib/version.cjs' },
        },
        'node_modules/typescript/lib/version.cjs': "exports.version = '7.0.2';",
        ...failing(
          "const tsModule = require('typescript'); tsModule.readConfigFile('tsconfig.json');",
        ),
      },
      ['typescript'],
      withPlugin,
    );
    const { code, message, hint } = await trouble(place);
    expect(code).toBe('GRAPH_FAILED');
    expect(message).toContain('tsModule.readConfigFile is not a function');
    expect(hint).toContain('TypeScript 7.0.2 is installed');
    expect(hint).toContain('npm install -D typescript@5.9 typescript-7@npm:typescript@7.0.2');
    expect(hint).toContain('--graph graph.json');
  });

  it('names two projects with one name, and their folders', async () => {
    const place = nxWorkspace({
      'apps/one/project.json': { name: 'twin' },
      'apps/two/project.json': { name: 'twin' },
    });
    const { code, message, hint } = await trouble(place);
    expect(code).toBe('GRAPH_FAILED');
    expect(message).toMatch(/twin.*apps\/one.*apps\/two/);
    expect(hint).toContain('a name of its own');
  });

  it('takes no partial graph for a whole one, where only the command is installed', async () => {
    const root = temporaryFolder({
      'nx.json': { analytics: false, neverConnectToCloud: true, ...withPlugin },
      'package.json': { name: 'acme', private: true, devDependencies: { nx: '*' } },
      'apps/api/project.json': { name: 'api' },
      ...failing("throw new Error('half of it')"),
    });
    mkdirSync(join(root, 'node_modules'));
    symlinkSync(join(repositoryRoot, 'node_modules/nx'), join(root, 'node_modules/nx'), 'dir');
    const { code, message } = await trouble({ root, environment: quietNx(root) });
    expect(code).toBe('GRAPH_FAILED');
    expect(message).toContain('half of it');
  });

  it('is told after the given time where the daemon hangs, and nothing is left running', async () => {
    const { root, environment } = nxWorkspace({ 'apps/api/project.json': { name: 'api' } });
    const withDaemon = { ...environment, NX_DAEMON: 'true', NX_SOCKET_DIR: join(root, '.nx/s') };
    const first = await loadNxGraph({ root, environment: withDaemon, timeoutMs: 60_000 });
    expect([...first.projects.keys()]).toEqual(['api']);
    const daemon = daemonOf(root);
    try {
      process.kill(daemon, 'SIGSTOP');
      const { code, message, hint } = await trouble({ root, environment: withDaemon }, 4000);
      expect(code).toBe('GRAPH_FAILED');
      expect(message).toContain('within 4 s');
      expect(hint).toContain('nx reset');
      expect(isRunning(daemon)).toBe(true);
      // The daemon's own workers are its business.
      expect(runningIn(root, daemon)).toEqual([]);
    } finally {
      process.kill(daemon, 'SIGKILL');
    }
  });

  it('ends what a plugin started, too', async () => {
    const place = nxWorkspace(
      failing(
        "require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)', __dirname]); for (;;);",
      ),
      withPlugin,
    );
    expect((await trouble(place, 4000)).message).toContain('within 4 s');
    expect(runningIn(place.root)).toEqual([]);
  });
});

describe('a version of Nx', () => {
  it('is tested from 22 to 24', () => {
    expect(['22.0.0', '23.2.1', '24.0.0-beta.1', null].map(isTestedNx)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['21.6.0', '25.0.0'].map(isTestedNx)).toEqual([false, false]);
  });

  it('is named in the hint where it is not tested and fails', async () => {
    const place = workspaceWith(
      {
        'package.json': { name: 'acme', private: true },
        'node_modules/@nx/devkit/package.json': {
          name: '@nx/devkit',
          version: '19.8.0',
          main: 'index.js',
        },
        'node_modules/@nx/devkit/index.js':
          "exports.workspaceRoot = process.cwd(); exports.createProjectGraphAsync = () => { throw new Error('old') };",
        'node_modules/nx/package.json': { name: 'nx', version: '19.8.0' },
      },
      ['@nx', 'nx'],
    );
    const { code, message, hint } = await trouble(place);
    expect(code).toBe('GRAPH_FAILED');
    expect(message).toContain('old');
    expect(hint).toContain('Nx 19.8.0 is installed; Lanewise is tested with Nx 22 to 24.');
  });
});

/** Command lines of processes that name the folder, but for one process and its children. */
function runningIn(root: string, but = -1): readonly string[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => {
    const [pid, parent] = line.trim().split(/\s+/, 2).map(Number);
    return line.includes(root) && pid !== but && parent !== but;
  });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The daemon's process id, as Nx writes it down beside its data. */
function daemonOf(root: string): number {
  const file = join(root, '.nx/data/d/server-process.json');
  if (existsSync(file)) {
    return (JSON.parse(readFileSync(file, 'utf8')) as { processId: number }).processId;
  }
  const found = execFileSync('find', [dirname(dirname(file)), '-name', 'server-process.json'], {
    encoding: 'utf8',
  }).trim();
  return (JSON.parse(readFileSync(found, 'utf8')) as { processId: number }).processId;
}
