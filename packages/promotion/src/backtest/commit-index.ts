import type { CommitId, Timestamp } from '@lanewise/model';

/** The commits of a history with their dates and parents, and which contains which. */
export interface CommitIndex {
  note(commit: {
    readonly id: CommitId;
    readonly parents: readonly CommitId[];
    readonly committedAt: Timestamp;
  }): void;
  readonly dates: ReadonlyMap<CommitId, Timestamp>;
  /** Whether one commit is an ancestor of another, or the same; false for what was not noted. */
  contains(newer: CommitId, older: CommitId): boolean;
}

/**
 * Makes an empty index. Containment is asked for tens of thousands of pairs that are near each other:
 * each commit's distance from the roots ends the search early, so a step forward costs next to nothing.
 */
export function makeCommitIndex(): CommitIndex {
  const dates = new Map<CommitId, Timestamp>();
  const numbers = new Map<CommitId, number>();
  const parentIds: (readonly CommitId[])[] = [];
  let known: {
    readonly parents: readonly (readonly number[])[];
    readonly depths: Int32Array;
    /** The last question that came by a commit. */
    readonly seen: Int32Array;
  } | null = null;
  let question = 0;
  const know = (): NonNullable<typeof known> => {
    const parents = parentIds.map((ids) => ids.flatMap((id) => numbers.get(id) ?? []));
    return { parents, depths: measureDepths(parents), seen: new Int32Array(parents.length) };
  };
  return {
    dates,
    note({ id, parents, committedAt }) {
      if (numbers.has(id)) return;
      numbers.set(id, parentIds.length);
      parentIds.push(parents);
      dates.set(id, committedAt);
      known = null;
    },
    contains(newer, older) {
      if (newer === older) return true;
      const [from, to] = [numbers.get(newer), numbers.get(older)];
      if (from === undefined || to === undefined) return false;
      const { parents, depths, seen } = (known ??= know());
      const floor = depths[to] ?? 0;
      if ((depths[from] ?? 0) <= floor) return false;
      question += 1;
      const open = [from];
      for (let number = open.pop(); number !== undefined; number = open.pop()) {
        if (number === to) return true;
        for (const parent of parents[number] ?? []) {
          if (seen[parent] === question || (depths[parent] ?? 0) < floor) continue;
          seen[parent] = question;
          open.push(parent);
        }
      }
      return false;
    },
  };
}

/** For each commit the length of the longest way to a root: an ancestor's is always smaller. */
function measureDepths(all: readonly (readonly number[])[]): Int32Array {
  const depths = new Int32Array(all.length);
  for (let start = 0; start < all.length; start += 1) {
    const open = [start];
    while (open.length > 0) {
      const number = open.at(-1) ?? 0;
      if ((depths[number] ?? 0) > 0) {
        open.pop();
        continue;
      }
      const parents = all[number] ?? [];
      const waiting = parents.filter((parent) => depths[parent] === 0);
      if (waiting.length > 0) open.push(...waiting);
      else {
        depths[number] = 1 + Math.max(0, ...parents.map((parent) => depths[parent] ?? 0));
        open.pop();
      }
    }
  }
  return depths;
}
