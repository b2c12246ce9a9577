import { logger, type Tree } from '@nx/devkit';
import { spawnSync } from 'node:child_process';
import { value } from '../executors/command-line.js';
import { findCommand } from '../executors/find-command.js';

export interface ProposedFile {
  readonly file: string;
  readonly text: string;
}

interface Proposal {
  readonly gitops?: string;
  readonly branch?: string;
  readonly environments?: readonly string[];
  readonly ci?: string;
}

interface Answer {
  readonly files?: readonly (ProposedFile & { readonly outcome: string })[];
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly hint: string | null;
  };
}

/**
 * The files that `lanewise init` would write and that are not there. The command looks at the disk
 * and writes nothing itself, so that a dry run of the generator is one. Throws what the command says.
 */
export function proposeConfig(tree: Tree, options: Proposal): readonly ProposedFile[] {
  if (tree.exists('lanewise.yaml') && options.ci === undefined) return [];
  const answer = ask(tree.root, [
    ...['init', '--dry-run', '--yes', '--json'],
    ...value('gitops', options.gitops),
    ...value('branch', options.branch),
    ...value('environments', options.environments?.join(',')),
    ...value('ci', options.ci),
  ]);
  if (answer.error?.code === 'NOT_A_REPOSITORY') {
    const again = "After 'git init' and a first commit, run 'nx g @lanewise/nx:init' again.";
    logger.warn(`lanewise.yaml was not written: ${answer.error.message} ${again}`);
    return [];
  }
  if (answer.error !== undefined)
    throw new Error(`${answer.error.message} ${answer.error.hint ?? ''}`.trim());
  return (answer.files ?? []).filter(({ file }) => !tree.exists(file));
}

function ask(root: string, args: readonly string[]): Answer {
  const { stdout, stderr, error } = spawnSync(process.execPath, [findCommand(root), ...args], {
    cwd: root,
    encoding: 'utf8',
    windowsHide: true,
    maxBuffer: 256 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  try {
    return JSON.parse(stdout) as Answer;
  } catch {
    throw new Error(`'lanewise ${args.join(' ')}' gave no answer. ${stderr}`.trim());
  }
}
