import type { Repository } from '@lanewise/git';
import { branchRef, LanewiseError, type RefName } from '@lanewise/model';
import type { Call } from '../command.js';
import type { Workspace } from './workspace.js';

/** The branch that the configuration is trusted from: LANEWISE_CONFIG_BRANCH, else the remote's default. Throws REF_UNKNOWN. */
export async function configBranchRef(call: Call, repository: Repository): Promise<RefName> {
  const named = call.shell.environment['LANEWISE_CONFIG_BRANCH'] ?? '';
  if (named !== '') return branchRef(named.replace(/^refs\/heads\//, ''));
  const head = await repository.readHead();
  if (head !== null) return head;
  throw new LanewiseError(
    'REF_UNKNOWN',
    `${repository.name} does not say which branch is its default.`,
    { hint: 'Name the branch that holds the configuration with LANEWISE_CONFIG_BRANCH.' },
  );
}

/** Its name, for commands that only look: where it cannot be told, the branch that is checked out. */
export async function configBranchName(call: Call, workspace: Workspace): Promise<string> {
  const ref = await configBranchRef(call, workspace.repository).catch(() => null);
  return ref?.replace(/^refs\/heads\//, '') ?? workspace.checkout.branch ?? 'main';
}
