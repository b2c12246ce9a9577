import type { ChangedCommit, FileChange } from '@lanewise/git';
import {
  oneLine,
  type CommitId,
  type ObjectId,
  type RepoPath,
  type Timestamp,
} from '@lanewise/model';

/** What a commit did to one file that holds, or may have held, a pin. */
export interface PastStepOfFile {
  readonly path: RepoPath;
  /** null: the file was not there, or is not there any more. Links and submodules count as not there. */
  readonly before: ObjectId | null;
  readonly after: ObjectId | null;
}

/** A commit of the GitOps branch's first-parent line. */
export interface PastCommit {
  readonly id: CommitId;
  readonly parents: readonly CommitId[];
  readonly committedAt: Timestamp;
  readonly author: string;
  readonly subject: string;
  /** How many files it changed. */
  readonly changed: number;
  readonly steps: readonly PastStepOfFile[];
}

/** Collects the commits of one line out of a walk that may pass others too, newest first. */
export interface LineCollector {
  note(commit: ChangedCommit): void;
  /** The commits of the line, oldest first. */
  line(): readonly PastCommit[];
}

/** Makes a collector of the first-parent line of `tip`; `watches` tells which files matter. */
export function makeLineCollector(
  tip: CommitId,
  watches: (path: RepoPath) => boolean,
): LineCollector {
  // Clocks that went wrong may show a commit before its child: so the line is followed at the end.
  const seen = new Map<CommitId, PastCommit>();
  const paths = new Map<RepoPath, RepoPath>();
  const once = (path: RepoPath): RepoPath => {
    const known = paths.get(path);
    if (known === undefined) paths.set(path, path);
    return known ?? path;
  };
  return {
    note({ id, parents, committedAt, author, message, changes }) {
      const steps: PastStepOfFile[] = [];
      for (const change of changes)
        if (watches(change.path)) steps.push(stepOf(change, once(change.path)));
      const speaks = steps.length > 0 || changes.length === 0;
      seen.set(id, {
        id,
        parents,
        committedAt,
        author: speaks ? oneLine(author.name) : '',
        subject: speaks ? oneLine(message.split('\n', 1)[0] ?? '').slice(0, 200) : '',
        changed: changes.length,
        steps,
      });
    },
    line() {
      const line: PastCommit[] = [];
      let next: CommitId | undefined = tip;
      while (next !== undefined) {
        const commit: PastCommit | undefined = seen.get(next);
        if (commit === undefined) break;
        seen.delete(next);
        line.push(commit);
        next = commit.parents[0];
      }
      return line.reverse();
    },
  };
}

function stepOf({ id, mode, before }: FileChange, path: RepoPath): PastStepOfFile {
  return { path, before: plain(before ?? null), after: plain({ id, mode }) };
}

function plain(entry: { readonly id: ObjectId | null; readonly mode: string | null } | null) {
  return entry?.mode === '100644' || entry?.mode === '100755' ? entry.id : null;
}
