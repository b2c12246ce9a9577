import type { RefSnapshot, Repository } from '@lanewise/git';
import { LanewiseError, type CommitId, type RefName } from '@lanewise/model';

/** Head of the GitOps branch as it was fetched. Throws REF_UNKNOWN where the branch is not there. */
export function requireTip(
  { refs }: RefSnapshot,
  branch: RefName,
  { name }: Pick<Repository, 'name'>,
): CommitId {
  const tip = refs.get(branch);
  if (tip !== undefined) return tip as CommitId;
  const short = branch.replace('refs/heads/', '');
  throw new LanewiseError(
    'REF_UNKNOWN',
    `The GitOps repository ${name} has no branch '${short}'.`,
    {
      hint: `Push a first commit to it, or say in gitops.branch which one Argo CD or Flux follow.`,
    },
  );
}
