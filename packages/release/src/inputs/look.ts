import type { Repository, TreeEntry } from '@lanewise/git';
import type { CommitId, RepoPath } from '@lanewise/model';
import type { DifferingPath } from './tree-diffs.js';

/** What one product wants to have looked at: paths whose equality at both commits proves its inputs equal. */
export interface LookRequest {
  readonly base: CommitId;
  readonly paths: readonly RepoPath[];
}

/** What stands at paths at HEAD and at the bases, read in one go. */
export interface Looked {
  /** The paths of a request that differ. */
  differing(request: LookRequest): readonly DifferingPath[];
  entry(commit: CommitId, path: RepoPath): TreeEntry | undefined;
}

/**
 * Looks at all paths of all products at once: equal trees are equal inputs, and the same question
 * for the same base is asked once. A base whose whole tree is HEAD's needs no other look.
 */
export async function lookAt(
  repository: Pick<Repository, 'readEntries'>,
  head: CommitId,
  requests: readonly LookRequest[],
): Promise<Looked> {
  const wanted = new Map<CommitId, Set<RepoPath>>([[head, new Set()]]);
  const atHead = wanted.get(head) ?? new Set();
  for (const { base, paths } of requests) {
    let atBase = wanted.get(base);
    if (atBase === undefined) wanted.set(base, (atBase = new Set()));
    for (const path of paths) {
      atBase.add(path);
      atHead.add(path);
    }
  }
  const looks = [...wanted].flatMap(([commit, paths]) =>
    [...paths].map((path) => ({ commit, path })),
  );
  const read = await repository.readEntries(looks);
  const entries = new Map(
    looks.map(({ commit, path }, index) => [`${commit}:${path}`, read[index]]),
  );
  const entry = (commit: CommitId, path: RepoPath): TreeEntry | undefined =>
    entries.get(`${commit}:${path}`);
  return {
    entry,
    differing: ({ base, paths }) =>
      paths.flatMap((path): DifferingPath[] => {
        const [before, after] = [entry(base, path), entry(head, path)];
        const equal = before?.id === after?.id && before?.mode === after?.mode;
        return equal ? [] : [{ base, path, before, after }];
      }),
  };
}
