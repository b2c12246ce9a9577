import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { LanewiseError, redactCredentials, type RepoPath } from '@lanewise/model';
import { isRecord } from '../canonical.js';
import { readJsonc } from '../config-files/jsonc.js';
import { withLinkedFolders } from '../linked-folders.js';
import { lockfileNames } from '../lockfiles/lockfile.js';
import { manifestsIn } from '../read-manifest.js';
import type { WorkspaceGraph } from '../workspace-graph.js';
import { graphFromNx } from './graph-from-nx.js';
import { runChild, type ChildOptions, type ChildOutcome } from './run-child.js';

/** What Nx answered, before it is understood: plain data that can be kept. */
export interface NxAnswer {
  readonly graph: unknown;
  readonly nxJson: unknown;
  readonly nxVersion: string | null;
  readonly lockfile: RepoPath | null;
}

/**
 * Asks the workspace's own Nx for the project graph, in a process of its own: its `@nx/devkit` by
 * public API, or, where only `nx` is installed, `nx graph --file`. `environment` is what the user's Nx would see: `NX_DAEMON` and the like.
 *
 * Throws NX_MISSING where the workspace has no Nx installed, GRAPH_FAILED with Nx's own words
 * where it fails or takes longer than `timeoutMs`. `onVersion` is told which Nx answered.
 */
export async function loadNxGraph(
  options: ChildOptions,
  onVersion: (version: string) => void = () => undefined,
): Promise<WorkspaceGraph> {
  const answer = await askNx(options);
  if (answer.nxVersion !== null) onVersion(answer.nxVersion);
  const graph = graphFromNx(answer.graph, answer.nxJson, { lockfile: answer.lockfile });
  return withLinkedFolders(graph, manifestsIn(resolve(options.root)));
}

/** As `loadNxGraph`, but gives Nx's answer as data. */
export async function askNx(options: ChildOptions): Promise<NxAnswer> {
  const root = resolve(options.root);
  const answer = readAnswer(await runChild({ ...options, root }), options);
  const nxJson = answer.nxJson ?? readNxJson(root);
  return { ...answer, nxJson, lockfile: findLockfile(root) };
}

