import type { CommitId } from '@lanewise/model';
import { readMessage } from './commit-message.js';

interface Linked {
  readonly id: CommitId;
  readonly message: string;
  readonly parents: readonly CommitId[];
}

/**
 * For each merge that a later commit takes back, the commits that it brought: those that only its
 * other parents lead to. Reverting a merge reverts them, though the revert names the merge alone.
 */
export function broughtByReverted(
  commits: readonly Linked[],
): ReadonlyMap<CommitId, ReadonlySet<CommitId>> {
  const merges = commits.filter(({ parents }) => parents.length > 1);
  if (merges.length === 0) return new Map();
  const requests = new Set<string>();
  const ids: string[] = [];
  for (const { message } of commits) {
    if (!/\b[Rr]everts /.test(message)) continue;
    for (const name of readMessage(message).reverts) {
      if (/^[#!]/.test(name)) requests.add(name);
      else ids.push(name);
    }
  }
  const reverted = merges.filter(({ id, message }) => {
    if (ids.some((name) => id.startsWith(name))) return true;
    return requests.size > 0 && requests.has(readMessage(message).request ?? '');
  });
  if (reverted.length === 0) return new Map();
  const parents = new Map(commits.map((commit) => [commit.id, commit.parents]));
  return new Map(
    reverted.map(({ id, parents: [first, ...others] }) => {
      const before = new Set(first === undefined ? [] : reachable([first], parents, new Set()));
      return [id, reachable(others, parents, before)];
    }),
  );
}

function reachable(
  tips: readonly CommitId[],
  parents: ReadonlyMap<CommitId, readonly CommitId[]>,
  but: ReadonlySet<CommitId>,
): ReadonlySet<CommitId> {
  const seen = new Set<CommitId>();
  const open = [...tips];
  for (let commit = open.pop(); commit !== undefined; commit = open.pop()) {
    if (seen.has(commit) || but.has(commit) || !parents.has(commit)) continue;
    seen.add(commit);
    for (const parent of parents.get(commit) ?? []) open.push(parent);
  }
  return seen;
}
