import { isProductName } from '@lanewise/model';

import type { FoundPin } from '../find/found-pin.js';
import { isEnvironmentWord, splitEnvironment } from './environment-words.js';
import { imageBase, imageHouse, isImageOf, keyForms, pathNames } from './product-names.js';
import type { Sureness } from './survey.js';

/** A pin with the product that it was given to, or why it was given to none. */
export type PlacedProduct =
  | {
      readonly kind: 'placed';
      readonly pin: FoundPin;
      readonly product: string;
      readonly sureness: Sureness;
      readonly why: string;
    }
  | { readonly kind: 'unplaced'; readonly pin: FoundPin; readonly why: string };

/** The names that a survey knows of, by how they are written. */
export interface Names {
  /** Products and projects of the workspace; every form of a name as a key leads to it. */
  readonly known: ReadonlyMap<string, string>;
  /** Registry folders in which images of known products lie. */
  readonly houses: ReadonlySet<string>;
}

/** Looks known names up in all forms; a name that two would share belongs to neither. */
export function namesOf(products: readonly string[], images: readonly string[]): Names {
  const known = new Map<string, string>();
  for (const name of products) for (const form of keyForms(name)) known.set(form, name);
  for (const name of products) known.set(name, name);
  const houses = images
    .filter((image) => known.get(imageBase(image)) === imageBase(image))
    .map(imageHouse);
  return { known, houses: new Set(houses.filter((house) => house !== '')) };
}

/** Gives the pins of one file to products: by the image's name, the key, the document, then the path. */
export function placeProducts(
  pins: readonly FoundPin[],
  marked: string,
  names: Names,
  object: { readonly name: string | null; readonly why: string } | undefined = undefined,
): readonly PlacedProduct[] {
  const keyed = namedByKeys(pins);
  const told = pins.map((pin) => productTold(pin, names) ?? keyed.get(pin) ?? null);
  const owner = ownerByObject(pins, object, names) ?? ownerOf(pins, marked, names);
  const images = new Set(pins.flatMap(({ image }) => (image === null ? [] : [image])));
  const own =
    owner === null ? new Set<FoundPin>() : ownPins(pins, told, owner.name, names, images.size);
  return pins.map((pin, index): PlacedProduct => {
    const name = told[index];
    if (owner !== null && own.has(pin))
      return place(pin, owner.name, ownSureness(pin, owner), `${pin.why}, in ${owner.why}`);
    if (name !== undefined && name !== null)
      return place(pin, name.product, 'sure', `${pin.why}, ${name.why}`);
    if (own.size === 0 && (owner === null || images.size > 1)) return placeByImage(pin, names);
    const whose = owner === null ? 'no product' : `not ${owner.name}`;
    return { kind: 'unplaced', pin, why: `its image or key names ${whose}` };
  });
}

function place(
  pin: FoundPin,
  product: string,
  sureness: Sureness,
  why: string,
): PlacedProduct & { kind: 'placed' } {
  return { kind: 'placed', pin, product, sureness, why };
}

interface Owner {
  readonly name: string;
  readonly isKnown: boolean;
  readonly why: string;
}

/** The product that an Application or HelmRelease is called after, which uses the file: a known one, or the image's. */
function ownerByObject(
  pins: readonly FoundPin[],
  object: { readonly name: string | null; readonly why: string } | undefined,
  names: Names,
): Owner | null {
  const name = object?.name ?? null;
  if (object === undefined || name === null || !isProductName(name)) return null;
  const isKnown =
    names.known.get(name) === name ||
    pins.some(({ image }) => image !== null && imageBase(image) === name);
  return isKnown ? { name, isKnown, why: object.why } : null;
}

/** The product that a file's path names: a known one wherever it stands, else what looks like one. */
function ownerOf(pins: readonly FoundPin[], marked: string, names: Names): Owner | null {
  const candidates = pathNames(marked);
  const known = candidates.find((name) => names.known.get(name) === name);
  if (known !== undefined) return { name: known, isKnown: true, why: `a path that names ${known}` };
  const byImage = candidates.find((name) =>
    pins.some(({ image }) => image !== null && imageBase(image) === name),
  );
  const [first] = candidates;
  const name = byImage ?? first;
  return name === undefined
    ? null
    : {
        name,
        isKnown: byImage !== undefined,
        why: `a path whose part '${name}' looks like a name`,
      };
}

