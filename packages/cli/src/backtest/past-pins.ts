import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeConfig, type KnownProduct } from '@lanewise/manifests';
import {
  expandPins,
  isLanewiseError,
  isProductName,
  isRecognising,
  parseConfig,
  parseEnvironmentName,
  type Config,
  type EnvironmentName,
  type NamedProduct,
  type Pin,
  type RepoPath,
} from '@lanewise/model';
import type { PastPin } from '@lanewise/promotion';
import type { Call } from '../command.js';
import { configFileName, configPath, readTreeConfig } from '../context/work-tree-config.js';
import { inspect, type Inspection } from '../init/inspect.js';

/** How the products, environments and pins came to be known. */
export interface KnownPlaces {
  /** The configuration; null: what `init` found makes none. */
  readonly config: Config | null;
  /** What `init` found, where there is no configuration. */
  readonly found: Inspection | null;
  /** Address or folder of the GitOps repository, and from where a relative one is read; null: the workspace. */
  readonly gitops: { readonly where: string; readonly base: string } | null;
  readonly branch: string | null;
}

/** Reads lanewise.yaml, or looks around as `init` does where there is none. */
export async function knowPlaces(
  call: Call,
  root: string,
  options: { readonly gitops?: string; readonly branch?: string },
): Promise<KnownPlaces> {
  const named =
    options.gitops === undefined ? null : { where: options.gitops, base: call.global.directory };
  const branch = options.branch ?? null;
  if (existsSync(join(root, configPath(call.global, root)))) {
    const config = await readTreeConfig(call, root);
    const { repository } = config.gitops;
    const own = repository === null ? null : { where: repository, base: root };
    const isThere = (named ?? own) !== null || branch !== null;
    return {
      config,
      found: null,
      gitops: named ?? own,
      branch: isThere ? (branch ?? config.gitops.branch) : config.gitops.branch,
    };
  }
  const found = await inspect(call, options.gitops ?? null, branch);
  call.note(
    `There is no ${configFileName}: products, environments and pins are those that 'lanewise init' would find.`,
  );
  return { config: proposedConfig(found), found, gitops: named, branch };
}

/** What `init` would write, as a configuration; null where that is none, which stops nothing here. */
function proposedConfig(found: Inspection): Config | null {
  try {
    const text = writeConfig(found.survey, {
      gitops: found.gitops,
      projects: found.isNx ? 'graph' : 'declared',
    });
    return parseConfig(text, configFileName);
  } catch (error) {
    if (isLanewiseError(error)) return null;
    throw error;
  }
}

/** The pins of the tip, in both shapes, with what is known of their products. */
export interface TipPins {
  readonly pins: readonly PastPin[];
  readonly configured: readonly Pin[];
  readonly products: readonly KnownProduct[];
  readonly images: ReadonlyMap<string, readonly string[]>;
  readonly environments: readonly EnvironmentName[];
}

/** The pins by the configuration. Throws what expanding them throws. */
export function configuredPins(
  config: Config,
  products: readonly NamedProduct[],
  files: ReadonlySet<RepoPath>,
): TipPins {
  const configured = expandPins(config, products, files)
    .filter(({ membership }) => membership === 'in')
    .flatMap(({ pins }) => pins)
    .filter(isRecognising);
  return {
    pins: configured.map(({ product, environment, file, selector }) => ({
      product,
      environment,
      file,
      selector,
    })),
    configured,
    products: products.map(({ name }) => ({
      name,
      root: null,
      why: 'is configured',
      deployable: true,
    })),
    images: new Map(products.map(({ name }) => [name, imageNames(config, name)])),
    environments: [...config.environments.keys()],
  };
}

/** Names of a product's images, templates filled in as far as the product's name goes. */
function imageNames(config: Config, product: string): readonly string[] {
  const own = [...config.products.values()].find(({ name }) => name === product) ?? config.defaults;
  return Object.values(own.images)
    .map((template) => template.replaceAll('{product}', product).replace(/:[^/]*$/, ''))
    .filter((name) => !name.includes('{'));
}

/** The pins that were found by looking. */
export function foundPins({ survey }: Inspection): TipPins {
  const environments = new Map(survey.environments.flatMap(({ name }) => environmentOf(name)));
  const pins = survey.pins.flatMap(({ product, environment, file, selector }): PastPin[] => {
    const name = environments.get(environment);
    if (name === undefined || !isProductName(product)) return [];
    return [{ product, environment: name, file, selector }];
  });
  return {
    pins,
    configured: pins.map((pin, index) => ({
      ...pin,
      index,
      of: 'main',
      value: '{tag}',
      optional: false,
      vars: {},
      place: { file: pin.file },
    })),
    products: survey.products.map(({ name, root, why }) => ({ name, root, why, deployable: true })),
    images: new Map(survey.products.map(({ name, images }) => [name, images])),
    environments: [...environments.values()],
  };
}

function environmentOf(name: string): readonly (readonly [string, EnvironmentName])[] {
  try {
    return [[name, parseEnvironmentName(name)]];
  } catch {
    return [];
  }
}
