import type { Tree } from '@nx/devkit';
import type { Folder } from '../folder.js';

/** The workspace as a generator's tree shows it: the disk, and what was changed so far. */
export function treeFolder(tree: Tree): Folder {
  return {
    read: (path) => (tree.isFile(path) ? tree.read(path, 'utf-8') : null),
    list: (path) =>
      tree.children(path === '' ? '.' : path).map((name) => ({
        name,
        isFile: tree.isFile(path === '' ? name : `${path}/${name}`),
      })),
  };
}

/** All files in a folder and below it, from the root. */
export function filesBelow(folder: Folder, path: string): readonly string[] {
  return folder.list(path).flatMap(({ name, isFile }) => {
    const inner = path === '' ? name : `${path}/${name}`;
    return isFile ? [inner] : filesBelow(folder, inner);
  });
}
