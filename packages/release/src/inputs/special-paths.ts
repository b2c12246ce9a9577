import { lockfileNames, type WorkspaceGraph } from '@lanewise/graph';
import type { Repository, TreeEntry } from '@lanewise/git';
import type { CommitId, ObjectId, RepoPath } from '@lanewise/model';
import { installSettings, patchFolder } from './install-files.js';
import { nxJson } from './nx-settings.js';
import type { LockfileVersion } from './packages.js';
import { findExtendedTsconfigs } from './tsconfig-versions.js';
import { tsconfigNames } from './typescript.js';

/** Files of the workspace's root that are compared by what is in them. */
export interface SpecialPaths {
  /** They count by their content only, for whom it matters. */
  readonly files: ReadonlySet<RepoPath>;
  /** Paths to look at: equal there, equal settings. */
  readonly looked: readonly RepoPath[];
  /** Names of lockfiles, the one in use at HEAD first. */
  readonly lockfiles: readonly RepoPath[];
  readonly tsconfig: RepoPath | null;
  /** What the tsconfig extends at HEAD, file by file. */
  readonly extended: readonly RepoPath[];
  readonly nxJson: RepoPath | null;
}

const lockfilePaths = lockfileNames as readonly string[] as readonly RepoPath[];

const kept = new WeakMap<WorkspaceGraph, Map<CommitId, Promise<SpecialPaths>>>();

/**
 * Which of them there are at HEAD. Those that HEAD lacks are looked at too: a base may have them.
 * Read once for a graph and commit.
 */
export function findSpecial(
  repository: Pick<Repository, 'readEntries' | 'readBlobs'>,
  head: CommitId,
  graph: WorkspaceGraph,
): Promise<SpecialPaths> {
  const known = kept.get(graph) ?? new Map<CommitId, Promise<SpecialPaths>>();
  kept.set(graph, known);
  let found = known.get(head);
  if (found === undefined) {
    found = lookForSpecial(repository, head, graph);
    known.set(head, found);
    // What failed once may be there the next time.
    found.catch(() => known.delete(head));
  }
  return found;
}

/** The files that the workspace's tsconfig extends at a commit, and where they would lie. */
export async function readExtendedTsconfigs(
  repository: Pick<Repository, 'readEntries' | 'readBlobs'>,
  commit: CommitId,
  graph: WorkspaceGraph,
): Promise<readonly RepoPath[]> {
  return (await findSpecial(repository, commit, graph)).extended;
}

async function lookForSpecial(
  repository: Pick<Repository, 'readEntries' | 'readBlobs'>,
  head: CommitId,
  graph: WorkspaceGraph,
): Promise<SpecialPaths> {
  const found = await repository.readEntries(tsconfigNames.map((path) => ({ commit: head, path })));
  const index = found.findIndex((entry) => entry !== undefined);
  const tsconfigs = index < 0 ? tsconfigNames : tsconfigNames.slice(0, index + 1);
  const nx = graph.kind === 'nx' ? nxJson : null;
  const lockfiles = [...new Set([...onlyFile(graph.lockfile), ...lockfilePaths])];
  const tsconfig = tsconfigs.at(-1) ?? null;
  const extended =
    index < 0 || tsconfig === null
      ? []
      : await findExtendedTsconfigs(repository, graph, {
          ...{ commit: head, file: tsconfig },
          entry: found[index],
        });
  const named = [...lockfiles, nx, tsconfig];
  return {
    files: new Set(named.filter((path) => path !== null)),
    looked: [
      ...tsconfigs,
      ...extended,
      ...(graph.lockfile === null ? lockfiles : [graph.lockfile, ...installSettings, patchFolder]),
      ...onlyFile(nx),
    ],
    lockfiles,
    tsconfig,
    extended,
    nxJson: nx,
  };
}

/** The id of a file; null: there is none, or it is something else than a file. */
export function blobId(entry: TreeEntry | undefined): ObjectId | null {
  return entry?.type === 'blob' ? entry.id : null;
}

/** The workspace's tsconfig at one commit, by its name there; null: there is none. */
export function tsconfigAt(at: (path: RepoPath) => TreeEntry | undefined): TreeEntry | null {
  return tsconfigNames.map(at).find((entry) => entry !== undefined) ?? null;
}

/** The workspace's lockfile at one commit: the one in use at HEAD, else any other that was there. */
export function lockfileAt(
  { lockfiles }: SpecialPaths,
  at: (path: RepoPath) => TreeEntry | undefined,
): LockfileVersion | null {
  for (const file of lockfiles) {
    const id = blobId(at(file));
    if (id !== null) return { file, id };
  }
  return null;
}

/** A path that may not be there, as a list. */
export function onlyFile(path: RepoPath | null): readonly RepoPath[] {
  return path === null ? [] : [path];
}
