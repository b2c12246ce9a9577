import type { CommitId } from '@lanewise/model';

/**
 * Which of a set of commits contain which: a plain value, so that decisions need no repository.
 * `parents` holds the commits of the set's history, as far as it matters for the set.
 */
export interface Ancestry {
  /** Whether `older` is an ancestor of `newer`, or the same commit. Unknown commits contain only themselves. */
  contains(newer: CommitId, older: CommitId): boolean;
}

/** Makes an ancestry from each commit's parents. Answers are kept, so asking again is cheap. */
export function makeAncestry(parents: ReadonlyMap<CommitId, readonly CommitId[]>): Ancestry {
  const reachable = new Map<CommitId, ReadonlySet<CommitId>>();
  return {
    contains(newer, older) {
      if (newer === older) return true;
      let known = reachable.get(newer);
      if (known === undefined) {
        known = walk(parents, newer);
        reachable.set(newer, known);
      }
      return known.has(older);
    },
  };
}

function walk(
  parents: ReadonlyMap<CommitId, readonly CommitId[]>,
  from: CommitId,
): ReadonlySet<CommitId> {
  const seen = new Set<CommitId>();
  const open = [from];
  for (let commit = open.pop(); commit !== undefined; commit = open.pop()) {
    if (seen.has(commit)) continue;
    seen.add(commit);
    open.push(...(parents.get(commit) ?? []));
  }
  return seen;
}
