import { marks } from './mark.js';
import { imageBase, imageHouse, isImageOf } from './product-names.js';
import type { Survey, SurveyedPin } from './survey.js';
import { tagTemplate } from './tag-template.js';

/** One pin as a configuration would write it, the environment's name marked. */
export interface PinWish {
  readonly file: string;
  readonly path: string;
  readonly document: SurveyedPin['shape']['document'];
  readonly format: string | null;
  readonly of: string;
  /** null: what a pin holds by default, the tag. */
  readonly value: string | null;
  readonly optional: boolean;
  /** The environments in which it counts; null: all. */
  readonly environments: readonly string[] | null;
}

/** What a configuration has to say of one product. */
export interface ProductWishes {
  readonly name: string;
  readonly root: string | null;
  /** The first one decides in which environments the product is. */
  readonly pins: readonly PinWish[];
  /** Environments by word, where the files alone would tell otherwise. */
  readonly environments: readonly string[] | null;
  /** Image templates by name, the product's name not marked yet; null where manifests tell none. */
  readonly images: Readonly<Record<string, string>> | null;
}

/** What the configuration has to say of each product, before anything is made common. */
export function pinWishes(survey: Survey): readonly ProductWishes[] {
  const files = new Set(survey.files);
  const there = survey.environments.map((one) => one.name);
  const pinsOf = new Map<string, SurveyedPin[]>();
  for (const pin of survey.pins) {
    const own = pinsOf.get(pin.product);
    if (own === undefined) pinsOf.set(pin.product, [pin]);
    else own.push(pin);
  }
  return survey.products.map(({ name, root, images }) => {
    const own = pinsOf.get(name) ?? [];
    const named = nameImages(name, images);
    const inside = there.filter((one) => own.some(({ environment }) => environment === one));
    const pins = unitePins(own, named, survey.files, inside);
    const isFile = (pin: PinWish, environment: string): boolean =>
      pin.file.includes('*')
        ? hasMatch(pin.file.replaceAll(marks.env, environment), survey.files)
        : files.has(pin.file.replaceAll(marks.env, environment));
    const isHere = (pin: PinWish, environment: string): boolean =>
      pin.environments?.includes(environment) !== false;
    const byFile = there.filter((one) => {
      const first = pins.find((pin) => isHere(pin, one));
      return first !== undefined && isFile(first, one);
    });
    const isTold = byFile.join() === inside.join();
    return {
      name,
      root,
      environments: isTold || pins.length === 0 ? null : inside,
      images: named.size === 0 ? null : imageTemplates(named, own),
      pins: pins.map((pin, index) => ({
        ...pin,
        optional:
          (index > 0 || !isTold) && inside.some((one) => isHere(pin, one) && !isFile(pin, one)),
      })),
    };
  });
}

/** The pins of all environments together; those that stand in most environments first. */
function unitePins(
  own: readonly SurveyedPin[],
  named: ReadonlyMap<string, string>,
  files: readonly string[],
  environments: readonly string[],
): PinWish[] {
  const written = writtenShapes(own, named);
  const wishes = new Map<string, { wish: PinWish; count: number; order: number; in: string[] }>();
  for (const pin of own) {
    const wish = wishOf(pin, named, written);
    const key = JSON.stringify(wish);
    const known = wishes.get(key);
    wishes.set(key, {
      wish,
      count: (known?.count ?? 0) + 1,
      order: known?.order ?? wishes.size,
      in: [...(known?.in ?? []), pin.environment],
    });
  }
  const sorted = [...wishes.values()].sort((a, b) => b.count - a.count || a.order - b.order);
  const placed = sorted.map(({ wish, in: inside }) => {
    const isShared = sorted.some((other) => other.wish !== wish && isSamePlace(other.wish, wish));
    return isShared
      ? { ...wish, environments: environments.filter((one) => inside.includes(one)) }
      : wish;
  });
  return joinFiles(placed, files, environments);
}

/** One place that environments write in different ways: each way counts in its own environments. */
function isSamePlace(one: PinWish, other: PinWish): boolean {
  const placeOf = ({ file, path, document, environments }: PinWish): string =>
    JSON.stringify([file, path, document, environments]);
  return placeOf(one) === placeOf(other);
}

function hasMatch(glob: string, files: readonly string[]): boolean {
  const [start = '', end = ''] = glob.split('*');
  return files.some((file) => file.startsWith(start) && file.endsWith(end));
}

const fewest = 4;

/** Many files of one folder that are pinned alike become one glob, if it matches these and no others. */
function joinFiles(
  wishes: readonly PinWish[],
  files: readonly string[],
  environments: readonly string[],
): PinWish[] {
  const groups = new Map<string, PinWish[]>();
  for (const wish of wishes) {
    const folder = wish.file.slice(0, wish.file.lastIndexOf('/') + 1);
    const key = JSON.stringify({ ...wish, file: folder });
    groups.set(key, [...(groups.get(key) ?? []), wish]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || group.length < fewest) return group;
    const file = globOf(group.map((wish) => wish.file));
    return file !== null && matchesOnly(file, group, files, environments)
      ? [{ ...first, file }]
      : group;
  });
}

