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
  files: ReadonlySet<RepoPath> | null,
): readonly Placement[] {
  const owners = new Map<string, Pin>();
  const placements: Placement[] = [];
  for (const product of products) {
    const configured = configOf(config, product);
    for (const environment of config.environments.values()) {
      const placement = place(product, configured, environment, files);
      placement.pins.forEach((pin) => claim(owners, pin));
      placements.push(placement);
    }
  }
  return placements;
}

function place(
  product: NamedProduct,
  configured: ProductConfig,
  environment: EnvironmentConfig,
  files: ReadonlySet<RepoPath> | null,
): Placement {
  const named = { product: product.name, environment: environment.name };
  const outside: Placement = { ...named, membership: 'outside', pins: [], missing: [] };
  if (configured.environments?.includes(environment.name) === false) return outside;
  const words = wordsOf(product, configured, environment);
  const here = configured.pins.flatMap((pin, index) =>
    pin.environments?.includes(environment.name) === false ? [] : [{ pin, index }],
  );
  const all = here.map(({ pin, index }) => expandPin(pin, index, words, named, files));
  const isIn = ([first]: readonly (readonly Pin[])[]): boolean =>
    first !== undefined &&
    (configured.environments !== null ||
      files === null ||
      first.some((pin) => files.has(pin.file)));
  const groups = byMember(
    here.map(({ pin }) => pin),
    all,
  )
    .filter(isIn)
    .flat();
  const [first] = groups;
  if (first === undefined) return outside;
  const pins = groups.length === 1 ? first : groups.flat();
  const isThere = (pin: Pin): boolean => files === null || files.has(pin.file);
  if (pins.every(isThere)) return { ...named, membership: 'in', pins, missing: none };
  return {
    ...named,
    membership: 'in',
    pins: pins.filter(isThere),
    missing: pins.filter((pin) => !isThere(pin) && !pin.optional),
  };
}

const none: readonly Pin[] = [];

/** The pins of each member of a group, which may be in other environments than the rest; all together without members. */
function byMember(
  pins: readonly PinConfig[],
  expanded: readonly (readonly Pin[])[],
): readonly (readonly (readonly Pin[])[])[] {
  if (pins[0]?.member === undefined) return [expanded];
  const members = new Map<string | undefined, (readonly Pin[])[]>();
  for (const [index, { member }] of pins.entries())
    members.set(member, [...(members.get(member) ?? []), expanded[index] ?? none]);
  return [...members.values()];
}

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
  named: { product: ProductName; environment: EnvironmentName },
  files: ReadonlySet<RepoPath> | null,
): readonly Pin[] {
  const fill = (template: string): string => renderTemplate(template, words, pin.place);
  const selector = selectorOf(pin, fill);
  const { of, value, optional, place: at } = pin;
  const { product, environment } = named;
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

function filesOf(
  file: string,
  pin: PinConfig,
  files: ReadonlySet<RepoPath> | null,
): readonly RepoPath[] {
  const path = inside(file, pin);
  if (files === null || !/[*?[\]{}]/.test(file) || files.has(path)) return [path];
  const matches = picomatch(path, { dot: true });
  const found = [...files].filter((name) => matches(name)).sort();
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

/** Each place in a manifest has one owner: a second claim is an error that names both. */
function claim(owners: Map<string, Pin>, pin: Pin): void {
  const { document, path, image } = pin.selector;
  const where = [pin.file, document?.kind, document?.name, path, image];
  const key = where.map((text) => text ?? '').join('\n');
  const owner = owners.get(key);
  if (owner === undefined) {
    owners.set(key, pin);
    return;
  }
  throw collision(owner, pin);
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