/** What the pin itself says: its image, then a key or list entry, then the name of its document. */
function productTold(
  pin: FoundPin,
  { known }: Names,
): { readonly product: string; readonly why: string } | null {
  const base = pin.image === null ? null : imageBase(pin.image);
  const byImage = base === null ? undefined : known.get(base);
  if (byImage !== undefined && byImage === base)
    return { product: byImage, why: `of the image ${pin.image ?? ''}` };
  const words = wordsOf(pin);
  for (const word of words.flatMap((one) => [one, one.replace(/[-_]?(?:image)?[-_]?tag$/i, '')])) {
    const byKey = known.get(word);
    if (byKey !== undefined) return { product: byKey, why: `under '${word}'` };
  }
  const document = pin.selector.document?.name ?? '';
  const byDocument = known.get(document) ?? known.get(withoutEnvironment(document) ?? '');
  return byDocument === undefined
    ? null
    : { product: byDocument, why: `in the document '${document}'` };
}

/** Keys of a pin's path; of a pattern the variable's name. */
function wordsOf({ selector }: FoundPin): readonly string[] {
  const path = selector.path ?? '';
  if (selector.format !== 'text') return path.split(/[.[\]=^]+/);
  const name = variableOf(path);
  return name === null ? [] : [name];
}

/** The variable that a pattern such as `^API_TAG=(\S+)` sets. */
function variableOf(pattern: string): string | null {
  return /(\w+)(?==|\\s\*[=:])/.exec(pattern)?.[1] ?? null;
}

/** What a variable is called after, where it is called after more than its version: `api` in `API_IMAGE_TAG`. */
function variableStem({ selector }: FoundPin): string | null {
  if (selector.format !== 'text') return null;
  const name = variableOf(selector.path ?? '') ?? '';
  const stem = name
    .replace(/_?(?:docker_?)?(?:image_?)?(?:tag|version)$|(?:Image)?(?:Tag|Version)$/i, '')
    .replaceAll('_', '-')
    .toLowerCase();
  return isProductName(stem) && !isEnvironmentWord(stem) ? stem : null;
}

/**
 * Where nobody says which products there are, several images of one house that stand under keys of
 * their own names (`api.image`, `web.image`) are a product each: the values of an umbrella chart.
 */
function namedByKeys(
  pins: readonly FoundPin[],
): ReadonlyMap<FoundPin, { readonly product: string; readonly why: string }> {
  const found = pins.flatMap((pin) => {
    const base = pin.image === null ? '' : imageBase(pin.image);
    const [first] = (pin.selector.path ?? '').split('.');
    const isNamed = isProductName(base) && [base, ...keyForms(base)].includes(first ?? '');
    return isNamed && pin.image !== null ? [{ pin, base, house: imageHouse(pin.image) }] : [];
  });
  const [house] = mostOften(found.map((one) => one.house).filter((one) => one !== ''));
  const own = found.filter((one) => one.house === house);
  if (new Set(own.map(({ base }) => base)).size < 2) return new Map();
  return new Map(
    own.map(({ pin, base }) => [pin, { product: base, why: `under the name of its image` }]),
  );
}

function mostOften(values: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([value]) => value);
}

/** `docs-prod` and `prod-docs` are objects of `docs`. */
function withoutEnvironment(document: string): string | null {
  const split = splitEnvironment(document);
  return split === null ? null : `${split.before}${split.after}`.replace(/^[-_.]+|[-_.]+$/g, '');
}

