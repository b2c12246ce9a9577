import type { Repository } from '@lanewise/git';
import { branchRef, isLanewiseError, type CommitId, type Config } from '@lanewise/model';
import { releaseRefs } from '@lanewise/release';
import type { Call } from '../command.js';
import { configPath } from './work-tree-config.js';
import { readConfigAt } from './trusted-config.js';
import { quietly } from '../quietly.js';
import type { Workspace } from './workspace.js';

/**
 * Begins to fetch both repositories at once, by what the last run saw: which branch holds the
 * configuration, and what it said of the GitOps repository. Whoever needs the same afterwards finds
 * it under way; where the guess is wrong, what is right is fetched as if there had been none. A
 * round trip to each remote is saved, and nothing is decided here. `andRead` reads what will be asked
 * of the GitOps repository, beside what is fetched of the workspace. `pins-first` is for who gives
 * numbers by what pins hold: a release that is landed meanwhile must not show there before its tag.
 * `known` is the configuration, for whoever has it already.
 */
export async function lookAhead(
  call: Call,
  workspace: Workspace,
  refsFor: (config: Config, branch: string) => readonly string[],
  {
    andRead = () => Promise.resolve(),
    order = 'at-once',
    known,
  }: {
    readonly known?: Config;
    readonly andRead?: (gitops: Repository, config: Config) => Promise<unknown>;
    readonly order?: 'at-once' | 'pins-first';
  } = {},
): Promise<void> {
  const { repository } = workspace;
  const branch = repository.rememberedHead;
  if (branch === null || call.shell.environment['LANEWISE_CONFIG_BRANCH']) return;
  const config = known ?? (await rememberedConfig(call, workspace, branch));
  if (config === null) return;
  const gitops = await workspace.openGitops(config);
  const deploys = branchRef(config.gitops.branch);
  const refs = [branch, ...refsFor(config, branch.replace(/^refs\/heads\//, ''))];
  if (gitops === repository) refs.push(deploys);
  else {
    const pins = quietly(gitops.fetch({ refs: [deploys], depth: 'tip' }));
    if (order === 'pins-first') await pins;
  }
  void quietly(repository.fetch({ refs: [...new Set(refs)], depth: 'history' }));
  void quietly(andRead(gitops, config));
  // Behind the fetch, which may have asked for it already.
  void quietly(repository.readHead());
}

/** What is asked of the remote for releases of all products: every tag, reservation and release branch. */
export function everyReleaseRef(config: Config, branch: string): readonly string[] {
  return ['refs/tags/', ...releaseRefs([], config, branch)];
}

/** The configuration as it was when the mirror last saw it; null where it was never seen, or is no good now. */
async function rememberedConfig(
  call: Call,
  { repository, checkout }: Workspace,
  branch: NonNullable<Repository['rememberedHead']>,
): Promise<Config | null> {
  try {
    const { refs } = await repository.remembered([branch]);
    const commit = refs.get(branch) as CommitId | undefined;
    if (commit === undefined) return null;
    const file = configPath(call.global, checkout.root);
    return await readConfigAt(repository, commit, file, 'guess');
  } catch (error) {
    if (isLanewiseError(error)) return null;
    throw error;
  }
}
