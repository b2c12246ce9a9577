import { detectLayout, environmentRank } from './detect-layout.js';
import { detectPin, type FoundPin } from './detect-pins.js';
import type { FoundProduct } from './detect-products.js';
import type { FileSource } from './file-source.js';

/** What `init` found, before it becomes a configuration. */
export interface Proposal {
  readonly products: readonly ProposedProduct[];
  readonly environments: readonly ProposedEnvironment[];
  /** How most products are pinned and named; null: no pins were found. */
  readonly pin: PinTemplate | null;
  readonly image: string | null;
  readonly pins: readonly FoundPin[];
  /** What could not be placed, as sentences. */
  readonly unplaced: readonly string[];
}

export interface ProposedProduct {
  readonly name: string;
  /** Folder in the workspace; null where only manifests name it. */
  readonly root: string | null;
  readonly isProject: boolean;
  /** Its pin and image, where they differ from the most common ones. */
  readonly pin: PinTemplate | null;
  readonly image: string | null;
}

export interface ProposedEnvironment {
  readonly name: string;
  readonly after: string | null;
  readonly group: string | null;
}

export type PinTemplate = { readonly file: string } & FoundPin['selector'];

/** Looks through manifests for the pins of the products, and says how to name them. */
export async function propose(
  products: readonly FoundProduct[],
  projects: ReadonlyMap<string, string>,
  manifests: FileSource,
): Promise<Proposal> {
  const names = new Set([...products.map(({ name }) => name), ...projects.keys()]);
  const placed = detectLayout(manifests.files, names);
  const contents = await manifests.read(placed.map(({ file }) => file));
  const found = placed.flatMap(
    (one) => detectPin(one, contents.get(one.file) ?? new Uint8Array()) ?? [],
  );
  const pins = onePinPerCell(found);
  const templates = new Map(
    groupBy(pins, ({ product }) => product).map(([product, own]) => [
      product,
      most(own.map(templateOf)) ?? null,
    ]),
  );
  const images = new Map(
    groupBy(pins, ({ product }) => product).map(([product, own]) => [
      product,
      most(own.map(imageOf)) ?? null,
    ]),
  );
  const pin = most([...templates.values()]) ?? null;
  const image = most([...images.values()].filter((one) => one !== null)) ?? null;
  const pinned = [...templates.keys()];
  const all = [
    ...new Set([...pinned, ...(pinned.length === 0 ? products.map(({ name }) => name) : [])]),
  ].sort();
  return {
    pin,
    image,
    pins,
    environments: orderEnvironments([...new Set(pins.map(({ environment }) => environment))]),
    products: all.map((name) => ({
      name,
      root: products.find((one) => one.name === name)?.root ?? projects.get(name) ?? null,
      isProject: projects.has(name),
      pin: same(templates.get(name) ?? null, pin) ? null : (templates.get(name) ?? null),
      image: (images.get(name) ?? image) === image ? null : (images.get(name) ?? null),
    })),
    unplaced: products
      .filter(({ name }) => !pinned.includes(name))
      .map(
        ({ name, root, why }) =>
          `${name} (${root} ${why}) has no manifest whose path names it and an environment.`,
      ),
  };
}

/** Of several manifests for one product and environment the one laid out like most others is taken. */
function onePinPerCell(found: readonly FoundPin[]): FoundPin[] {
  const counts = new Map<string, number>();
  for (const pin of found) counts.set(key(pin), (counts.get(key(pin)) ?? 0) + 1);
  const cells = groupBy(found, ({ product, environment }) => `${environment}/${product}`);
  return cells
    .map(
      ([, pins]) =>
        [...pins].sort((a, b) => (counts.get(key(b)) ?? 0) - (counts.get(key(a)) ?? 0))[0],
    )
    .filter((pin) => pin !== undefined)
    .sort((a, b) =>
      a.product < b.product
        ? -1
        : a.product > b.product
          ? 1
          : environmentRank(a.environment) - environmentRank(b.environment),
    );
}

/** Each environment comes after those of the rank before it; those of one rank form a group. */
function orderEnvironments(names: readonly string[]): ProposedEnvironment[] {
  const sorted = [...names].sort(
    (a, b) => environmentRank(a) - environmentRank(b) || (a < b ? -1 : 1),
  );
  const ranks = groupBy(sorted, (name) => String(environmentRank(name)));
  return ranks.flatMap(([, members], index) => {
    const before = ranks[index - 1]?.[1] ?? [];
    const group = groupName(members, names);
    const after =
      before.length > 1 ? (groupName(before, names) ?? before[0] ?? null) : (before[0] ?? null);
    return members.map((name) => ({ name, after, group }));
  });
}

function groupName(members: readonly string[], names: readonly string[]): string | null {
  const word = members[0]?.split('-')[0] ?? '';
  const shared = members.length > 1 && members.every((name) => name.startsWith(`${word}-`));
  return shared && !names.includes(word) ? word : null;
}

function templateOf({ template, selector }: FoundPin): PinTemplate {
  return { file: template, ...selector };
}

function imageOf({ image, product }: FoundPin): string | null {
  if (image === null) return null;
  const parts = image.split('/');
  return parts
    .map((part, index) => (index === parts.length - 1 ? part.replace(product, '{product}') : part))
    .join('/');
}

function key(pin: FoundPin): string {
  return JSON.stringify(templateOf(pin));
}

/** The most frequent value; the first of several. */
function most<T>(values: readonly T[]): T | undefined {
  const groups = groupBy(values, (value) => JSON.stringify(value));
  return groups.sort(([, a], [, b]) => b.length - a.length)[0]?.[1][0];
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const value of values)
    groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return [...groups];
}