function readAnswer(outcome: ChildOutcome, options: ChildOptions): Omit<NxAnswer, 'lockfile'> {
  if (outcome.kind === 'timeout') throw tooSlow(outcome.output, options);
  if (outcome.kind === 'silent') throw failed(`Nx ended with ${outcome.exit}.`, outcome.output);
  const answer = JSON.parse(outcome.text) as unknown;
  if (!isRecord(answer)) throw failed('Nx gave no graph.', '');
  if (answer['kind'] === 'missing') throw missing(options.root);
  const nxVersion = textOrNull(answer['nxVersion']);
  if (answer['kind'] === 'failed') {
    const versions = { nx: nxVersion, typescript: textOrNull(answer['typescript']) };
    throw failed('Nx could not compute it.', String(answer['message']), versions);
  }
  return { graph: answer['graph'], nxJson: answer['nxJson'], nxVersion };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** nx.json with the preset that it extends, where Nx itself did not hand it over. */
function readNxJson(root: string): unknown {
  const own = readJsonFile(join(root, 'nx.json'));
  const preset = isRecord(own) ? own['extends'] : undefined;
  if (!isRecord(own) || typeof preset !== 'string') return own;
  const base = readJsonFile(createRequire(join(root, 'package.json')).resolve(preset));
  return { ...(isRecord(base) ? base : {}), ...own };
}

function readJsonFile(path: string): unknown {
  return existsSync(path) ? readJsonc(readFileSync(path, 'utf8')) : {};
}

/** The root's lockfile, in the order in which Nx looks for the package manager. */
function findLockfile(root: string): RepoPath | null {
  return (lockfileNames.find((name) => existsSync(join(root, name))) ?? null) as RepoPath | null;
}

function missing(root: string): LanewiseError {
  const [, install = 'npm ci'] = installs.find(([name]) => name === findLockfile(root)) ?? [];
  return new LanewiseError(
    'NX_MISSING',
    `The workspace has an nx.json, but neither @nx/devkit nor nx is installed in ${resolve(root)}, so its project graph cannot be read.`,
    {
      hint: `Install the workspace's packages: '${install}'. Where that cannot be done, a graph saved elsewhere can be given with '--graph graph.json'; a workspace without nx.json declares its 'projects' in lanewise.yaml.`,
    },
  );
}

/** How the package manager of a lockfile installs just what is locked. */
const installs: readonly (readonly [lockfile: string, command: string])[] = [
  ['pnpm-lock.yaml', 'pnpm install --frozen-lockfile'],
  ['yarn.lock', 'yarn install'],
  ['bun.lock', 'bun install --frozen-lockfile'],
  ['bun.lockb', 'bun install --frozen-lockfile'],
];

function tooSlow(output: string, { timeoutMs }: ChildOptions): LanewiseError {
  const seconds = Math.round(timeoutMs / 1000);
  return new LanewiseError(
    'GRAPH_FAILED',
    `Nx did not give the project graph within ${seconds} s.${said(output)}`,
    {
      hint: "Try 'NX_DAEMON=false npx nx graph --file=graph.json'; 'npx nx reset' ends a daemon that hangs. LANEWISE_NX_TIMEOUT=600 waits longer (in seconds), and a saved graph can be given with --graph graph.json.",
    },
  );
}

/** Major versions of Nx that Lanewise is tested with. */
export const testedNx = { from: 22, to: 24 } as const;

/** Whether Lanewise is tested with a version of Nx; one that cannot be told counts as tested. */
export function isTestedNx(version: string | null): boolean {
  const major = Number.parseInt(version ?? '', 10);
  return Number.isNaN(major) || (major >= testedNx.from && major <= testedNx.to);
}

interface Installed {
  readonly nx: string | null;
  readonly typescript: string | null;
}

function failed(
  what: string,
  output: string,
  installed: Installed = { nx: null, typescript: null },
): LanewiseError {
  const words = said(output);
  return new LanewiseError('GRAPH_FAILED', `The project graph could not be read. ${what}${words}`, {
    hint: wayOut(words, installed),
  });
}

/** What to do next, by what is installed and what Nx said. */
function wayOut(words: string, { nx, typescript }: Installed): string {
  const saved = "A graph saved elsewhere can be given with '--graph graph.json'.";
  const lacksApi = /\bts\w*\.\w+ is not a function|reading '(?:sys|readConfigFile|fileExists)'/i;
  if (
    Number.parseInt(typescript ?? '', 10) >= 7 &&
    (lacksApi.test(words) || /typescript/i.test(words))
  )
    return `TypeScript ${typescript ?? ''} is installed, which has no functions for other programs, and Nx ${nx ?? ''} calls them. Keep TypeScript 5.9 under its own name for Nx and put the new one beside it: npm install -D typescript@5.9 typescript-7@npm:typescript@${typescript ?? '7'}. ${saved}`;
  if (!isTestedNx(nx))
    return `Nx ${nx ?? ''} is installed; Lanewise is tested with Nx ${testedNx.from} to ${testedNx.to}. ${saved}`;
  if (/multiple locations|same name/i.test(words))
    return "Give each project a name of its own: 'name' in its project.json or package.json.";
  const [, plugin] = /the "([^"\s]+)" plugin threw/i.exec(words) ?? [];
  if (plugin !== undefined)
    return `Mend the plugin ${plugin}, or take it out of 'plugins' in nx.json: 'NX_DAEMON=false npx nx graph --file=graph.json --verbose' shows where it throws. ${saved}`;
  if (/typescript/i.test(words) || lacksApi.test(words))
    return "Nx reads the workspace with its own TypeScript: check with 'npx tsc --version' that Nx supports that version, then run 'npx nx reset'.";
  return "Run 'NX_DAEMON=false npx nx graph --file=graph.json' to see it alone, or 'npx nx reset' where a cache is broken.";
}

/** What Nx said, without colours, stack frames and credentials. */
function said(output: string): string {
  const lines = output
    // eslint-disable-next-line no-control-regex -- terminal sequences are what is removed
    .replace(/\u001b\[[0-9;]*[A-Za-z]/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^at .*[:(]/.test(line));
  const text = redactCredentials([...new Set(lines)].slice(0, 20).join(' '));
  return text === '' ? '' : ` Nx said: ${text.slice(0, 1500)}`;
}
