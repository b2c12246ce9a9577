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
   * The paths that stand for a folder: the folder itself, or where a submodule or link is around
   * it, that; and where one was around it at the base, that too.
   */
  places(base: CommitId, folder: RepoPath): readonly RepoPath[];
  /** The path that stands for a folder at HEAD. */
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
  const atHost = (path: RepoPath): RepoPath => hosts.get(path) ?? path;
  const wanted = new Map<CommitId, Set<RepoPath>>([[head, new Set()]]);
  const atHead = wanted.get(head) ?? new Set();
  for (const { base, paths } of requests) {
    let atBase = wanted.get(base);
    if (atBase === undefined) wanted.set(base, (atBase = new Set()));
    for (const path of paths) {
      atBase.add(atHost(path));
      atHead.add(atHost(path));
    }
  }
  const looks = [...wanted].flatMap(([commit, paths]) =>
    [...paths].map((path) => ({ commit, path })),
  );
  const read = await repository.readEntries(looks);
  const entries = new Map<CommitId, Map<RepoPath, TreeEntry | undefined>>();
  const note = (commit: CommitId, path: RepoPath, found: TreeEntry | undefined): void => {
    const known = entries.get(commit);
    if (known === undefined) entries.set(commit, new Map([[path, found]]));
    else known.set(path, found);
  };
  looks.forEach(({ commit, path }, index) => {
    note(commit, path, read[index]);
  });
  const entry = (commit: CommitId, path: RepoPath): TreeEntry | undefined =>
    entries.get(commit)?.get(path);
  const absent = requests.flatMap(({ base, paths }) =>
    paths.flatMap((path) =>
      entry(base, atHost(path)) === undefined ? [{ base, path: atHost(path) }] : [],
    ),
  );
  const before = await findOldHosts(repository, head, absent, note);
  const places = (base: CommitId, path: RepoPath): readonly RepoPath[] => {
    const old = before.get(`${base}:${atHost(path)}`);
    return old === undefined ? [atHost(path)] : [atHost(path), old];
  };
  // What differs between a base and HEAD is found once for all products that have this base.
  const found = new Map<CommitId, ReadonlyMap<RepoPath, DifferingPath>>();
  const differingAt = (base: CommitId): ReadonlyMap<RepoPath, DifferingPath> => {
    let known = found.get(base);
    if (known === undefined) found.set(base, (known = compare(base, head, entries)));
    return known;
  };
  const plain = hosts.size === 0 && before.size === 0;
  return {
    entry,
    places,
    host: atHost,
    differing: ({ base, paths }) => {
      const differing = differingAt(base);
      if (differing.size === 0) return [];
      const all = plain ? paths : paths.flatMap((path) => places(base, path));
      const some = new Set<DifferingPath>();
      for (const path of all) {
        const one = differing.get(path);
        if (one !== undefined) some.add(one);
      }
      return [...some];
    },
  };
}

/** The paths looked at for a base that are not the same at HEAD. */
function compare(
  base: CommitId,
  head: CommitId,
  entries: ReadonlyMap<CommitId, ReadonlyMap<RepoPath, TreeEntry | undefined>>,
): ReadonlyMap<RepoPath, DifferingPath> {
  const now = entries.get(head);
  const differing = new Map<RepoPath, DifferingPath>();
  for (const [path, before] of entries.get(base) ?? []) {
    const after = now?.get(path);
    if (before?.id !== after?.id || before?.mode !== after?.mode)
      differing.set(path, { base, path, before, after });
  }
  return differing;
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
  // Added one by one: thousands of products name hundreds of folders each, mostly the same.
  const named = new Set<RepoPath>();
  for (const { paths } of requests) for (const path of paths) named.add(path);
  const folders = [...named];
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

/** The same for folders that the base lacks but for a submodule around them there. */
async function findOldHosts(
  repository: Pick<Repository, 'readEntries'>,
  head: CommitId,
  absent: readonly { readonly base: CommitId; readonly path: RepoPath }[],
  note: (commit: CommitId, path: RepoPath, found: TreeEntry | undefined) => void,
): Promise<ReadonlyMap<string, RepoPath>> {
  const looks = new Map(
    absent.flatMap(({ base, path }) =>
      foldersAbove(path).map(
        (above) => [`${base}:${above}`, { commit: base, path: above }] as const,
      ),
    ),
  );
  const found = await repository.readEntries([...looks.values()]);
  const opaque = new Map<string, TreeEntry>();
  [...looks.keys()].forEach((key, index) => {
    const entry = found[index];
    if (entry !== undefined && entry.type !== 'tree') opaque.set(key, entry);
  });
  if (opaque.size === 0) return new Map();
  const paths = [...new Set([...opaque.values()].map(({ path }) => path))];
  const now = await repository.readEntries(paths.map((path) => ({ commit: head, path })));
  paths.forEach((path, index) => {
    note(head, path, now[index]);
  });
  for (const [key, entry] of opaque) {
    const look = looks.get(key as `${CommitId}:${RepoPath}`);
    if (look !== undefined) note(look.commit, look.path, entry);
  }
  return new Map(
    absent.flatMap(({ base, path }) => {
      const above = foldersAbove(path).find((folder) => opaque.has(`${base}:${folder}`));
      return above === undefined ? [] : [[`${base}:${path}`, above] as const];
    }),
  );
}

/** The folders around a path, the outermost first. */
function foldersAbove(path: RepoPath): readonly RepoPath[] {
  const parts = path.split('/');
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/') as RepoPath);
}
