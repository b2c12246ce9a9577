import { LanewiseError, show, type CommitId } from '@lanewise/model';
import { lastWords } from './failure.js';
import { runGit, type GitPlace } from './runner.js';

/** Two commits that are compared, as a person named them. */
export interface CommitRange {
  /** Where the two histories part: the later of the commits that both contain; `base` itself where there is none. */
  readonly from: CommitId;
  readonly to: CommitId;
}

/**
 * Finds the commits between which something changed, as `git diff base...head` does: what happened
 * on the base's side alone is left out. Revisions are anything that git understands, and are never
 * read as options. Throws REF_UNKNOWN.
 */
export async function findRange(place: GitPlace, base: string, head: string): Promise<CommitRange> {
  const [from, to] = await Promise.all([findCommit(place, base), findCommit(place, head)]);
  const common = await runGit(place, ['merge-base', from, to]);
  const id = common.stdout.toString().trim();
  return { from: common.code === 0 && id !== '' ? (id as CommitId) : from, to };
}

async function findCommit(place: GitPlace, revision: string): Promise<CommitId> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  const { code, stdout, stderr } = await runGit(place, args);
  const id = stdout.toString().trim();
  if (code === 0 && /^[0-9a-f]{40,64}$/.test(id)) return id as CommitId;
  const words = lastWords(stderr);
  throw new LanewiseError(
    'REF_UNKNOWN',
    `The clone has no commit ${show(revision)}${words === '' ? '' : ` (${words})`}.`,
    {
      hint: `Name a branch, a tag or a commit. In CI the clone may hold one commit only: fetch more first (git fetch origin ${/^[\w./-]+$/.test(revision) ? revision : 'BRANCH'}, or fetch-depth: 0).`,
    },
  );
}
