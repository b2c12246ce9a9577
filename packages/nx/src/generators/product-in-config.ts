import { updateJson, type Tree } from '@nx/devkit';
import { existingProducts, type FileProject } from '@lanewise/graph';
import {
  LanewiseError,
  parseProductName,
  productConfig,
  show,
  type Config,
  type ProductName,
} from '@lanewise/model';
import { appendToList, insertEntry } from '../config-text/insert-entry.js';
import { productsInSight } from '../plugin/products-in-sight.js';
import { readConfig, readConfigText, readTreeProjects } from './read-workspace.js';
import { treeFolder } from './tree-folder.js';

export type Deploy = 'helm' | 'kustomize' | 'none';

/** A project's way into lanewise.yaml. */
export interface PlacedProduct {
  readonly product: ProductName;
  readonly project: string;
  readonly root: string;
  readonly deploy: Deploy;
  /** lanewise.yaml as it should be. */
  readonly text: string;
  /** Writes the tag by which lanewise.yaml chooses products, where the project lacks it. */
  readonly addTag: (() => void) | null;
}

interface Wish {
  readonly project: string;
  readonly deploy?: Deploy;
  readonly image?: string;
}

/** Finds out what must be said of a project so that lanewise.yaml makes it a product. Writes nothing. */
export function productInConfig(tree: Tree, wish: Wish): PlacedProduct {
  const project = findProject(wish.project, readTreeProjects(tree));
  const before = readConfigText(tree);
  const config = readConfig(tree, before);
  const product = nameOf(project, config);
  const deploy = wish.deploy ?? deployOf(config, product) ?? 'helm';
  const tag = missingTag(tree, project, config);
  const isChosen =
    tag !== null || isProduct(tree, project, config) || isToldByManifests(config, product, deploy);
  const chosen = isChosen ? before : choose(before, config, product);
  const pinned = addPins(tree, chosen, product, deploy);
  const text = wish.image === undefined ? pinned : addImage(tree, pinned, product, wish.image);
  const { root, name } = project;
  const addTag = tag === null ? null : (): void => writeTag(tree, project, tag);
  return { product, project: name, root, deploy, text, addTag };
}

function findProject(name: string, projects: readonly FileProject[]): FileProject {
  const exact = projects.find((one) => one.name === name);
  const unscoped = projects.filter((one) => one.name.replace(/^@[^/]+\//, '') === name);
  const found = exact ?? (unscoped.length === 1 ? unscoped[0] : undefined);
  if (found !== undefined) return found;
  throw new LanewiseError('PROJECT_UNKNOWN', `The workspace has no project ${show(name)}.`, {
    hint: "'nx show projects' lists them.",
  });
}

function nameOf({ name }: FileProject, config: Config): ProductName {
  const known = [...config.products.values()].find(({ project }) => project === name);
  return known?.name ?? parseProductName(name.replace(/^@[^/]+\//, ''));
}

function isProduct(tree: Tree, project: FileProject, config: Config): boolean {
  const products = productsInSight(config, readTreeProjects(tree), treeFolder(tree));
  return products.some(({ root }) => root === project.root);
}

/** Where nothing is chosen, a manifest at the place that all share is enough to be a product. */
function isToldByManifests(config: Config, product: ProductName, deploy: Deploy): boolean {
  const [pin] = config.defaults.pins;
  const [environment] = config.environments.keys();
  if (config.select !== null || config.gitops.repository !== null) return false;
  if (pin === undefined || environment === undefined || deployOf(config, product) !== deploy)
    return false;
  const file = pin.file.replaceAll('{env}', environment).replaceAll('{product}', product);
  return existingProducts(config, [file]).includes(product);
}

/** The tag that would choose the project, where lanewise.yaml chooses by a plain tag and it has none. */
function missingTag(tree: Tree, project: FileProject, config: Config): string | null {
  if (isProduct(tree, project, config)) return null;
  const tags = (config.select ?? []).flatMap((pattern) =>
    /^tag:[^*?[\]{}()]+$/.test(pattern) ? [pattern.slice('tag:'.length)] : [],
  );
  return tags[0] ?? null;
}

function writeTag(tree: Tree, { file }: FileProject, tag: string): void {
  updateJson(tree, file, (json: { tags?: string[]; nx?: { tags?: string[] } }) => {
    if (file.endsWith('project.json')) return { ...json, tags: [...(json.tags ?? []), tag] };
    return { ...json, nx: { ...json.nx, tags: [...(json.nx?.tags ?? []), tag] } };
  });
}

/** By its name: in the list that chooses, or among those that the file names. */
function choose(text: string, config: Config, product: ProductName): string {
  if (config.select !== null) return appendToList(text, ['products', 'select'], product);
  if (config.products.has(product)) return text;
  return insertEntry(text, ['products', 'each'], product, {});
}

const pinsOf = {
  helm: [{ file: 'environments/{env}/{product}/values.yaml', path: 'image.tag' }],
  kustomize: [
    {
      file: 'environments/{env}/{product}/kustomization.yaml',
      path: 'images[name={product}].newTag',
    },
  ],
} as const;

/** Pins for all, where the file has none; pins of its own, where those of all are of another kind. */
function addPins(tree: Tree, text: string, product: ProductName, deploy: Deploy): string {
  if (deploy === 'none') return text;
  const config = readConfig(tree, text);
  if (deployOf(config, product) === deploy) return text;
  if (config.defaults.pins.length === 0)
    return insertEntry(text, ['products'], 'pins', pinsOf[deploy]);
  return insertEntry(text, ['products', 'each', product], 'pins', pinsOf[deploy]);
}

/** What the product's pins are in; null where it has none, or they are in something else. */
function deployOf(config: Config, product: ProductName): Deploy | null {
  const file = productConfig(config, product).pins[0]?.file;
  if (file === undefined) return null;
  if (/(?:^|\/)kustomization\.ya?ml$/i.test(file)) return 'kustomize';
  return /values[^/]*\.ya?ml$|\.ya?ml$/i.test(file) ? 'helm' : 'none';
}

function addImage(tree: Tree, text: string, product: ProductName, image: string): string {
  const known = productConfig(readConfig(tree, text), product).images['main'];
  if (known?.replaceAll('{product}', product).replace(/:[^/:]*$/, '') === image) return text;
  return insertEntry(text, ['products', 'each', product], 'image', image);
}
