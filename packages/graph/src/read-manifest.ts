import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonc } from './config-files/jsonc.js';
import type { ReadManifest } from './linked-folders.js';

/** Reads the package.json of folders of a work tree; one that is no JSON counts as none, as the package manager refuses it. */
export function manifestsIn(root: string): ReadManifest {
  return (folder) => {
    try {
      return readJsonc(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    } catch {
      return undefined;
    }
  };
}
