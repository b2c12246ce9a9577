import { logger, type Tree } from '@nx/devkit';
import {
  expandPins,
  LanewiseError,
  parseEnvironmentName,
  productConfig,
  show,
  type Config,
  type EnvironmentName,
  type Pin,
  type ProductName,
  type ProjectName,
} from '@lanewise/model';
import { productInConfig, type Deploy } from './product-in-config.js';
import { chartFiles, dockerfile, kustomizeBase } from './product-files.js';
import { overlayText, valuesText } from './manifest-texts.js';
import { configFile, readConfig, readConfigText } from './read-workspace.js';
import { told } from './told.js';

export interface ProductOptions {
  readonly project: string;
  readonly deploy?: Deploy;
  readonly environments?: readonly string[];
  readonly image?: string;
  readonly port?: number;
  readonly skipDockerfile?: boolean;
}

interface WishedFile {
  readonly file: string;
  readonly text: string;
}

/**
 * Makes a project a product: chosen by lanewise.yaml, with a Dockerfile, a chart or Kustomize base,
 * and manifests with its pins in every environment. Nothing that is there is changed but
 * lanewise.yaml and the project's tags, and those only where they do not say it yet.
 */
export function productGenerator(tree: Tree, options: ProductOptions): Promise<void> {
  return told(() => {
    const placed = productInConfig(tree, options);
    const config = readConfig(tree, placed.text);
    const port = options.port ?? 8080;
    const { product, root, deploy } = placed;
    const inside = root === '' ? '' : `${root}/`;
    const image = imageOf(config, product);
    const files = [
      ...(options.skipDockerfile === true ? [] : [dockerfile({ product, root, port })]),
      ...(deploy === 'helm' ? chartFiles(`${inside}chart`, { product, image, port }) : []),
      ...(deploy === 'kustomize' ? kustomizeBase(`${inside}deploy`, { product, port }) : []),
    ];
    const manifests = manifestFiles(config, { ...placed, image }, environmentsOf(options, config));
    const isHere = config.gitops.repository === null;
    if (placed.text !== readConfigText(tree)) tree.write(configFile, placed.text);
    placed.addTag?.();
    for (const { file, text } of [...files, ...(isHere ? manifests : [])])
      if (!tree.exists(file)) tree.write(file, text);
    report(config, product, manifests, isHere);
  });
}

function environmentsOf(
  { environments }: ProductOptions,
  config: Config,
): readonly EnvironmentName[] {
  const known = [...config.environments.keys()];
  if (environments === undefined) return known;
  return environments
    .flatMap((one) => one.split(','))
    .map((one) => parseEnvironmentName(one.trim()))
    .map((name) => {
      if (known.includes(name)) return name;
      throw new LanewiseError('ENVIRONMENT_UNKNOWN', `There is no environment ${show(name)}.`, {
        hint: `Known are: ${known.join(', ')}. 'nx g @lanewise/nx:environment ${name}' adds it.`,
      });
    });
}

/** The main image's name without tag; null where the product has none. */
function imageOf(config: Config, product: ProductName): string | null {
  const template = productConfig(config, product).images['main'];
  if (template === undefined) return null;
  return template.replace(/:[^/:]*$/, '').replaceAll('{product}', product);
}

/** A file for each that the pins name, with all pins that are in it and nothing pinned yet. */
function manifestFiles(
  config: Config,
  placed: { product: ProductName; project: string; root: string; image: string | null },
  environments: readonly EnvironmentName[],
): readonly WishedFile[] {
  const named = { name: placed.product, project: placed.project as ProjectName };
  return expandPins(config, [named], null)
    .filter(({ environment }) => environments.includes(environment))
    .flatMap(({ pins }) => {
      const files = new Map<string, Pin[]>();
      for (const pin of pins) files.set(pin.file, [...(files.get(pin.file) ?? []), pin]);
      return [...files].flatMap(([file, inFile]): WishedFile[] => {
        if (/[*?[\]]/.test(file)) return [];
        const about = { ...placed, file, pins: inFile };
        const isOverlay = /(?:^|\/)kustomization\.ya?ml$/i.test(file);
        return [{ file, text: isOverlay ? overlayText(about) : valuesText(about) }];
      });
    });
}

function report(
  { gitops }: Config,
  product: ProductName,
  manifests: readonly WishedFile[],
  isHere: boolean,
): void {
  if (!isHere) {
    logger.info(`The manifests are in ${gitops.repository ?? ''}. Add there:`);
    for (const { file, text } of manifests) logger.info(`\n# ${file}\n${text}`);
  }
  logger.info(
    `${product} is a product. After the commit, 'npx lanewise release ${product} --first' releases it for the first time.`,
  );
}
