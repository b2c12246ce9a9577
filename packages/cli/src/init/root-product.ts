import type { Survey } from '@lanewise/manifests';
import { isProductName } from '@lanewise/model';
import { readCompose, type FoundProduct } from './detect-products.js';
import type { FileSource } from './file-source.js';

/** A workspace that is one product as a whole: its Dockerfile is at the root. */
export interface RootProduct {
  /** What it may be called, the likeliest first. */
  readonly names: readonly string[];
  /** What gave it away. */
  readonly why: string;
}

/**
 * The product that a workspace is as a whole: where the only thing that is built lies at its root.
 * Beside folders that are built by themselves a Dockerfile at the root builds them, and is no
 * product. `addresses` are what the repository is called, `folder` what its directory is.
 */
export async function findRootProduct(
  source: FileSource,
  products: readonly FoundProduct[],
  addresses: readonly string[],
  folder: string,
): Promise<RootProduct | null> {
  const others = products.some(({ deployable, root }) => deployable && root !== null);
  if (others) return null;
  const file = source.files.find((path) => /^(?:Docker|Container)file(?:\.[\w-]+)?$/.test(path));
  const services = (await readCompose(source)).filter(({ root }) => root === '');
  const why =
    file === undefined
      ? services[0] && `is built by ${services[0].file}`
      : `holds ${file} at the root`;
  if (why === undefined) return null;
  const images = services.flatMap(({ image }) => image?.split('/').at(-1) ?? []);
  const address = addresses.map((one) => lastPart(one.replace(/\/+$|\.git$/g, '')));
  const candidates = [
    ...(await writtenNames(source)),
    ...images,
    ...address,
    folder,
    ...services.map(({ name }) => name),
  ];
  const names = candidates.map((name) => name.toLowerCase()).filter(isProductName);
  return { names: [...new Set(names)], why };
}

/**
 * Gives the workspace's root to the product that it is: the one of its name, else the only one that
 * manifests name. Where they name several, none of them so, that is told.
 */
export function placeRootProduct(survey: Survey, { names, why }: RootProduct): Survey {
  const { products } = survey;
  const [name] = names;
  const isOwn = (image: string): boolean => names.includes(lastPart(image));
  const own =
    products.find((one) => names.includes(one.name)) ??
    products.find(({ images }) => images.some(isOwn)) ??
    (products.length === 1 ? products[0] : undefined);
  if (own !== undefined) {
    const placed = products.map((one) => (one === own ? { ...one, root: '', why } : one));
    return { ...survey, products: placed };
  }
  if (products.length === 0 && name !== undefined)
    return { ...survey, products: [{ name, root: '', images: [], why }] };
  const listed = products.map((one) => one.name).join(', ');
  const note = `nothing tells which of ${listed} it is: write root: . under products.each`;
  const what = `the workspace, which ${why}`;
  return { ...survey, unplaced: [...survey.unplaced, { what, file: null, line: null, why: note }] };
}

/** Names that languages keep at the root of a repository. */
const written: readonly (readonly [file: string, name: RegExp])[] = [
  ['package.json', /^ {0,4}"name"\s*:\s*"(?:@[^/"]+\/)?([^"]+)"/m],
  ['go.mod', /^module\s+(?:\S*\/)?([^/\s]+?)(?:\/v\d+)?\s*$/m],
  ['Cargo.toml', /^\[package\][^[]*?^name\s*=\s*"([^"]+)"/m],
  ['pyproject.toml', /^\[(?:project|tool\.poetry)\][^[]*?^name\s*=\s*"([^"]+)"/m],
  ['settings.gradle', /^rootProject\.name\s*=\s*["']([^"']+)["']/m],
  ['settings.gradle.kts', /^rootProject\.name\s*=\s*"([^"]+)"/m],
  ['composer.json', /^ {0,4}"name"\s*:\s*"(?:[^/"]+\/)?([^"]+)"/m],
];

async function writtenNames(source: FileSource): Promise<readonly string[]> {
  const there = new Set(source.files);
  const files = written.map(([file]) => file).filter((file) => there.has(file));
  const contents = await source.read(files);
  return written.flatMap(([file, name]) => {
    const bytes = contents.get(file);
    return bytes === undefined ? [] : (name.exec(new TextDecoder().decode(bytes))?.[1] ?? []);
  });
}

/** `shop` of `registry.example.com/acme/shop` and of `git@git.example.com:acme/shop`. */
function lastPart(text: string): string {
  return text.split(/[/:]/).at(-1) ?? '';
}
