import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { byText, sha256, type ObjectId } from '@lanewise/model';
import { isRecord } from '../canonical.js';
import { readJsonc } from '../config-files/jsonc.js';

/** All that Nx's answer depends on, as far as it can be seen without asking Nx. */
export interface GraphGround {
  /** HEAD's tree; null: there is no commit yet. */
  readonly tree: ObjectId | null;
  /** Whether the work tree holds exactly that tree: nothing changed, staged or untracked. */
  readonly clean: boolean;
  readonly nxVersion: string | null;
  /** Digest of the file in which the package manager keeps what it installed; null: no such file. */
  readonly installed: string | null;
  /** Variables that Nx and its plugins read. */
  readonly environment: Readonly<Record<string, string>>;
  /** Digest of the `.env` files in the root, which are mostly not tracked. */
  readonly envFiles: string;
  readonly node: string;
  readonly platform: string;
  /** Plugins that nx.json names. */
  readonly plugins: readonly string[];
  /** What the configuration gives to vouch for plugins that are not known. */
  readonly vouched: string | null;
}

export interface GroundQuestion {
  readonly root: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly tree: ObjectId | null;
  readonly clean: boolean;
  readonly vouched: string | null;
  readonly node: string;
  readonly platform: string;
}

/** Where npm, pnpm, Yarn and bun write down what they installed. */
const stateFiles = [
  'node_modules/.package-lock.json',
  'node_modules/.modules.yaml',
  'node_modules/.yarn-integrity',
  'node_modules/.yarn-state.yml',
  '.pnp.cjs',
  'bun.lockb',
] as const;

const read = new Set(['NODE_ENV', 'NODE_OPTIONS', 'NODE_PATH', 'CI', 'TS_NODE_PROJECT']);

/** Reads the ground of a workspace's graph: a few small files, no Nx. */
export async function readGraphGround(question: GroundQuestion): Promise<GraphGround> {
  const { root, environment, node, ...rest } = question;
  const states = await Promise.all(stateFiles.map((file) => readText(join(root, file))));
  return {
    ...rest,
    nxVersion: await installedNx(root),
    installed: states.every((state) => state === null) ? null : digest(states),
    environment: variablesOf(environment),
    envFiles: await envFiles(root),
    node: node.replace(/^v?(\d+).*$/, '$1'),
    plugins: pluginsOf(await readText(join(root, 'nx.json'))),
  };
}

async function installedNx(root: string): Promise<string | null> {
  try {
    const path = createRequire(join(root, 'package.json')).resolve('nx/package.json');
    const value = JSON.parse((await readText(path)) ?? '{}') as unknown;
    return isRecord(value) && typeof value['version'] === 'string' ? value['version'] : null;
  } catch {
    return null;
  }
}

function variablesOf(environment: GroundQuestion['environment']): Record<string, string> {
  const entries = Object.entries(environment).filter(
    ([name]) => name.startsWith('NX_') || read.has(name),
  );
  const known = entries.filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(known.sort(([a], [b]) => byText(a, b)));
}

async function envFiles(root: string): Promise<string> {
  const names = (await readdir(root).catch(() => []))
    .filter((name) => /^(?:\.env|\..+\.env)/.test(name))
    .sort(byText);
  const texts = await Promise.all(names.map((name) => readText(join(root, name))));
  return digest(names.flatMap((name, number) => [name, texts[number] ?? null]));
}

function pluginsOf(nxJson: string | null): string[] {
  if (nxJson === null) return [];
  try {
    const value = readJsonc(nxJson);
    const plugins =
      isRecord(value) && Array.isArray(value['plugins']) ? (value['plugins'] as unknown[]) : [];
    const extended =
      isRecord(value) && typeof value['extends'] === 'string' ? [value['extends']] : [];
    const names = plugins.map((entry) => String(isRecord(entry) ? entry['plugin'] : entry));
    return [...names, ...extended].sort(byText);
  } catch {
    return ['unreadable nx.json'];
  }
}

async function readText(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}

function digest(texts: readonly (string | null)[]): string {
  return sha256(JSON.stringify(texts));
}
