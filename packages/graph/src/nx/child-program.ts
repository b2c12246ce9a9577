/**
 * The program that asks the workspace's own Nx for its graph, as a text: it runs in a process of
 * its own (`node --input-type=module -e`), so that a plugin that hangs, crashes, or prints to
 * standard output harms nobody, and it needs no file of ours beside it when Lanewise is one bundle.
 *
 * Arguments: the workspace's root. The answer goes to file descriptor 3 as one JSON object,
 * ended by a zero byte: a daemon that Nx starts may keep the descriptor open for long.
 */
export const childProgram = String.raw`
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = process.argv[1];
// Workspaces of other languages keep Nx in a folder of its own (the wrapper ./nx).
const home = existsSync(join(root, 'package.json')) ? root : join(root, '.nx', 'installation');
const require = createRequire(join(home, 'package.json'));

// Nobody waits any more when the parent is gone.
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(1), 1000).unref();

function answer(value) {
  const bytes = Buffer.from(JSON.stringify(value) + '\0');
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(3, bytes, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

function describe(error) {
  const parts = [];
  for (let e = error; e; e = e.cause) {
    parts.push(e.message ?? String(e));
    for (const inner of e.errors ?? e.getErrors?.() ?? []) parts.push(inner.message ?? String(inner));
  }
  return [...new Set(parts)].join('\n');
}

// What is installed, for the message of a failure; the exports of a package may hide its manifest.
function versionOf(name) {
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      return JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')).version ?? null;
    } catch {}
  }
  return null;
}

function tryResolve(from, name) {
  try {
    return from.resolve(name);
  } catch {
    return null;
  }
}

// Strict package managers show a plugin's own packages to that plugin only.
function resolveDevkit() {
  const file = join(home, 'package.json');
  const manifest = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
  const found = tryResolve(require, '@nx/devkit');
  if (found !== null) return found;
  for (const name of names.filter((one) => one.startsWith('@nx/'))) {
    const plugin = tryResolve(require, name + '/package.json');
    const inside = plugin === null ? null : tryResolve(createRequire(plugin), '@nx/devkit');
    if (inside !== null) return inside;
  }
  return null;
}

async function askDevkit(path) {
  const devkit = require(path);
  if (realpathSync(devkit.workspaceRoot) !== realpathSync(root)) {
    throw new Error('Nx takes ' + devkit.workspaceRoot + ' for the workspace.');
  }
  const graph = await devkit.createProjectGraphAsync({ exitOnError: false, resetDaemonClient: true });
  return { kind: 'graph', nxVersion: devkit.NX_VERSION ?? null, nxJson: readNxJson(devkit), graph: slim(graph) };
}

// Without the devkit the command is the public way; what it writes has no packages.
function askCommand(manifest) {
  const { bin, version } = JSON.parse(readFileSync(manifest, 'utf8'));
  const command = join(dirname(manifest), typeof bin === 'string' ? bin : bin.nx);
  const folder = mkdtempSync(join(tmpdir(), 'lanewise-nx-'));
  try {
    const file = join(folder, 'graph.json');
    const args = [command, 'graph', '--file=' + file];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    // With an error in a plugin nx writes what it has, says so, and ends as if all were well.
    const isPartial = /partial graph/i.test(stdout + stderr);
    if (status !== 0 || isPartial || !existsSync(file)) throw new Error(stdout + '\n' + stderr);
    const graph = JSON.parse(readFileSync(file, 'utf8'));
    return { kind: 'graph', nxVersion: version ?? null, nxJson: null, graph };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readNxJson(devkit) {
  const path = (file) => join(root, file);
  const tree = {
    root,
    exists: (file) => existsSync(path(file)),
    read: (file, encoding) => (existsSync(path(file)) ? readFileSync(path(file), encoding) : null),
  };
  try {
    return devkit.readNxJson(tree) ?? {};
  } catch (error) {
    if (!existsSync(path('nx.json'))) return {};
    throw error;
  }
}

function slim(graph) {
  const nodes = {};
  for (const [name, node] of Object.entries(graph.nodes)) {
    const { root, tags, namedInputs, targets } = node.data;
    const names = Object.fromEntries(
      Object.entries(targets ?? {}).map(([target, { inputs }]) => [target, inputs === undefined ? {} : { inputs }]),
    );
    nodes[name] = { name, type: node.type, data: { root, tags, namedInputs, targets: names } };
  }
  const dependencies = {};
  for (const name of Object.keys(nodes)) {
    dependencies[name] = (graph.dependencies[name] ?? []).map(({ source, target, type }) => ({ source, target, type }));
  }
  const externalNodes = {};
  for (const list of Object.values(dependencies)) {
    for (const { target } of list) {
      const packageName = graph.externalNodes?.[target]?.data?.packageName;
      if (packageName) externalNodes[target] = { data: { packageName } };
    }
  }
  return { nodes, dependencies, externalNodes };
}

try {
  const devkit = resolveDevkit();
  const command = devkit === null ? tryResolve(require, 'nx/package.json') : null;
  if (devkit !== null) answer(await askDevkit(devkit));
  else if (command !== null) answer(askCommand(command));
  else answer({ kind: 'missing' });
} catch (error) {
  const [nxVersion, typescript] = [versionOf('nx'), versionOf('typescript')];
  answer({ kind: 'failed', message: describe(error), nxVersion, typescript });
}
process.exit(0);
`;
