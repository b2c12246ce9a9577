import type { CommitId } from '@lanewise/model';

/**
 * Which of a set of commits contain which: a plain value, so that decisions need no repository.
 * `parents` holds the commits of the set's history, as far as it matters for the set.
 */
export interface Ancestry {
  /** Whether `older` is an ancestor of `newer`, or the same commit. Unknown commits contain only themselves. */
  contains(newer: CommitId, older: CommitId): boolean;
}

/**
 * Makes an ancestry from each commit's parents. Answers are kept, so asking again is cheap: a byte for
 * each commit and each newer one that was asked of, as there may be hundreds of them over long histories.
 */
export function makeAncestry(parents: ReadonlyMap<CommitId, readonly CommitId[]>): Ancestry {
  const reachable = new Map<CommitId, Uint8Array>();
  let graph: NumberedGraph | undefined;
  return {
    contains(newer, older) {
      if (newer === older) return true;
      graph ??= numberCommits(parents);
      const to = graph.numbers.get(older);
      let known = reachable.get(newer);
      if (known === undefined) {
        const from = graph.numbers.get(newer);
        if (from === undefined) return false;
        reachable.set(newer, (known = walk(graph, from)));
      }
      return to !== undefined && known[to] === 1;
    },
  };
}

interface NumberedGraph {
  readonly numbers: ReadonlyMap<CommitId, number>;
  /** For each number those of the parents. */
  readonly above: readonly (readonly number[])[];
}

/** Parents that have no entry of their own are numbered too, behind the others. */
function numberCommits(parents: ReadonlyMap<CommitId, readonly CommitId[]>): NumberedGraph {
  const numbers = new Map<CommitId, number>();
  const numberOf = (commit: CommitId): number => {
    let number = numbers.get(commit);
    if (number === undefined) numbers.set(commit, (number = numbers.size));
    return number;
  };
  for (const commit of parents.keys()) numberOf(commit);
  return { numbers, above: [...parents.values()].map((list) => list.map(numberOf)) };
}

function walk({ numbers, above }: NumberedGraph, from: number): Uint8Array {
  const seen = new Uint8Array(numbers.size);
  const open = [from];
  for (let number = open.pop(); number !== undefined; number = open.pop()) {
    if (seen[number] === 1) continue;
    seen[number] = 1;
    open.push(...(above[number] ?? []));
  }
  return seen;
}
