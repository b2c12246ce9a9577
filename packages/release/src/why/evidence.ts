import type { WorkspaceGraph } from '@lanewise/graph';
import type { Repository } from '@lanewise/git';
import type { CommitId, Config, RepoPath } from '@lanewise/model';
import type { TouchingCommit } from '../commits.js';
import type { Reason } from '../reason.js';

/** Where evidence is looked for. */
export interface EvidenceSources {
  readonly repository: Pick<Repository, 'readEntries' | 'readBlobs'>;
  readonly head: CommitId;
  readonly graph: WorkspaceGraph;
  readonly config: Config;
}

/** A file in which commits made a reason. */
export interface EvidenceFile {
  readonly path: RepoPath;
  readonly change: 'deleted' | 'changed';
  /** Newest first. */
  readonly commits: readonly CommitId[];
}

/** The commits that made one reason, as far as Git can tell. */
export interface FoundCommits {
  /** Newest first. */
  readonly commits: readonly CommitId[];
  /** Files that say so, where single files do. */
  readonly files: readonly EvidenceFile[];
  /** What is not known of the commits, as a sentence; null: these made it, and no others. */
  readonly unsure: string | null;
}

/** What is known of a product's reasons beyond which commits touched its inputs. */
export interface Evidence {
  readonly byReason: ReadonlyMap<Reason, FoundCommits>;
  /** Commits that are named and may have touched none of the product's inputs, newest first. */
  readonly commits: readonly TouchingCommit[];
}
