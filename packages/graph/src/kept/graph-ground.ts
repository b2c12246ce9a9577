import { createHash } from 'node:crypto';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative, sep } from 'node:path';
import { byText, type ObjectId } from '@lanewise/model';
import { isRecord } from '../canonical.js';
import { readJsonc } from '../config-files/jsonc.js';
import { lockfileNames } from '../lockfiles/lockfile.js';
import { variablesForGraph } from './graph-variables.js';

/** All that Nx's answer depends on, as far as it can be seen without asking Nx. */
export interface GraphGround {
  /** HEAD's tree; null: there is no commit yet. */
  readonly tree: ObjectId | null;
  /** What makes the work tree differ from that tree, in words; null: nothing does. */
  readonly difference: string | null;
  readonly nxVersion: string | null;
  /** Digest of the files in which the package manager keeps what it installed; null: no such file. */
  readonly installed: string | null;
  /** Digest of the variables that Nx and its plugins may read. */
  readonly environment: string;
  /** Digest of files that the graph may be read from although no commit has them. */
  readonly looseFiles: string;
  readonly node: string;
  readonly platform: string;
  /** Plugins that nx.json names; one whose code lies in the workspace begins with `./`. */
  readonly plugins: readonly string[];
  /** Whether `.nxignore` brings files back that git ignores: then git cannot tell what Nx reads. */
  readonly readsIgnored: boolean;
  /** What the configuration gives to vouch for what cannot be seen. */
  readonly vouched: string | null;
}

export interface GroundQuestion {
  readonly root: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly tree: ObjectId | null;
  readonly difference: string | null;
  /** Whether git has a file, by its path from the root. */
  readonly tracks: (path: string) => boolean;
  /** Files that git neither has nor shows, though Nx may read them. */
  readonly strays: readonly string[];
  /** Files with ignore rules outside the tree, as absolute paths. */
  readonly ignoreFiles: readonly string[];
  readonly vouched: string | null;
  readonly node: string;
  readonly platform: string;
}

/** Where npm, pnpm and Yarn write down what they installed. bun writes nothing. */
const stateFiles = [
  'node_modules/.package-lock.json',
  'node_modules/.modules.yaml',
  'node_modules/.pnpm/lock.yaml',
  'node_modules/.yarn-integrity',
  'node_modules/.yarn-state.yml',
  '.pnp.cjs',
] as const;

/** Files of the root that decide the graph, and may be ignored by git: then the tree does not hold them. */
const rootFiles = [
  'nx.json',
  '.nxignore',
  'package.json',
  'pnpm-workspace.yaml',
  'tsconfig.base.json',
  'tsconfig.json',
  ...lockfileNames,
] as const;

/** Reads the ground of a workspace's graph: a few small files, no Nx. */
export async function readGraphGround(question: GroundQuestion): Promise<GraphGround> {
  const { root, tree, difference, vouched, platform } = question;
  const home = await nxHome(root);
  const [states, nxJson, nxIgnore, nxVersion, looseFiles] = await Promise.all([
    Promise.all(stateFiles.map((file) => readBytes(join(home, file)))),
    readBytes(join(root, 'nx.json')),
    readBytes(join(root, '.nxignore')),
    installedNx(home),
    digestLoose(question),
  ]);
  return {
    tree,
    difference,
    vouched,
    platform,
    nxVersion,
    installed: states.every((state) => state === null) ? null : digest(states),
    environment: digest(variablesForGraph(question.environment).flat()),
    looseFiles,
    node: question.node.replace(/^v?(\d+).*$/, '$1'),
    plugins: await pluginsOf(nxJson?.toString() ?? null, root),
    readsIgnored: /^\s*!/m.test(nxIgnore?.toString() ?? ''),
  };
}

/** Workspaces of other languages keep Nx in a folder of its own (the wrapper `./nx`). */
async function nxHome(root: string): Promise<string> {
  const exists = await stat(join(root, 'package.json')).catch(() => null);
  return exists === null ? join(root, '.nx', 'installation') : root;
}

async function installedNx(home: string): Promise<string | null> {
  try {
    // The usual place first: Node's own search is slow to load, and finds the same.
    const usual = await readBytes(join(home, 'node_modules/nx/package.json'));
    const path = createRequire(join(home, 'package.json'));
    const text = usual ?? (await readBytes(path.resolve('nx/package.json')));
    const value = JSON.parse(text?.toString() ?? '{}') as unknown;
    return isRecord(value) && typeof value['version'] === 'string' ? value['version'] : null;
  } catch {
    return null;
  }
}

/** `.env` files, files of the root that git ignores, ignore rules outside the tree, and stray files. */
async function digestLoose(question: GroundQuestion): Promise<string> {
  const { root, tracks, strays, ignoreFiles } = question;
  const names: readonly string[] = await readdir(root).catch(() => []);
  const dotenv = names.filter((name) => /^(?:\.env|\..+\.env)/.test(name));
  const untracked = rootFiles.filter((name) => names.includes(name) && !tracks(name));
  const files = [...new Set([...dotenv, ...untracked])].sort(byText);
  const texts = await Promise.all([
    ...files.map((name) => readBytes(join(root, name))),
    ...ignoreFiles.map(readBytes),
  ]);
  // Of stray files there may be many, and large ones: when they were written says enough.
  const stamps = await Promise.all(
    strays.map(async (path) => {
      const found = await stat(join(root, path), { bigint: true }).catch(() => null);
      return `${path}\0${String(found?.size)}\0${String(found?.mtimeNs)}`;
    }),
  );
  return digest([...files, ...texts, ...stamps]);
}

async function pluginsOf(nxJson: string | null, root: string): Promise<readonly string[]> {
  if (nxJson === null) return [];
  let value: unknown;
  try {
    value = readJsonc(nxJson);
  } catch {
    return ['unreadable nx.json'];
  }
  if (!isRecord(value)) return [];
  const listed = Array.isArray(value['plugins']) ? (value['plugins'] as unknown[]) : [];
  const names = listed.map((entry) => String(isRecord(entry) ? entry['plugin'] : entry));
  const extended = typeof value['extends'] === 'string' ? [value['extends']] : [];
  const named = await Promise.all(names.map((name) => localName(name, root)));
  return [...named, ...extended].sort(byText);
}

/** A plugin whose package is linked to a folder of the workspace is that folder, whatever its name. */
async function localName(plugin: string, root: string): Promise<string> {
  if (plugin.startsWith('.')) return plugin;
  const name = plugin.split('/').slice(0, plugin.startsWith('@') ? 2 : 1);
  const folder = join(root, 'node_modules', ...name);
  const real = await realpath(folder).catch(() => folder);
  const inside = relative(await realpath(root).catch(() => root), real).split(sep);
  const isLocal = inside[0] !== '..' && !inside.includes('node_modules');
  return isLocal ? `./${inside.join('/')}` : plugin;
}

async function readBytes(path: string): Promise<Buffer | null> {
  return readFile(path).catch(() => null);
}

function digest(parts: readonly (string | Buffer | null)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    hash.update(part === null ? 'none\0' : `${Buffer.byteLength(part)}\0`);
    if (part !== null) hash.update(part);
  }
  return hash.digest('hex');
}
