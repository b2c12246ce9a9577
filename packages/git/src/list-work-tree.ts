import { LanewiseError, redactCredentials, type RepoPath } from '@lanewise/model';
import { gitEnvironment, type Environment } from './environment.js';
import { lastWords } from './failure.js';
import { runGit } from './runner.js';

/**
 * Files of a work tree, tracked or new, without those that git ignores; a tracked file that was
 * deleted is named still. Throws GIT_FAILED.
 *
 * @param root - top of the work tree
 */
export async function listWorkTree(
  root: string,
  environment: Environment,
): Promise<readonly RepoPath[]> {
  const place = {
    directory: root,
    environment: gitEnvironment(environment),
    settings: ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'],
    now: () => performance.now(),
  };
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { code, stdout, stderr } = await runGit(place, args);
  if (code === 0) return [...new Set(stdout.toString().split('\0'))].filter(Boolean) as RepoPath[];
  throw new LanewiseError(
    'GIT_FAILED',
    `git ls-files failed in ${root}: ${redactCredentials(lastWords(stderr))}.`,
  );
}
