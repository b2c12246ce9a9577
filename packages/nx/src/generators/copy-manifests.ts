import type { Tree } from '@nx/devkit';
import { expandPins, type Config, type EnvironmentName } from '@lanewise/model';
import type { ProductInSight } from '../plugin/products-in-sight.js';
import { filesBelow, treeFolder } from './tree-folder.js';

/** A file of the environment that is copied, and where it goes. */
export interface ManifestCopy {
  readonly from: string;
  readonly to: string;
}

/**
 * What has to be copied so that every product is in the new environment: the files of its pins
 * and, where a folder of its own holds them (`apps/{env}/{product}/`), all that is in the folder.
 * `config` knows both environments. Files that are there already are left out.
 */
export function planCopies(
  tree: Tree,
  config: Config,
  products: readonly ProductInSight[],
  from: EnvironmentName,
  to: EnvironmentName,
): readonly ManifestCopy[] {
  const copies = new Map<string, string>();
  for (const { product } of products) {
    const placements = expandPins(config, [product], null);
    const [old, fresh] = [from, to].map(
      (name) => placements.find(({ environment }) => environment === name)?.pins ?? [],
    );
    for (const pin of old ?? []) {
      const target = fresh?.find(({ index }) => index === pin.index);
      if (target === undefined || !tree.isFile(pin.file)) continue;
      copies.set(target.file, pin.file);
      for (const copy of folderCopies(tree, pin.file, target.file))
        if (!copies.has(copy.to)) copies.set(copy.to, copy.from);
    }
  }
  return [...copies]
    .map(([target, source]) => ({ from: source, to: target }))
    .filter((copy) => copy.from !== copy.to && !tree.exists(copy.to));
}

/** A folder is copied whole if its path names the environment: what stands beside the pin belongs to it too. */
function folderCopies(tree: Tree, from: string, to: string): ManifestCopy[] {
  if (folderOf(from) === folderOf(to)) return [];
  const [old, fresh] = [folderOf(from), folderOf(to)];
  return filesBelow(treeFolder(tree), old).map((file) => ({
    from: file,
    to: fresh + file.slice(old.length),
  }));
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

/** Lines of the copies that still name the old environment: a person must look at them. */
export function leftWords(
  tree: Tree,
  copies: readonly ManifestCopy[],
  word: string,
): readonly string[] {
  const test = new RegExp(`(?<![\\w-])${word}(?![\\w-])`);
  return copies.flatMap(({ to }) => {
    const lines = tree.read(to, 'utf-8')?.split(/\r?\n/) ?? [];
    return lines.flatMap((line, index) =>
      test.test(line) ? [`${to}:${index + 1}: ${line.trim()}`] : [],
    );
  });
}
