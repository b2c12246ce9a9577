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
  /**
   * The path that stands for a folder: the folder itself, or where a submodule or link is in its
   * place or around it, that.
   */
  host(folder: RepoPath): RepoPath;
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
  const hosts = await findHosts(repository, head, requests);
  const host = (path: RepoPath): RepoPath => hosts.get(path) ?? path;
  const wanted = new Map<CommitId, Set<RepoPath>>([[head, new Set()]]);
  const atHead = wanted.get(head) ?? new Set();
  for (const { base, paths } of requests) {
    let atBase = wanted.get(base);
    if (atBase === undefined) wanted.set(base, (atBase = new Set()));
    for (const path of paths) {
      atBase.add(host(path));
      atHead.add(host(path));
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
    host,
    differing: ({ base, paths }) =>
      [...new Set(paths.map(host))].flatMap((path): DifferingPath[] => {
        const [before, after] = [entry(base, path), entry(head, path)];
        const equal = before?.id === after?.id && before?.mode === after?.mode;
        return equal ? [] : [{ base, path, before, after }];
      }),
  };
}

/**
 * For folders that HEAD does not have because a submodule (or a link) stands in their place or
 * around them, that path: Git knows nothing below it but its id.
 */
async function findHosts(
  repository: Pick<Repository, 'readEntries'>,
  head: CommitId,
  requests: readonly LookRequest[],
): Promise<ReadonlyMap<RepoPath, RepoPath>> {
  const folders = [...new Set(requests.flatMap(({ paths }) => paths))];
  const tops = [...new Set(folders.flatMap(foldersAbove))];
  const found = await repository.readEntries(tops.map((path) => ({ commit: head, path })));
  const opaque = new Set(
    found.flatMap((entry) => (entry === undefined || entry.type === 'tree' ? [] : [entry.path])),
  );
  if (opaque.size === 0) return new Map();
  return new Map(
    folders.flatMap((folder) => {
      const above = foldersAbove(folder).find((path) => opaque.has(path));
      return above === undefined ? [] : [[folder, above] as const];
    }),
  );
}

/** The folders around a path, the outermost first. */
function foldersAbove(path: RepoPath): readonly RepoPath[] {
  const parts = path.split('/');
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/') as RepoPath);
}
