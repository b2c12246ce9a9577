import type { ChangedCommit, Repository } from '@lanewise/git';
import type { PastInputs } from '@lanewise/release';
import type { CommitId } from '@lanewise/model';
import type { CommitIndex } from './commit-index.js';
import type { LineCollector } from './past-line.js';

export interface Walks {
  readonly gitops: Pick<Repository, 'readHistory'>;
  readonly tip: CommitId;
  /** The same object as `gitops` where one repository is both. */
  readonly workspace: Pick<Repository, 'readHistory'>;
  /** Commits of the workspace from which its history is walked; the first is the main one. */
  readonly heads: readonly CommitId[];
  readonly collector: LineCollector;
  /** Called for each commit of the GitOps branch's walk. */
  readonly seen: (commit: ChangedCommit) => Promise<void> | void;
  readonly index: CommitIndex;
  readonly inputs: PastInputs | null;
}

/**
 * Walks each repository once: one that is both gives everything in the same pass. In a GitOps
 * repository of its own only the first-parent line is walked; in a workspace every commit, as tags
 * of images name commits of merged branches too.
 */
export async function walkPast(walks: Walks): Promise<void> {
  const { gitops, workspace, tip, heads } = walks;
  const noteSource = (commit: ChangedCommit): void => {
    walks.index.note(commit);
    walks.inputs?.note(commit);
  };
  const noteManifests = async (commit: ChangedCommit): Promise<void> => {
    walks.collector.note(commit);
    await walks.seen(commit);
  };
  if (gitops === workspace) {
    const alsoFrom = heads.filter((head) => head !== tip);
    const walk = { tip, alsoFrom, firstParent: false, before: true };
    for await (const commit of gitops.readHistory(walk)) {
      noteSource(commit);
      await noteManifests(commit);
    }
    return;
  }
  const walkSources = async (): Promise<void> => {
    const [head, ...alsoFrom] = heads;
    if (head === undefined) return;
    const walk = { tip: head, alsoFrom, firstParent: false, before: walks.inputs !== null };
    for await (const commit of workspace.readHistory(walk)) noteSource(commit);
  };
  const walkManifests = async (): Promise<void> => {
    for await (const commit of gitops.readHistory({ tip, firstParent: true, before: true }))
      await noteManifests(commit);
  };
  await Promise.all([walkSources(), walkManifests()]);
}
