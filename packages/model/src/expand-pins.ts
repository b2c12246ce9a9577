import picomatch from 'picomatch';
import type { Config, EnvironmentConfig, PinConfig, ProductConfig } from './config.js';
import { LanewiseError } from './errors.js';
import { parseRepoPath, type EnvironmentName, type ProductName, type RepoPath } from './ids.js';
import { configOf, type NamedProduct } from './members.js';
import type { Pin, PinSelector } from './pin.js';
import { renderTemplate, templateWords, type Words } from './template.js';

/**
 * The pins of one product in one environment. `outside` means the product is not in that
 * environment; `missing` are pins that must be there and whose file is not.
 */
export interface Placement {
  readonly product: ProductName;
  readonly environment: EnvironmentName;
  readonly membership: 'in' | 'outside';
  readonly pins: readonly Pin[];
  readonly missing: readonly Pin[];
}

/** Names of files, as a set or as the keys of a map. */
export type KnownFiles = Pick<ReadonlySet<RepoPath>, 'has' | 'keys'>;

/**
 * Expands all pin templates for all products and environments, and checks that each pin belongs
 * to one product and one environment and stays inside the repository.
 *
 * @param files - all files of the GitOps tree, for globs and for the question which environments
 *   a product is in; null where the tree is not known: then every pin counts as there
 * @throws LanewiseError CONFIG_COLLISION, CONFIG_ESCAPES_ROOT, CONFIG_INVALID with the pin's place
 */
export function expandPins(
  config: Config,
  products: readonly NamedProduct[],
  files: KnownFiles | null,
): readonly Placement[] {
  const owners: Owners = new Map();
  const placements: Placement[] = [];
  const environments = [...config.environments.values()];
  for (const product of products) {
    const configured = configOf(config, product);
    for (const environment of environments) {
      const placement = place(product, configured, environment, files);
      for (const pin of placement.pins) claim(owners, pin);
      placements.push(placement);
    }
  }
  return placements;
}

function place(
  product: NamedProduct,
  configured: ProductConfig,
  environment: EnvironmentConfig,
  files: KnownFiles | null,
): Placement {
  const at = { product: product.name, environment: environment.name };
  if (configured.environments?.includes(environment.name) === false) return outside(at);
  const words = wordsOf(product, configured, environment);
  const here: PinConfig[] = [];
  const all: (readonly Pin[])[] = [];
  for (let index = 0; index < configured.pins.length; index += 1) {
    const pin = configured.pins[index];
    if (pin === undefined || pin.environments?.includes(environment.name) === false) continue;
    here.push(pin);
    all.push(expandPin(pin, index, words, at, files));
  }
  const isThere = (pin: Pin): boolean => files === null || files.has(pin.file);
  const isIn = ([first]: readonly (readonly Pin[])[]): boolean =>
    first !== undefined && (configured.environments !== null || first.some(isThere));
  const groups = membersIn(here, all, isIn);
  const [first] = groups;
  if (first === undefined) return outside(at);
  const { product: name, environment: where } = at;
  const pins = groups.length === 1 ? first : groups.flat();
  if (pins.every(isThere))
    return { product: name, environment: where, membership: 'in', pins, missing: none };
  return {
    product: name,
    environment: where,
    membership: 'in',
    pins: pins.filter(isThere),
    missing: pins.filter((pin) => !isThere(pin) && !pin.optional),
  };
}

function outside({ product, environment }: PlaceNames): Placement {
  return { product, environment, membership: 'outside', pins: none, missing: none };
}

const none: readonly Pin[] = [];

/**
 * The pins that are there. Those of each member of a group may be in other environments than the
 * rest; without members all are together.
 */
function membersIn(
  pins: readonly PinConfig[],
  expanded: readonly (readonly Pin[])[],
  isIn: (pins: readonly (readonly Pin[])[]) => boolean,
): readonly (readonly Pin[])[] {
  if (pins[0]?.member === undefined) return isIn(expanded) ? expanded : [];
  const members = new Map<string | undefined, (readonly Pin[])[]>();
  for (const [index, { member }] of pins.entries())
    members.set(member, [...(members.get(member) ?? []), expanded[index] ?? none]);
  return [...members.values()].filter(isIn).flat();
}

type PlaceNames = Pick<Pin, 'product' | 'environment'>;

interface PlaceWords {
  readonly words: Words;
  readonly vars: Readonly<Record<string, string>>;
}

function wordsOf(
  product: NamedProduct,
  configured: ProductConfig,
  environment: EnvironmentConfig,
): PlaceWords {
  const vars = mergeVars(environment.vars, configured.vars);
  const text = {
    ...vars,
    env: environment.name,
    product: product.name,
    group: product.name,
    project: product.project ?? configured.project ?? product.name,
  };
  return { vars, words: { text } };
}

