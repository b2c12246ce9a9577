/**
 * The program that asks the workspace's own Nx for its graph, as a text: it runs in a process of
 * its own (`node --input-type=module -e`), so that a plugin that hangs, crashes, or prints to
 * standard output harms nobody, and it needs no file of ours beside it when Lanewise is one bundle.
 *
 * Arguments: the workspace's root. The answer goes to file descriptor 3 as one JSON object,
 * ended by a zero byte: a daemon that Nx starts may keep the descriptor open for long.
 */
export const childProgram = String.raw`
import { createRequire } from 'node:module';
import { existsSync, readFileSync, realpathSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const root = process.argv[1];
const require = createRequire(join(root, 'package.json'));

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

function resolveDevkit() {
  try {
    return require.resolve('@nx/devkit');
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return null;
    throw error;
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
    const names = Object.fromEntries(Object.keys(targets ?? {}).map((target) => [target, {}]));
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
  const path = resolveDevkit();
  if (path === null) {
    answer({ kind: 'missing' });
  } else {
    const devkit = require(path);
    if (realpathSync(devkit.workspaceRoot) !== realpathSync(root)) {
      throw new Error('Nx takes ' + devkit.workspaceRoot + ' for the workspace.');
    }
    const graph = await devkit.createProjectGraphAsync({ exitOnError: false, resetDaemonClient: true });
    answer({ kind: 'graph', nxVersion: devkit.NX_VERSION ?? null, nxJson: readNxJson(devkit), graph: slim(graph) });
  }
} catch (error) {
  answer({ kind: 'failed', message: describe(error) });
}
process.exit(0);
`;
