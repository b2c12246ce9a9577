import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files of a workspace, on the disk or as a generator would leave them. Paths have `/`, from the root. */
export interface Folder {
  /** Text of a file; null where there is none. */
  read(path: string): string | null;
  /** What stands in a folder (`''`: the root); nothing where there is no such folder. */
  list(path: string): readonly { readonly name: string; readonly isFile: boolean }[];
}

/** The workspace as it lies on the disk. */
export function workspaceFolder(root: string): Folder {
  return {
    read: (path) => {
      try {
        return readFileSync(join(root, path), 'utf8');
      } catch {
        return null;
      }
    },
    list: (path) => {
      try {
        return readdirSync(join(root, path), { withFileTypes: true }).map((entry) => ({
          name: entry.name,
          isFile: entry.isFile(),
        }));
      } catch {
        return [];
      }
    },
  };
}
