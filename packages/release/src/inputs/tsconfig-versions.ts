import { extendTsconfig, type TsconfigPlace, type WorkspaceGraph } from '@lanewise/graph';
import type { Repository, TreeEntry } from '@lanewise/git';
import type { CommitId, RepoPath } from '@lanewise/model';

/** The workspace's tsconfig at one commit, with what it extends. */
export interface TsconfigVersion {
  /** Equal versions have equal keys. */
  readonly key: string;
  /** As if nothing were extended; null: there is none. */
  readonly text: string | null;
  /** Each path that has a say, the tsconfig first, with what stands there: a text, or an id. */
  readonly parts: ReadonlyMap<RepoPath, string>;
  /** External packages that are extended, by what each resolves to. */
  readonly packages: ReadonlyMap<string, string>;
  /** The file that the entries of `paths` come from. */
  readonly pathsIn: RepoPath;
}

export interface TsconfigQuestion {
  readonly commit: CommitId;
  readonly file: RepoPath;
  readonly entry: TreeEntry | undefined;
}

type Reader = Pick<Repository, 'readEntries' | 'readBlobs'>;

/** Longer chains are cut off: nobody writes them, and a round trip to git is one link. */
const longest = 32;

/**
 * Reads the tsconfigs of several commits. What they extend is read in one batch for each link of the
 * chain; where nothing is extended, nothing else is read. `packageKey` gives what an extended package
 * resolves to at a commit.
 */
export async function readTsconfigVersions(
  repository: Reader,
  graph: Pick<WorkspaceGraph, 'projects'>,
  questions: readonly TsconfigQuestion[],
  packageKey: (name: string, commit: CommitId) => string,
): Promise<ReadonlyMap<CommitId, TsconfigVersion>> {
  const places = new Map<string, TsconfigPlace>();
  await fill(
    repository,
    questions.map(({ commit, file }) => ({ commit, path: file })),
    questions.map(({ entry }) => entry),
    places,
  );
  for (let link = 0; link < longest; link += 1) {
    const wanted = questions.flatMap(({ commit, file }) =>
      extendTsconfig(file, readAt(places, commit), graph).unread.map((path) => ({ commit, path })),
    );
    if (wanted.length === 0) break;
    await fill(repository, wanted, await repository.readEntries(wanted), places);
  }
  return new Map(
    questions.map(({ commit, file }) => {
      const read = readAt(places, commit);
      const { text, looked, packages, pathsIn } = extendTsconfig(file, read, graph);
      const parts = new Map(
        looked.flatMap((path) => {
          const place = read(path) ?? null;
          if (place === null) return [];
          return [[path, place.kind === 'text' ? place.text : place.id] as const];
        }),
      );
      const keys = new Map(packages.map((name) => [name, packageKey(name, commit)] as const));
      // The text alone says what counts; packages are extended besides.
      const key = JSON.stringify([text, ...keys]);
      return [commit, { key, text, parts, packages: keys, pathsIn }] as const;
    }),
  );
}

/** The paths that the tsconfig of one commit extends, and where they would lie. */
export async function findExtendedTsconfigs(
  repository: Reader,
  graph: Pick<WorkspaceGraph, 'projects'>,
  question: TsconfigQuestion,
): Promise<readonly RepoPath[]> {
  const places = new Map<string, TsconfigPlace>();
  const { commit, file, entry } = question;
  await fill(repository, [{ commit, path: file }], [entry], places);
  for (let link = 0; ; link += 1) {
    const { looked, unread } = extendTsconfig(file, readAt(places, commit), graph);
    if (unread.length === 0 || link === longest) return looked.filter((path) => path !== file);
    const wanted = unread.map((path) => ({ commit, path }));
    await fill(repository, wanted, await repository.readEntries(wanted), places);
  }
}

interface Asked {
  readonly commit: CommitId;
  readonly path: RepoPath;
}

function readAt(
  places: ReadonlyMap<string, TsconfigPlace>,
  commit: CommitId,
): (path: RepoPath) => TsconfigPlace {
  return (path) => places.get(`${commit}:${path}`);
}

async function fill(
  repository: Reader,
  asked: readonly Asked[],
  entries: readonly (TreeEntry | undefined)[],
  places: Map<string, TsconfigPlace>,
): Promise<void> {
  const ids = entries.flatMap((entry) => (entry?.type === 'blob' ? [entry.id] : []));
  const blobs = ids.length === 0 ? new Map() : await repository.readBlobs([...new Set(ids)]);
  for (const [index, { commit, path }] of asked.entries()) {
    const entry = entries[index];
    const bytes = entry?.type === 'blob' ? blobs.get(entry.id) : undefined;
    const place: TsconfigPlace =
      entry === undefined
        ? null
        : bytes === undefined
          ? { kind: 'folder', id: entry.id }
          : { kind: 'text', text: new TextDecoder().decode(bytes) };
    places.set(`${commit}:${path}`, place);
  }
}
