import { commonPins, mapTexts, markName, type CommonPins } from './common-pins.js';
import { fillMarks, markWord, marks, templateOf } from './mark.js';
import { markImage, pinWishes, type PinWish, type ProductWishes } from './pin-wishes.js';
import type { Survey, SurveyedEnvironment } from './survey.js';

export interface ConfigOptions {
  /** Repository that holds the manifests; null: the workspace. */
  readonly gitops: { readonly repository: string; readonly branch: string } | null;
  /** Where products come from: projects of a graph, or what the configuration declares. */
  readonly projects: 'graph' | 'declared';
  /** Paths of the workspace's files, where products have folders there. */
  readonly workspace?: readonly string[];
}

/**
 * The text of a first `lanewise.yaml`: what most products have in common once, and under `each`
 * only what differs. The same survey gives the same text.
 */
export function writeConfig(
  survey: Survey,
  { gitops, projects, workspace = [] }: ConfigOptions,
): string {
  const products = pinWishes(survey);
  const common = commonPins(products);
  const images = commonImages(products);
  const root = projects === 'declared' ? commonRoot(products) : null;
  const byPath = isToldByPath(survey, common, root === null ? null : folderTest(root, workspace));
  const sections = [
    '# What Lanewise releases and promotes. Every key: docs/configuration.md\n',
    gitops === null
      ? ''
      : `gitops: { repository: ${quote(gitops.repository)}, branch: ${quote(gitops.branch)} }\n\n`,
    writeProducts(products, { common, images, projects, root, byPath }),
    '\n',
    writeEnvironments(survey.environments),
  ];
  return sections.join('');
}

interface Common {
  readonly common: CommonPins;
  readonly images: Readonly<Record<string, string>> | null;
  readonly projects: ConfigOptions['projects'];
  /** Where most products lie, their names marked; null: they lie here and there, or a graph knows. */
  readonly root: string | null;
  /** Whether the paths of manifests, with the folders that `root` finds, name exactly these products. */
  readonly byPath: boolean;
}

function writeProducts(products: readonly ProductWishes[], shared: Common): string {
  const { common, images, root } = shared;
  const lines = ['products:'];
  const names = products.map(({ name }) => name);
  if (isSelected(shared) && names.length > 0) lines.push(...writeSelect(names));
  if (root !== null) lines.push(`  root: ${quote(templateOf(root))}`);
  if (images !== null) lines.push(`  ${writeImages(images)}`);
  if (common.pins.length > 0) lines.push(...writePins(common.pins, '  '));
  const each = products.flatMap((product) => writeEntry(product, shared));
  if (each.length > 0) lines.push('  each:', ...each);
  return lines.length === 1 ? 'products: {}\n' : `${lines.join('\n')}\n`;
}

/** Whether a list says which projects or folders are products. */
function isSelected({ projects, root, byPath }: Common): boolean {
  return !byPath && (projects === 'graph' || root !== null);
}

const longestLine = 100;

/** On one line, or on as many as can be read. */
function writeSelect(names: readonly string[]): string[] {
  const line = `  select: [${names.map(quote).join(', ')}]`;
  if (line.length <= longestLine) return [line];
  const lines: string[] = [];
  for (const name of names.map(quote)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + name.length > longestLine) lines.push(`    ${name},`);
    else lines[lines.length - 1] = `${last} ${name},`;
  }
  return ['  select: [', ...lines, '  ]'];
}

/** The lines of one product under `each`; none where the defaults say all. */
function writeEntry(product: ProductWishes, shared: Common): string[] {
  const { common, images, projects, root, byPath } = shared;
  const fit = common.fits.get(product.name) ?? { kind: 'none' };
  const own = product.images === null ? null : marked(product.images, product.name);
  const words: string[] = [];
  if (projects === 'declared' && product.root !== null && markRoot(product) !== root)
    words.push(`root: ${quote(product.root === '' ? '.' : product.root)}`);
  if (root !== null && product.root === null) words.push('root: null');
  if (product.environments !== null)
    words.push(`environments: [${product.environments.map(quote).join(', ')}]`);
  if (own !== null && JSON.stringify(own) !== JSON.stringify(images)) words.push(writeImages(own));
  if (fit.kind === 'key') words.push(`vars: { key: ${quote(fit.key)} }`);
  const differs = fit.kind === 'none' && product.pins.length > 0;
  const pins = differs
    ? product.pins.map((pin) => mapTexts(pin, (text) => markName(text, product.name)))
    : [];
  const isNamed = projects === 'graph' || root !== null || byPath;
  if (words.length === 0 && pins.length === 0)
    return isNamed ? [] : [`    ${quote(product.name)}: {}`];
  const [line = '', ...rest] = pins.length === 0 ? [] : writePins(pins, '      ');
  const inline = [...words, ...(pins.length > 0 && rest.length === 0 ? [line.trim()] : [])];
  if (rest.length === 0) return [`    ${quote(product.name)}: { ${inline.join(', ')} }`];
  return [`    ${quote(product.name)}:`, ...words.map((word) => `      ${word}`), line, ...rest];
}

/** One pin stands on the key's line, several below it. */
function writePins(pins: readonly PinWish[], indent: string): string[] {
  const written = pins.map(writePin);
  const [only] = written;
  if (only !== undefined && written.length === 1) return [`${indent}pins: [${only}]`];
  return [`${indent}pins:`, ...written.map((pin) => `${indent}  - ${pin}`)];
}

