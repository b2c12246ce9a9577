import { simpleGit } from 'simple-git';
import { LanewiseError } from '@lanewise/model';
import type { GitPlace } from './runner.js';

export interface OrdinaryResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * simple-git refuses settings, options and variables through which text from outside could run a
 * program. Here every argument is made by this package and every name in it was validated, and
 * the environment and its configuration are the user's own, which git must see whole. So each
 * guard is opened by name, and only here.
 */
const guards = {
  allowUnsafeAlias: true,
  allowUnsafeAskPass: true,
  allowUnsafeCommandBinaries: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeDiffExternal: true,
  allowUnsafeDiffTextConv: true,
  allowUnsafeEditor: true,
  allowUnsafeExec: true,
  allowUnsafeFilter: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeGitProxy: true,
  allowUnsafeGpgProgram: true,
  allowUnsafeHooksPath: true,
  allowUnsafeInclude: true,
  allowUnsafeMergeDriver: true,
  allowUnsafePack: true,
  allowUnsafePager: true,
  allowUnsafeProtocolOverride: true,
  allowUnsafeSshCommand: true,
  allowUnsafeSubmodule: true,
  allowUnsafeTemplateDir: true,
  allowUnsafeUrlRewrite: true,
} as const;

/**
 * Runs one ordinary git command (init, config, fetch, ls-remote, push, status) by simple-git and
 * gives its exit code and words; only a git that cannot be started throws (GIT_FAILED).
 *
 * simple-git waits 50 ms after a command that printed nothing, so commands are asked to say
 * something rather than to be quiet.
 */
export async function runOrdinary(
  place: GitPlace,
  args: readonly string[],
): Promise<OrdinaryResult> {
  const began = place.now();
  const environment = Object.fromEntries(
    Object.entries(place.environment).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
  let result: OrdinaryResult | undefined;
  try {
    const git = simpleGit({
      baseDir: place.directory,
      trimmed: false,
      completion: { onClose: true, onExit: false },
      allowEnvironment: Object.keys(environment),
      unsafe: guards,
      errors: (error, ended) => {
        const stdout = Buffer.concat(ended.stdOut).toString();
        const stderr = Buffer.concat(ended.stdErr).toString();
        result = { code: ended.exitCode, stdout, stderr };
        return ended.exitCode === -1 || ended.exitCode === -2 ? error : undefined;
      },
    }).env(environment);
    const stdout = await git.raw([...place.settings, ...args]);
    result ??= { code: 0, stdout, stderr: '' };
  } catch (cause) {
    throw new LanewiseError(
      'GIT_FAILED',
      `git ${args[0] ?? ''} could not be run: ${(cause as Error).message.trim()}.`,
      {
        hint: 'Install git 2.39 or newer, and see that it is on the PATH.',
        cause,
      },
    );
  }
  place.onCommand?.({ args, milliseconds: place.now() - began, code: result.code });
  return result;
}
