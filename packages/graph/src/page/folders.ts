/** Folders that stand for projects where there are too many to see: no more than can be read at once. */
const mostFolders = 120;

/**
 * Sorts projects into folders: as deep as the tree goes while there are not more than can be read.
 * Gives the folder of each root, in the same order; a project at the workspace's root is in `.`.
 */
export function foldersOf(roots: readonly string[]): string[] {
  const deepest = Math.max(1, ...roots.map((root) => root.split('/').length - 1));
  let best = roots.map((root) => folderAt(root, 1));
  for (let depth = 2; depth <= deepest; depth += 1) {
    const finer = roots.map((root) => folderAt(root, depth));
    if (new Set(finer).size > mostFolders) break;
    best = finer;
  }
  return best;
}

/** The first parts of the folder that holds a project, never the project's own. */
function folderAt(root: string, depth: number): string {
  const parts = root.split('/').slice(0, -1).slice(0, depth);
  return parts.length === 0 ? '.' : parts.join('/');
}
