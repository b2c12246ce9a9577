import type { Repository } from '@lanewise/git';
import {
  LanewiseError,
  parseConfig,
  type CommitId,
  type Config,
  type RefName,
} from '@lanewise/model';
import type { Call } from '../command.js';
import { configBranchRef } from './config-branch.js';
import type { Workspace } from './workspace.js';
import { configPath, missingConfig } from './work-tree-config.js';

/** A configuration with the branch that it was read from. */
export interface TrustedConfig {
  readonly config: Config;
  readonly branch: RefName;
  readonly commit: CommitId;
}

/**
 * Reads the configuration from the head of the config branch: what LANEWISE_CONFIG_BRANCH names,
 * else the remote's default branch. A checked-out tag or an old commit never decides what is
 * promoted. Throws REF_UNKNOWN, CONFIG_MISSING, and what parsing throws.
 */
export async function readTrustedConfig(call: Call, workspace: Workspace): Promise<TrustedConfig> {
  const { repository } = workspace;
  const branch = await configBranchRef(call, repository);
  const { refs } = await repository.fetch({ refs: [branch], depth: 'tip' });
  const commit = refs.get(branch) as CommitId | undefined;
  if (commit === undefined) {
    throw new LanewiseError(
      'REF_UNKNOWN',
      `${repository.name} has no branch ${short(branch)}, from which the configuration is read.`,
      {
        hint: 'Push the branch, or name another with LANEWISE_CONFIG_BRANCH.',
      },
    );
  }
  const file = configPath(call.global, workspace.checkout.root);
  const text = await readText(repository, commit, file);
  if (text === null) {
    throw missingConfig(`The branch ${short(branch)} of ${repository.name} has no ${file}.`);
  }
  return { config: parseConfig(text, file), branch, commit };
}

/** A file's text at a commit; null where there is none. */
export async function readText(
  repository: Repository,
  commit: CommitId,
  file: ReturnType<typeof configPath>,
): Promise<string | null> {
  const [entry] = await repository.readEntries([{ commit, path: file }]);
  if (entry?.type !== 'blob') return null;
  const blobs = await repository.readBlobs([entry.id]);
  return new TextDecoder().decode(blobs.get(entry.id));
}

function short(ref: RefName): string {
  return ref.replace(/^refs\/heads\//, '');
}
