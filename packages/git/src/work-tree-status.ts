import { resolve } from 'node:path';
import { LanewiseError, redactCredentials, type CommitId, type RepoPath } from '@lanewise/model';
import { gitEnvironment, type Environment } from './environment.js';
import { lastWords } from './failure.js';
import { runGit, type GitCommand, type GitPlace } from './runner.js';

/** Paths of a work tree that differ from HEAD, each list in git's order. */
export interface WorkTreeStatus {
  /** HEAD as the status saw it; null where there is no commit. */
  readonly head: CommitId | null;
  /** In the index, differing from HEAD. */
  readonly staged: readonly RepoPath[];
  /** In the work tree, differing from the index; conflicts too. */
  readonly changed: readonly RepoPath[];
  readonly untracked: readonly RepoPath[];
}

/** How git is run in the user's clone. */
export interface PlaceOptions {
  readonly environment: Environment;
  readonly onCommand?: ((command: GitCommand) => void) | undefined;
  readonly now?: () => number;
}

/** A directory of the user's clone, with nothing of it that could start a program. */
export function checkoutPlace(directory: string, options: PlaceOptions): GitPlace {
  return {
    directory: resolve(directory),
    environment: gitEnvironment(options.environment),
    settings: ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'],
    onCommand: options.onCommand,
    now: options.now ?? (() => performance.now()),
  };
}

/**
 * Begins to look at the work tree around a directory, for whoever opens the clone later
 * (`CheckoutOptions.status`): git takes a tenth of a second for 50,000 files. A failure shows there.
 */
export function beginStatus(directory: string, options: PlaceOptions): Promise<WorkTreeStatus> {
  const status = readStatus(checkoutPlace(directory, options));
  status.catch(() => undefined);
  return status;
}

/** Reads the status of the work tree around a place. Throws GIT_FAILED. */
export async function readStatus(place: GitPlace): Promise<WorkTreeStatus> {
  const result = await runGit(place, [
    'status',
    '--porcelain=v2',
    '-z',
    '--untracked-files=all',
    '--no-renames',
    '--ignore-submodules=dirty',
    '--branch',
  ]);
  if (result.code !== 0) {
    throw new LanewiseError(
      'GIT_FAILED',
      `git status failed in ${place.directory}: ${redactCredentials(lastWords(result.stderr))}.`,
    );
  }
  return parseStatus(result.stdout.toString());
}

/** Parses `git status --porcelain=v2 -z` without renames (git-status(1)). */
export function parseStatus(text: string): WorkTreeStatus {
  const staged: RepoPath[] = [];
  const changed: RepoPath[] = [];
  const untracked: RepoPath[] = [];
  const id = /^# branch\.oid ([0-9a-f]{40,64})$/.exec(text.slice(0, text.indexOf('\0')))?.[1];
  for (const line of text.split('\0')) {
    const [kind, states = '..'] = line.split(' ', 2);
    if (kind === '?') untracked.push(line.slice(2) as RepoPath);
    if (kind === 'u') changed.push(afterFields(line, 10));
    if (kind !== '1') continue;
    if (states[0] !== '.') staged.push(afterFields(line, 8));
    if (states[1] !== '.') changed.push(afterFields(line, 8));
  }
  return { head: (id as CommitId | undefined) ?? null, staged, changed, untracked };
}

function afterFields(line: string, count: number): RepoPath {
  let at = 0;
  for (let index = 0; index < count; index += 1) at = line.indexOf(' ', at) + 1;
  return line.slice(at) as RepoPath;
}
