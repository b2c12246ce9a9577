import { lockfileNames, type WorkspaceGraph } from '@lanewise/graph';
import type { Repository, TreeEntry } from '@lanewise/git';
import type { CommitId, ObjectId, RepoPath } from '@lanewise/model';
import { installSettings, patchFolder } from './install-files.js';
import { nxJson } from './nx-settings.js';
import type { LockfileVersion } from './packages.js';
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
  readonly nxJson: RepoPath | null;
}

const lockfilePaths = lockfileNames as readonly string[] as readonly RepoPath[];

/**
 * Which of them there are at HEAD. Those that HEAD lacks are looked at too: a base may have them.
 */
export async function findSpecial(
  repository: Pick<Repository, 'readEntries'>,
  head: CommitId,
  graph: WorkspaceGraph,
): Promise<SpecialPaths> {
  const found = await repository.readEntries(tsconfigNames.map((path) => ({ commit: head, path })));
  const index = found.findIndex((entry) => entry !== undefined);
  const tsconfigs = index < 0 ? tsconfigNames : tsconfigNames.slice(0, index + 1);
  const nx = graph.kind === 'nx' ? nxJson : null;
  const lockfiles = [...new Set([...onlyFile(graph.lockfile), ...lockfilePaths])];
  const named = [...lockfiles, nx, tsconfigs.at(-1) ?? null];
  return {
    files: new Set(named.filter((path) => path !== null)),
    looked: [
      ...tsconfigs,
      ...(graph.lockfile === null ? lockfiles : [graph.lockfile, ...installSettings, patchFolder]),
      ...onlyFile(nx),
    ],
    lockfiles,
    tsconfig: tsconfigs.at(-1) ?? null,
    nxJson: nx,
  };
}

/** The id of a file; null: there is none, or it is something else than a file. */
export function blobId(entry: TreeEntry | undefined): ObjectId | null {
  return entry?.type === 'blob' ? entry.id : null;
}

/** The workspace's tsconfig at one commit. */
export function tsconfigId(at: (path: RepoPath) => TreeEntry | undefined): ObjectId | null {
  return blobId(tsconfigNames.map(at).find((entry) => entry !== undefined));
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