function writePin(pin: PinWish): string {
  const { file, path, document, format, of, value, optional, environments } = pin;
  const document_ = Object.entries(document ?? {}).map(
    ([key, text]) => `${key}: ${quote(templateOf(text))}`,
  );
  const words = [
    `file: ${quote(templateOf(file))}`,
    ...(document_.length > 0 ? [`document: { ${document_.join(', ')} }`] : []),
    ...(format === null ? [] : [`format: ${format}`]),
    `path: ${quote(templateOf(path))}`,
    ...(of === 'main' ? [] : [`of: ${quote(of)}`]),
    ...(value === null ? [] : [`value: ${quote(value)}`]),
    ...(optional ? ['optional: true'] : []),
    ...(environments === null ? [] : [`environments: [${environments.map(quote).join(', ')}]`]),
  ];
  return `{ ${words.join(', ')} }`;
}

function writeImages(images: Readonly<Record<string, string>>): string {
  const entries = Object.entries(images);
  const [only] = entries;
  if (entries.length === 1 && only?.[0] === 'main') return `image: ${quote(only[1])}`;
  return `images: { ${entries.map(([name, image]) => `${quote(name)}: ${quote(image)}`).join(', ')} }`;
}

/** The images that most products have, their names made words. */
function commonImages(products: readonly ProductWishes[]): Readonly<Record<string, string>> | null {
  const counts = new Map<string, number>();
  for (const { name, images } of products) {
    if (images === null) continue;
    const key = JSON.stringify(marked(images, name));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const [best] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  if (best === undefined) return null;
  const [text, count] = best;
  const isCommon = text.includes('{product}') || count === products.length;
  return isCommon ? (JSON.parse(text) as Record<string, string>) : null;
}

function marked(images: Readonly<Record<string, string>>, product: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(images).map(([name, image]) => {
      const [, repository = image, tag = ''] = /^(.*?)(:[^/]*)?$/.exec(image) ?? [];
      return [name, templateOf(markImage(repository, product)) + tag];
    }),
  );
}

/**
 * Whether what stands at `{product}` in the first pin's file, over all files, is these products and
 * no others, but for those that have an entry of their own anyway.
 */
function isToldByPath(
  survey: Survey,
  { pins, fits }: CommonPins,
  hasFolder: ((product: string) => boolean) | null,
): boolean {
  const template = templateOf(pins[0]?.file ?? '');
  const isReadable = template.includes('{product}') && !template.includes('{key}');
  const shape = pathShape(template, survey.environments);
  const named = new Set(
    isReadable ? survey.files.flatMap((file) => shape.exec(file)?.groups?.['product'] ?? []) : [],
  );
  if (hasFolder !== null) for (const name of named) if (!hasFolder(name)) named.delete(name);
  const products = new Set(survey.products.map(({ name }) => name));
  return (
    products.size > 0 &&
    [...named].every((name) => products.has(name)) &&
    [...products].every((name) => named.has(name) || (fits.get(name)?.kind ?? 'none') !== 'plain')
  );
}

/** The folder that most products lie in, if it is told by their names and spares words. */
function commonRoot(products: readonly ProductWishes[]): string | null {
  const counts = new Map<string, number>();
  for (const product of products) {
    const root = markRoot(product);
    if (root?.includes(marks.product) === true) counts.set(root, (counts.get(root) ?? 0) + 1);
  }
  const [best] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return best === undefined || best[1] < 2 ? null : best[0];
}

function markRoot({ name, root }: ProductWishes): string | null {
  return root === null ? null : markWord(root, name, marks.product);
}

/** Tells whether the workspace has the folder of a product that lies where most do. */
function folderTest(root: string, workspace: readonly string[]): (product: string) => boolean {
  const folders = new Set<string>();
  for (const file of workspace) {
    for (let at = file.lastIndexOf('/'); at > 0; at = file.lastIndexOf('/', at - 1)) {
      if (folders.has(file.slice(0, at))) break;
      folders.add(file.slice(0, at));
    }
  }
  return (product) => folders.has(fillMarks(root, { product }));
}

function pathShape(template: string, environments: readonly SurveyedEnvironment[]): RegExp {
  let seen = false;
  const parts = template.split(/(\{env\}|\{product\})/).map((part) => {
    if (part === '{env}') return `(?:${environments.map(({ name }) => name).join('|')})`;
    if (part !== '{product}') return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    if (seen) return '\\k<product>';
    seen = true;
    return '(?<product>[a-z0-9][a-z0-9._-]*?)';
  });
  return new RegExp(`^${parts.join('')}$`);
}

function writeEnvironments(environments: readonly SurveyedEnvironment[]): string {
  if (environments.length === 0)
    return '# No environment was found. Name them in the order in which releases pass them:\nenvironments:\n  dev: {}\n';
  const last = environments.at(-1)?.after ?? null;
  const lines = environments.map(({ name, after, group }) => {
    const isMiddle = after !== null && after !== last;
    const words = [
      ...(after === null ? [] : [`after: ${quote(after)}`]),
      ...(isMiddle ? ['on: ready'] : []),
      ...(group === null ? [] : [`group: ${quote(group)}`]),
    ];
    const entry = words.length === 0 ? '{}' : `{ ${words.join(', ')} }`;
    return { entry: `  ${quote(name)}: ${entry}`, comment: meaning(after, isMiddle) };
  });
  const width = Math.max(...lines.map(({ entry }) => entry.length));
  const text = lines.map(({ entry, comment }) => `${entry.padEnd(width)}  # ${comment}`);
  return ['environments:', ...text, ''].join('\n');
}

function meaning(after: string | null, isMiddle: boolean): string {
  if (after === null) return 'every release lands here';
  return isMiddle ? 'lands by itself once it has run there before' : 'when somebody says so';
}

/** Plain where YAML of any version reads the text as itself, else in double quotes. */
function quote(text: string): string {
  return /^(?:[A-Za-z/][\w./-]*|\.)$/.test(text) &&
    !/^(?:true|false|yes|no|null|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);
}
