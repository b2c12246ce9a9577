import type { CommitId, ObjectId, RepoPath } from '@lanewise/model';
import { findFilterAttributes } from './attributes.js';
import type { Repository } from './repository.js';

/**
 * Of the given paths, those that `.gitattributes` of the commit give a `filter` (such as LFS):
 * their blobs are not what a work tree shows. The files are read as blobs, from the root and from
 * each folder on the way, because there is no work tree for `git check-attr`.
 */
export async function findFilteredPaths(
  repository: Pick<Repository, 'readEntries' | 'readBlobs'>,
  commit: CommitId,
  paths: readonly RepoPath[],
): Promise<ReadonlySet<RepoPath>> {
  const folders = [...new Set(paths.flatMap(foldersOf))];
  const files = folders.map(
    (folder) => (folder === '' ? '.gitattributes' : `${folder}/.gitattributes`) as RepoPath,
  );
  const entries = await repository.readEntries(files.map((path) => ({ commit, path })));
  const ids = entries.map((entry) =>
    entry?.type === 'blob' && entry.mode !== '120000' ? entry.id : undefined,
  );
  const present = [...new Set(ids.filter((id): id is ObjectId => id !== undefined))];
  if (present.length === 0) return new Set();
  const blobs = await repository.readBlobs(present);
  const texts = new Map(
    folders.flatMap((folder, index) => {
      const id = ids[index];
      const blob = id === undefined ? undefined : blobs.get(id);
      return blob === undefined ? [] : [[folder, Buffer.from(blob).toString()] as const];
    }),
  );
  return findFilterAttributes(texts, paths);
}

/** The root and every folder on the way to a file. */
function foldersOf(path: RepoPath): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return ['', ...parts.map((_, index) => parts.slice(0, index + 1).join('/'))];
}