type Vars = Readonly<Record<string, string>>;

/** The product's words win. Without any the one object serves, as most products have none. */
function mergeVars(environment: Vars, product: Vars): Vars {
  if (Object.keys(product).length === 0) return environment;
  return Object.keys(environment).length === 0 ? product : { ...environment, ...product };
}

function expandPin(
  pin: PinConfig,
  index: number,
  { words, vars }: PlaceWords,
  { product, environment }: PlaceNames,
  files: KnownFiles | null,
): readonly Pin[] {
  const fill = (template: string): string => renderTemplate(template, words, pin.place);
  const selector = selectorOf(pin, fill);
  const { of, value, optional, place: at } = pin;
  return filesOf(fill(pin.file), pin, files).map((file) => ({
    product,
    environment,
    index,
    file,
    selector,
    of,
    value,
    optional,
    vars,
    place: at,
  }));
}

/** Selectors of pins whose path and image are the same everywhere: one object for all. */
const plainSelectors = new WeakMap<PinConfig, PinSelector>();

function selectorOf(pin: PinConfig, fill: (template: string) => string): PinSelector {
  const known = plainSelectors.get(pin);
  if (known !== undefined) return known;
  const selector: PinSelector = {
    ...(pin.format !== undefined && { format: pin.format }),
    ...(pin.document !== undefined && { document: fillDocument(pin.document, fill) }),
    ...(pin.path !== undefined && { path: fill(pin.path) }),
    ...(pin.image !== undefined && { image: fill(pin.image) }),
    ...(pin.create && { create: true }),
    ...(pin.all && { every: true }),
  };
  const templates = [pin.path, pin.image, pin.document?.kind, pin.document?.name];
  const isPlain = templates.every((text) => text === undefined || templateWords(text).length === 0);
  if (isPlain) plainSelectors.set(pin, selector);
  return selector;
}

function fillDocument(
  document: NonNullable<PinConfig['document']>,
  fill: (template: string) => string,
): NonNullable<PinSelector['document']> {
  return {
    ...(document.kind !== undefined && { kind: fill(document.kind) }),
    ...(document.name !== undefined && { name: fill(document.name) }),
  };
}

function filesOf(file: string, pin: PinConfig, files: KnownFiles | null): readonly RepoPath[] {
  const path = inside(file, pin);
  if (files === null || !/[*?[\]{}]/.test(file) || files.has(path)) return [path];
  const matches = picomatch(path, { dot: true });
  const found = [...files.keys()].filter((name) => matches(name)).sort();
  return found.length > 0 ? found : [path];
}

function inside(file: string, pin: PinConfig): RepoPath {
  try {
    return parseRepoPath(file);
  } catch (cause) {
    throw new LanewiseError(
      'CONFIG_ESCAPES_ROOT',
      `The pin's file '${file}' leaves the GitOps repository.`,
      {
        place: pin.place,
        cause,
        hint: "Write it from the repository's root, without '..'.",
      },
    );
  }
}

/** Who has pins in a file: mostly one pin alone, else each by its place there. */
type Owners = Map<RepoPath, Pin | Map<string, Pin>>;

/** Each place in a manifest has one owner: a second claim is an error that names both. */
function claim(owners: Owners, pin: Pin): void {
  const known = owners.get(pin.file);
  if (known === undefined) {
    owners.set(pin.file, pin);
    return;
  }
  const here = known instanceof Map ? known : new Map([[placeOf(known), known]]);
  owners.set(pin.file, here);
  const where = placeOf(pin);
  const owner = here.get(where);
  if (owner !== undefined) throw collision(owner, pin);
  here.set(where, pin);
}

function placeOf({ selector: { document, path, image } }: Pin): string {
  return [document?.kind, document?.name, path, image].map((text) => text ?? '').join('\n');
}

function collision(owner: Pin, pin: Pin): LanewiseError {
  const where = [pin.file, pin.selector.path ?? pin.selector.image ?? ''].join(' ').trim();
  const name = ({ product, environment }: Pin): string => `${product} in ${environment}`;
  const [what, hint] =
    owner.product !== pin.product
      ? [
          'two products',
          "Put '{product}' into the pin's file or path, or give one of them pins of its own under products.each.",
        ]
      : owner.environment !== pin.environment
        ? ['two environments', "Put '{env}' into the pin's file or path."]
        : ['one product twice', 'Remove one of the two.'];
  return new LanewiseError(
    'CONFIG_COLLISION',
    `The pin ${where} belongs to ${what}: ${name(owner)}, and ${name(pin)}.`,
    {
      place: pin.place,
      hint,
    },
  );
}
