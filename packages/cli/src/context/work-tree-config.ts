import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import {
  LanewiseError,
  parseConfig,
  parseRepoPath,
  type Config,
  type RepoPath,
} from '@lanewise/model';
import type { Call, GlobalOptions } from '../command.js';
import { nxJsonPath, parseNxJson } from './nx-json.js';
import type { Workspace } from './workspace.js';

export const configFileName = 'lanewise.yaml';

/** Reads the configuration from the work tree. Throws CONFIG_MISSING, and what parsing throws. */
export async function readTreeConfig(
  { global, shell }: Pick<Call, 'global' | 'shell'>,
  root: string,
): Promise<Config> {
  const file = configPath(global, root);
  const nxFile = nxJsonPath(file);
  const [text, nxText] = await Promise.all([
    readIfThere(join(root, file)),
    readIfThere(join(root, nxFile)),
  ]);
  if (text === null) throw missingConfig(`${root} has no ${file}.`);
  const nxJson = await parseNxJson(nxText, nxFile);
  const config = parseConfig(text, file, nxJson);
  if (!config.asksProjects) return config;
  const { projectsInWorkTree } = await import('./nx-projects.js');
  return parseConfig(text, file, nxJson, await projectsInWorkTree(root, file, shell.environment));
}

/**
 * Reads the work tree's configuration: for commands that write nothing. Where it is not what was
 * committed it is said, as whatever writes reads the config branch.
 */
export function readConfigForLooking(call: Call, workspace: Workspace): Promise<Config> {
  let config = readOnce.get(workspace);
  if (config === undefined) readOnce.set(workspace, (config = readAndTell(call, workspace)));
  return config;
}

/** Whoever begins again is told the same, and once. */
const readOnce = new WeakMap<Workspace, Promise<Config>>();

async function readAndTell(call: Call, { checkout, repository, head }: Workspace): Promise<Config> {
  const config = await readTreeConfig(call, checkout.root);
  const [entry] = await repository
    .readEntries([{ commit: head, path: config.file as RepoPath }])
    .catch(() => []);
  const bytes = await readFile(join(checkout.root, config.file));
  if (entry?.id !== blobId(bytes, entry?.id.length === 64 ? 'sha256' : 'sha1')) {
    call.note(
      `${config.file} is not committed as it stands here: commands that write read it from the config branch.`,
    );
  }
  return config;
}

/** The id that git gives to these bytes. */
function blobId(bytes: Uint8Array, algorithm: 'sha1' | 'sha256'): string {
  return createHash(algorithm).update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Path of the configuration inside the repository. Throws CONFIG_ESCAPES_ROOT for a file outside. */
export function configPath(global: GlobalOptions, root: string): RepoPath {
  if (global.config === null) return parseRepoPath(configFileName);
  const path = relative(root, resolve(global.directory, global.config));
  if (path.startsWith('..') || isAbsolute(path)) {
    throw new LanewiseError(
      'CONFIG_ESCAPES_ROOT',
      `The file ${global.config} is outside the repository ${root}.`,
      {
        hint: 'The configuration is a file of the workspace, so that every run reads the same.',
      },
    );
  }
  return parseRepoPath(path.split('\\').join('/'));
}

/** The error for a configuration that is not where it is read. */
export function missingConfig(message: string, cause?: unknown): LanewiseError {
  return new LanewiseError('CONFIG_MISSING', message, {
    hint: "Run 'lanewise init' to write a first one by looking at the repository, or name one with --config FILE.",
    cause,
  });
}

function isMissing(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ENOENT' || error.code === 'ENOTDIR')
  );
}