const mainPath =
  /^(?:spec\.(?:template\.spec\.)?(?:sources?(?:\[[^\]]*\])?\.)?(?:helm\.)?(?:values(?:Object)?\.|parameters\[name=)?)?(?:(?:app|application|main|deployment|global|web|server|controllers\.main\.containers\.main)\.)?(?:app)?[iI]mage(?:\.tag|_tag|Tag|\.digest)?\]?(?:\.value)?$|^(?:tag|version|appVersion)$|^spec\.(?:chart\.spec\.version|ref\.tag)$|_TAG$|^\w*[iI]mage_?[tT]ag$/;

/** Which of a file's pins are its owner's: those whose image or key says so, else the one in the usual place. */
function ownPins(
  pins: readonly FoundPin[],
  told: readonly ({ readonly product: string } | null)[],
  owner: string,
  { known, houses }: Names,
  images: number,
): Set<FoundPin> {
  const isOthers = (index: number): boolean =>
    told[index] !== null && told[index]?.product !== owner;
  const matching = pins.filter(
    ({ image }, index) =>
      told[index]?.product === owner ||
      (!isOthers(index) &&
        image !== null &&
        isImageOf(image, owner) &&
        !known.has(imageBase(image))),
  );
  const plain = pins.filter(
    ({ image, selector, holds }, index) =>
      !isOthers(index) &&
      (image === null || houses.size === 0 || houses.has(imageHouse(image))) &&
      (mainPath.test(selector.path ?? '') || (holds === 'digest' && image === null)),
  );
  if (matching.length > 0) {
    const digests = plain.filter(({ image }) => image === null);
    return new Set([...matching, ...digests]);
  }
  if (plain.length > 0 && plain.length <= 2) return new Set(withDigests(plain, pins));
  const free = pins.filter((_, index) => !isOthers(index));
  const ours = free.filter(({ image }) => image !== null && houses.has(imageHouse(image)));
  if (ours.length === 1) return new Set(ours);
  return images <= 1 ? new Set(free.filter(isOnlyImage)) : new Set();
}

/** The tag's digest moves with it. */
function withDigests(chosen: readonly FoundPin[], pins: readonly FoundPin[]): readonly FoundPin[] {
  const images = new Set(chosen.map(({ image }) => image));
  return pins.filter(
    (pin) =>
      chosen.includes(pin) ||
      (pin.holds === 'digest' && pin.image !== null && images.has(pin.image)),
  );
}

/** The one image of a Kustomization or workload is its owner's, unless it is one of the hub's own. */
function isOnlyImage({ image, selector, holds }: FoundPin): boolean {
  if (image === null) return holds === 'tag' || holds === 'version';
  return (
    (selector.format === 'kustomize' || selector.format === 'kubernetes') &&
    imageHouse(image).includes('/')
  );
}

function ownSureness(pin: FoundPin, owner: Owner): Sureness {
  const byImage = pin.image !== null && imageBase(pin.image) === owner.name;
  if (byImage) return 'sure';
  if (!owner.isKnown) return 'perhaps';
  return pin.sureness === 'perhaps' ? 'perhaps' : 'likely';
}

/** Nothing but the image names a product: one of several in a file that belongs to nobody. */
function placeByImage(pin: FoundPin, { known, houses }: Names): PlacedProduct {
  const base = pin.image === null ? '' : imageBase(pin.image);
  const house = pin.image === null ? '' : imageHouse(pin.image);
  const isOurs = houses.size === 0 ? house.includes('/') : houses.has(house);
  if (isProductName(base) && !isEnvironmentWord(base) && isOurs && known.size === 0)
    return place(pin, base, 'likely', `${pin.why}, of the image ${pin.image ?? ''}`);
  const variable = variableStem(pin);
  if (variable !== null && known.size === 0)
    return place(pin, variable, 'perhaps', `${pin.why}, called after ${variable}`);
  const document = withoutEnvironment(pin.selector.document?.name ?? '');
  if (pin.image === null && document !== null && isProductName(document) && known.size === 0)
    return place(pin, document, 'perhaps', `${pin.why}, in a document named after ${document}`);
  return {
    kind: 'unplaced',
    pin,
    why: pin.image === null ? 'nothing names a product' : `no product is called ${base}`,
  };
}