/** `worker-1.yaml`, `worker-2.yaml` … as `worker-*.yaml`; null where the folder itself would need escapes. */
function globOf(paths: readonly string[]): string | null {
  const [first = '', ...rest] = paths;
  const same = (a: string, b: string): number => {
    let length = 0;
    while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
    return length;
  };
  const reverse = (text: string): string => [...text].reverse().join('');
  const before = Math.min(...rest.map((path) => same(first, path)));
  const after = Math.min(...rest.map((path) => same(reverse(first), reverse(path))));
  const shortest = Math.min(...paths.map(({ length }) => length));
  const end = Math.min(after, shortest - before);
  const glob = `${first.slice(0, before)}*${end === 0 ? '' : first.slice(-end)}`;
  return /[?[\]!()]/.test(glob) || glob.slice(0, glob.indexOf('*')).lastIndexOf('/') < 0
    ? null
    : glob;
}

function matchesOnly(
  glob: string,
  group: readonly PinWish[],
  files: readonly string[],
  environments: readonly string[],
): boolean {
  const [before = '', after = ''] = glob.split('*');
  const wanted = new Set(group.map(({ file }) => file));
  return environments.every((environment) => {
    const start = before.replaceAll(marks.env, environment);
    const end = after.replaceAll(marks.env, environment);
    const matching = files.filter(
      (file) =>
        file.startsWith(start) &&
        file.endsWith(end) &&
        file.length >= start.length + end.length &&
        !file.slice(start.length, file.length - end.length).includes('/'),
    );
    return matching.every((file) =>
      wanted.has(before + file.slice(start.length, file.length - end.length) + after),
    );
  });
}

function wishOf(
  pin: SurveyedPin,
  named: ReadonlyMap<string, string>,
  written: ReadonlyMap<string, string>,
): PinWish {
  const { only, ...shape } = pin.shape;
  const of = (pin.image === null ? undefined : named.get(pin.image)) ?? 'main';
  return {
    ...shape,
    format: pin.needsFormat ? pin.selector.format : null,
    of,
    value: valueOf(pin, named.size > 0 ? (written.get(of) ?? '') : null),
    optional: false,
    environments: only === undefined ? null : [only],
  };
}

/** How the tags of each image are made, where all its pins agree on it. */
function writtenShapes(
  own: readonly SurveyedPin[],
  named: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const texts = new Map<string, string[]>();
  for (const { image, text } of own) {
    const name = image === null ? undefined : named.get(image);
    if (name !== undefined) texts.set(name, [...(texts.get(name) ?? []), text]);
  }
  return new Map([...texts].map(([name, tags]) => [name, tagTemplate(tags)]));
}

/**
 * What a pin is written with, so that the next release has the shape of what stands there: nothing
 * where the image's tag has it. `written` is the image's template of tags; null: there is no image.
 */
function valueOf({ holds, text }: SurveyedPin, written: string | null): string | null {
  if (holds === 'digest') return '{digest}';
  if (text.includes('@sha')) return '{tag}@{digest}';
  const own = tagTemplate([text]);
  return own === '' || own === written ? null : own.slice(1);
}

/** Names for a product's images: `main` is the product's own, others are called by what they add. */
function nameImages(product: string, images: readonly string[]): Map<string, string> {
  const main = images.find((image) => imageBase(image) === product) ?? images[0];
  const named = new Map<string, string>();
  const taken = new Set<string>();
  for (const image of main === undefined ? [] : [main, ...images.filter((one) => one !== main)]) {
    const base = imageBase(image);
    const isMirror = image !== main && main !== undefined && base === imageBase(main);
    const added = isImageOf(image, product)
      ? base.replace(product, '').replace(/^[-_.]+|[-_.]+$/g, '')
      : base;
    const name =
      image === main || isMirror ? 'main' : added === '' || taken.has(added) ? base : added;
    taken.add(name);
    named.set(image, name);
  }
  return named;
}

function imageTemplates(
  named: ReadonlyMap<string, string>,
  own: readonly SurveyedPin[],
): Record<string, string> {
  const templates: Record<string, string> = {};
  for (const [image, name] of named) {
    const texts = own.filter((pin) => pin.image === image).map(({ text }) => text);
    templates[name] ??= `${image}${tagTemplate(texts)}`;
  }
  return templates;
}

/** An image of a product with the product's name marked where it ends or begins the last part. */
export function markImage(image: string, product: string): string {
  const house = imageHouse(image);
  const base = image.slice(house === '' ? 0 : house.length + 1);
  const marked = base.replace(
    new RegExp(`(?<![A-Za-z0-9])${product.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![A-Za-z0-9])`),
    marks.product,
  );
  return house === '' ? marked : `${house}/${marked}`;
}
