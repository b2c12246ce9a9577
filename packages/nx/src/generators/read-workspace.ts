import { getProjects, readNxJson, type Tree } from '@nx/devkit';
import { nxProjects, type FileProject } from '@lanewise/graph';
import { LanewiseError, parseConfig, type Config } from '@lanewise/model';
import { productsInSight, type ProductInSight } from '../plugin/products-in-sight.js';
import { treeFolder } from './tree-folder.js';

export const configFile = 'lanewise.yaml';

/** The text of lanewise.yaml in the tree. Throws CONFIG_MISSING. */
export function readConfigText(tree: Tree): string {
  const text = tree.exists(configFile) ? tree.read(configFile, 'utf-8') : null;
  if (text !== null) return text;
  throw new LanewiseError('CONFIG_MISSING', `The workspace has no ${configFile}.`, {
    hint: "Write it with 'nx g @lanewise/nx:init'.",
  });
}

/** The configuration in the tree, or as `text` would make it. Throws CONFIG_MISSING, and what parsing throws. */
export function readConfig(tree: Tree, text = readConfigText(tree)): Config {
  return parseConfig(text, configFile, readNxJson(tree), nxProjects(readTreeProjects(tree)));
}

/** The products of the workspace as the tree shows it. */
export function readProducts(tree: Tree, config: Config): readonly ProductInSight[] {
  return productsInSight(config, readTreeProjects(tree), treeFolder(tree));
}

/** The projects that Nx finds in the tree. */
export function readTreeProjects(tree: Tree): readonly FileProject[] {
  return [...getProjects(tree)].map(([name, { root, tags }]) => {
    const folder = root === '.' ? '' : root;
    const inside = folder === '' ? '' : `${folder}/`;
    const file = tree.exists(`${inside}project.json`) ? 'project.json' : 'package.json';
    return { name, root: folder, tags: tags ?? [], file: `${inside}${file}` };
  });
}
