import type { ChangedCommit, FileChange } from '@lanewise/git';
import type { CommitId, ObjectId, RepoPath } from '@lanewise/model';
import type { TouchingCommit } from '../commits.js';
import { releasedBefore } from '../touching.js';

/** A commit since the oldest base, as far as explanations look at it. */
export interface TrailCommit {
  readonly id: CommitId;
  readonly parents: readonly CommitId[];
  /** Changes of watched files, with what stood there before. */
  readonly changes: readonly FileChange[];
  /** As explanations tell of it. */
  readonly told: TouchingCommit;
}

/** What a walk of history leaves for explanations: which commits changed which of the watched files. */
export interface Trail {
  watch(this: void, commit: ChangedCommit): void;
  /** Commits that changed watched files and that nothing released contains, newest first. */
  since(released: readonly CommitId[]): readonly TrailCommit[];
  /** What stood at a watched path at a commit; undefined: the walk does not tell. */
  idAt(commit: CommitId, path: RepoPath): ObjectId | null | undefined;
  /** Sorts commits as the walk saw them, newest first. */
  order(ids: Iterable<CommitId>): readonly CommitId[];
}

/** Makes an empty trail for one walk; `watches` chooses files. */
export function makeTrail(watches: (path: RepoPath) => boolean): Trail {
  const commits: TrailCommit[] = [];
  const parents = new Map<CommitId, readonly CommitId[]>();
  const places = new Map<CommitId, number>();
  const byId = new Map<CommitId, TrailCommit>();
  let isOld: ReturnType<typeof releasedBefore> | null = null;
  return {
    watch(commit) {
      places.set(commit.id, places.size);
      parents.set(commit.id, commit.parents);
      const changes = commit.changes.filter(({ path }) => watches(path));
      if (changes.length === 0) return;
      const kept = { id: commit.id, parents: commit.parents, changes, told: tell(commit) };
      commits.push(kept);
      byId.set(commit.id, kept);
    },
    since(released) {
      isOld ??= releasedBefore(parents);
      const old = isOld(released);
      return commits.filter(({ id }) => !old.has(id));
    },
    idAt(commit, path) {
      let at: CommitId | undefined = commit;
      // Along first parents, as changes are told against these.
      for (
        let steps = 0;
        at !== undefined && parents.has(at) && steps <= parents.size;
        steps += 1
      ) {
        const change = byId.get(at)?.changes.find((one) => one.path === path);
        if (change !== undefined) return change.id;
        at = parents.get(at)?.[0];
      }
      return undefined;
    },
    order: (ids) => [...new Set(ids)].sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0)),
  };
}

function tell({
  id,
  message,
  parents,
  author,
  authoredAt,
  changes,
}: ChangedCommit): TouchingCommit {
  const paths = changes.map(({ path }) => path);
  return {
    ...{ id, message, merge: parents.length > 1, dependency: true },
    origin: { author, authoredAt, projects: new Set(), paths },
  };
}
