import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Repository } from '@lanewise/git';
import {
  LanewiseError,
  parseConfig,
  type CommitId,
  type Config,
  type RefName,
  type RepoPath,
} from '@lanewise/model';
import type { Call } from '../command.js';
import { configBranchRef } from './config-branch.js';
import { nxJsonPath, parseNxJson } from './nx-json.js';
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
  const config = await readConfigAt(repository, commit, file);
  if (config === null) {
    const message = `The branch ${short(branch)} of ${repository.name} has no ${file}.`;
    if (!existsSync(join(workspace.checkout.root, file))) throw missingConfig(message);
    throw new LanewiseError('CONFIG_MISSING', message, {
      hint: `It stands in the work tree: commit it and push it to ${short(branch)}. What writes reads it from there only, so that all runs read the same.`,
    });
  }
  return { config, branch, commit };
}

/**
 * The configuration at a commit, with what nx.json beside it adds; null where there is none. As a
 * `guess` the projects that nx.json speaks of are not looked for. Throws what parsing throws.
 */
export async function readConfigAt(
  repository: Repository,
  commit: CommitId,
  file: RepoPath,
  purpose: 'decision' | 'guess' = 'decision',
): Promise<Config | null> {
  const nxFile = nxJsonPath(file);
  const [text = null, nxText = null] = await readTexts(repository, commit, [file, nxFile]);
  if (text === null) return null;
  const nxJson = await parseNxJson(nxText, nxFile);
  const config = parseConfig(text, file, nxJson);
  if (!config.asksProjects || purpose === 'guess') return config;
  const { projectsAt } = await import('./nx-projects.js');
  return parseConfig(text, file, nxJson, await projectsAt(repository, commit, file));
}

/** Texts of files at a commit, in one look; null where there is none. */
export async function readTexts(
  repository: Repository,
  commit: CommitId,
  files: readonly RepoPath[],
): Promise<readonly (string | null)[]> {
  const entries = await repository.readEntries(files.map((path) => ({ commit, path })));
  const ids = entries.map((entry) => (entry?.type === 'blob' ? entry.id : null));
  const blobs = await repository.readBlobs(ids.filter((id) => id !== null));
  return ids.map((id) => (id === null ? null : new TextDecoder().decode(blobs.get(id))));
}

function short(ref: RefName): string {
  return ref.replace(/^refs\/heads\//, '');
}
