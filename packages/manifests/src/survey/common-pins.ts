import { fillMarks, markPart, markWord, marks } from './mark.js';
import type { PinWish, ProductWishes } from './pin-wishes.js';
import { keyForms } from './product-names.js';

/** How a product takes the common pins: as they are, with a word of its own, or not at all. */
type Fit =
  | { readonly kind: 'plain' }
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'none' };

/** The pins that stand as the default, and how each product fits them. */
export interface CommonPins {
  readonly pins: readonly PinWish[];
  readonly fits: ReadonlyMap<string, Fit>;
}

/**
 * Finds the pins that spare the most words as the default: each product's own pins, its name made
 * a word, are tried on all others.
 */
export function commonPins(products: readonly ProductWishes[]): CommonPins {
  const pinned = products.filter(({ pins }) => pins.length > 0);
  const candidates = new Map<string, { pins: readonly PinWish[]; count: number }>();
  for (const product of pinned) {
    for (const pins of generalise(product)) {
      const key = JSON.stringify(pins);
      candidates.set(key, { pins, count: (candidates.get(key)?.count ?? 0) + 1 });
    }
  }
  // The few that most products agree on: trying all on all would be slow where none agree.
  const likely = [...candidates.values()].sort((a, b) => b.count - a.count).slice(0, 20);
  const tried = likely.map(({ pins }) => {
    const fits = new Map(pinned.map((product) => [product.name, fitPins(pins, product)]));
    return { pins, fits, score: scoreOf([...fits.values()], pins) };
  });
  const [best] = tried.sort((a, b) => b.score - a.score);
  const fitting = [...(best?.fits.values() ?? [])].filter(({ kind }) => kind !== 'none').length;
  if (best === undefined || (fitting < 2 && pinned.length > 1))
    return { pins: [], fits: new Map() };
  return best;
}

/** A plain fit spares a whole entry, one with a word of its own most of it. */
function scoreOf(fits: readonly Fit[], pins: readonly PinWish[]): number {
  const points = { plain: 4, key: 3, none: 0 } as const;
  const total = fits.reduce((sum, { kind }) => sum + points[kind], 0);
  return total + 1 / (1 + pins.length);
}

/** A product's pins with its name as a word: by itself, and in the form that keys have. */
function generalise({ name, pins }: ProductWishes): (readonly PinWish[])[] {
  const named = pins.map((pin) => mapTexts(pin, (text) => markName(text, name)));
  const forms = keyForms(name).map((form) =>
    named.map((pin) => ({
      ...mapTexts(pin, (text) => markWord(text, form, marks.key)),
      path: markForm(pin.path, form),
    })),
  );
  const different = forms.filter((one) => JSON.stringify(one) !== JSON.stringify(named));
  const keyed = pins.map((pin) => ({
    ...mapTexts(pin, (text) => markName(text, name)),
    path: markWord(pin.path, name, marks.key),
  }));
  const isKeyed = keyed.some(({ path }) => path.includes(marks.key));
  return [named, ...different, ...(isKeyed ? [keyed] : [])];
}

/** A form of the name in a path: inside longer names, such as `API_TAG`, only where it never stands by itself. */
function markForm(path: string, form: string): string {
  const alone = markWord(path, form, marks.key);
  return alone === path ? markPart(path, form, marks.key) : alone;
}

/** The product's name as a word, where it stands by itself; inside longer names only where it never does. */
export function markName(text: string, product: string): string {
  const alone = markWord(text, product, marks.product);
  return alone === text ? markPart(text, product, marks.product) : alone;
}

function fitPins(pins: readonly PinWish[], product: ProductWishes): Fit {
  const wanted = JSON.stringify(product.pins);
  const fill = (key?: string): string =>
    JSON.stringify(
      pins.map((pin) =>
        mapTexts(pin, (text) =>
          fillMarks(text, { product: product.name, ...(key !== undefined && { key }) }),
        ),
      ),
    );
  if (fill() === wanted) return { kind: 'plain' };
  if (!pins.some((pin) => Object.values(texts(pin)).some((text) => text.includes(marks.key))))
    return { kind: 'none' };
  const key = [product.name, ...keyForms(product.name)].find((form) => fill(form) === wanted);
  return key === undefined ? { kind: 'none' } : { kind: 'key', key };
}

function texts({ file, path, document }: PinWish): readonly string[] {
  return [file, path, document?.name ?? ''];
}

/** A wish with its texts changed; image values and the rest stay. */
export function mapTexts(pin: PinWish, change: (text: string) => string): PinWish {
  const { document } = pin;
  return {
    ...pin,
    file: change(pin.file),
    path: change(pin.path),
    document:
      document?.name === undefined ? document : { ...document, name: change(document.name) },
  };
}
