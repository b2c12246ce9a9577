import { readPins } from '@lanewise/manifests';
import type { PinSelector, RepoPath } from '@lanewise/model';
import type { PlacedFile } from './detect-layout.js';

/** A pin that was found, with the template by which the configuration would name it. */
export interface FoundPin extends PlacedFile {
  readonly selector:
    { readonly path: string } | { readonly format: 'kustomize'; readonly image: string };
  /** Where in the file, for people. */
  readonly where: string;
  readonly text: string;
  /** Registry name of the image, where the manifest tells it. */
  readonly image: string | null;
  readonly sureness: 'sure' | 'likely';
}

/** Looks for the pin of one placed manifest; null where none is recognised. */
export function detectPin(placed: PlacedFile, bytes: Uint8Array): FoundPin | null {
  const isKustomization = /(?:^|\/)kustomization(?:\.ya?ml)?$/i.test(placed.file);
  return isKustomization ? kustomizePin(placed, bytes) : valuesPin(placed, bytes);
}

function valuesPin(placed: PlacedFile, bytes: Uint8Array): FoundPin | null {
  const { product } = placed;
  const camel = product.replace(/[-_](\w)/g, (_, letter: string) => letter.toUpperCase());
  const paths = [
    'image.tag',
    `${product}.image.tag`,
    `${camel}.image.tag`,
    'app.image.tag',
    'deployment.image.tag',
    'global.image.tag',
    'imageTag',
    'image_tag',
    'tag',
  ];
  const manifest = { file: placed.file as RepoPath, bytes };
  const readings = readPins(
    manifest,
    paths.map((path) => ({ path })),
  );
  const at = readings.findIndex(({ kind }) => kind === 'value');
  const reading = readings[at];
  const path = paths[at];
  if (reading?.kind !== 'value' || path === undefined) return null;
  const image = path.endsWith('image.tag') ? readRepository(manifest, path) : null;
  const selector = {
    path: path.startsWith(`${product}.`) ? path.replace(product, '{product}') : path,
  };
  return {
    ...placed,
    selector,
    where: path,
    text: reading.text,
    image,
    sureness: at <= 2 ? 'sure' : 'likely',
  };
}

function readRepository(
  manifest: { file: RepoPath; bytes: Uint8Array },
  path: string,
): string | null {
  const base = path.slice(0, -'.tag'.length);
  const selectors: PinSelector[] = [{ path: `${base}.repository` }, { path: `${base}.registry` }];
  const [repository, registry] = readPins(manifest, selectors).map((one) =>
    one.kind === 'value' ? one.text : '',
  );
  if (repository === undefined || repository === '') return null;
  return registry === undefined || registry === '' ? repository : `${registry}/${repository}`;
}

/** The image whose name ends in the product's, else the only one. */
function kustomizePin(placed: PlacedFile, bytes: Uint8Array): FoundPin | null {
  const text = new TextDecoder().decode(bytes);
  const list = /^images:[^\n]*\n((?:(?:[ \t-].*)?\n?)*)/m.exec(text)?.[1] ?? '';
  const names = [...list.matchAll(/\bname:\s*["']?([^\s"'#,}]+)/g)].map(([, name = '']) => name);
  const own = names.filter((name) => name.split('/').at(-1) === placed.product);
  const name = own[0] ?? (names.length === 1 ? names[0] : undefined);
  if (name === undefined) return null;
  const manifest = { file: placed.file as RepoPath, bytes };
  const [reading] = readPins(manifest, [{ format: 'kustomize', image: name }]);
  if (reading?.kind !== 'value') return null;
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const newName = new RegExp(
    `name:\\s*["']?${escaped}["']?\\s*\\n\\s*newName:\\s*["']?([^\\s"'#]+)`,
  ).exec(list)?.[1];
  return {
    ...placed,
    selector: { format: 'kustomize', image: replaceName(name, placed.product) },
    where: `images[name=${name}].newTag`,
    text: reading.text,
    image: newName ?? name,
    sureness: own.length === 1 ? 'sure' : 'likely',
  };
}

function replaceName(image: string, product: string): string {
  const parts = image.split('/');
  return parts
    .map((part, index) => (index === parts.length - 1 && part === product ? '{product}' : part))
    .join('/');
}
