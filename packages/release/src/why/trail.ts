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
  const ids = new Map<RepoPath, Map<CommitId, ObjectId | null | undefined>>();
  let isOld: ReturnType<typeof releasedBefore> | null = null;
  return {
    watch(commit) {
      places.set(commit.id, places.size);
      parents.set(commit.id, commit.parents);
      const changes = commit.changes.filter(({ path }) => watches(path));
      if (changes.length === 0) return;
      commits.push({ id: commit.id, parents: commit.parents, changes, told: tell(commit) });
    },
    since(released) {
      isOld ??= releasedBefore(parents);
      const old = isOld(released);
      return commits.filter(({ id }) => !old.has(id));
    },
    idAt(commit, path) {
      let known = ids.get(path);
      if (known === undefined) ids.set(path, (known = changedIds(commits, path)));
      if (known.size === 0) return undefined;
      // Along first parents, as changes are told against these; what is found holds for the whole way.
      const way: CommitId[] = [];
      let at: CommitId | undefined = commit;
      while (at !== undefined && !known.has(at)) {
        way.push(at);
        // Marked at once: whatever a damaged history says, no commit is visited twice.
        known.set(at, undefined);
        at = parents.get(at)?.[0];
      }
      const found = at === undefined ? undefined : known.get(at);
      for (const one of way) known.set(one, found);
      return found;
    },
    order: (ids) => [...new Set(ids)].sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0)),
  };
}

/** Of a trail's commits those that are among some ids, in its order. */
export function inOrder(
  commits: readonly TrailCommit[],
  ids: ReadonlySet<CommitId>,
): readonly CommitId[] {
  return commits.flatMap(({ id }) => (ids.has(id) ? [id] : []));
}

function changedIds(
  commits: readonly TrailCommit[],
  path: RepoPath,
): Map<CommitId, ObjectId | null | undefined> {
  return new Map(
    commits.flatMap(({ id, changes }) => {
      const change = changes.find((one) => one.path === path);
      return change === undefined ? [] : [[id, change.id] as const];
    }),
  );
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
