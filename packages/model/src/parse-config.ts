import * as v from 'valibot';
import {
  configSchema,
  type WrittenConfig,
  type WrittenPin,
  type WrittenProduct,
} from './config-schema.js';
import { parseSource, placed, type ConfigPath, type ConfigSource } from './config-source.js';
import type { Config, DeclaredProject, PinConfig, ProductConfig } from './config.js';
import { understandEnvironments } from './environments.js';
import { LanewiseError } from './errors.js';
import {
  branchRef,
  parseEnvironmentName,
  parseProductName,
  parseProjectName,
  parseRepoPath,
  show,
  type ProductName,
  type ProjectName,
} from './ids.js';
import { didYouMean } from './suggest.js';
import { templateWords } from './template.js';
import { textsOf } from './vars.js';

const defaultSubject = 'deploy({env}): {product} {version}';

/**
 * Reads `lanewise.yaml`: validates it, fills in defaults and resolves names. What it gives is
 * complete and consistent in itself; whether files and projects exist is asked elsewhere.
 *
 * @param text - the file's content
 * @param file - its name, for messages
 * @throws LanewiseError CONFIG_INVALID, NAME_INVALID, CONFIG_ESCAPES_ROOT or NOT_YET with the place
 */
export function parseConfig(text: string, file: string): Config {
  const source = parseSource(text, file);
  const written = validate(source);
  const environments = understandEnvironments(written.environments ?? {}, source);
  const defaults = understandDefaults(written, source);
  const products = understandProducts(written, defaults, source);
  checkNames(products, environments.targets, source);
  checkEnvironmentLists(products, defaults, environments.environments, source);
  return {
    file,
    gitops: {
      repository: written.gitops?.repository ?? null,
      branch: written.gitops?.branch ?? 'main',
      subject: written.gitops?.subject ?? defaultSubject,
    },
    select: listOf(written.products?.select),
    products,
    defaults,
    projects: understandProjects(written, source),
    versioning: {
      scheme: written.versioning?.scheme ?? 'semver',
      dependencyBump: written.versioning?.dependencyBump ?? 'patch',
    },
    release: { branches: written.release?.branches ?? null },
    guards: { maxAffected: written.guards?.maxAffected ?? null },
    ...environments,
  };
}

/** What is configured for a product: its own words, and the defaults where it has none. */
export function productConfig(config: Config, product: ProductName): ProductConfig {
  return (
    config.products.get(product) ?? {
      ...config.defaults,
      name: product,
      project: null,
      root: null,
      place: null,
    }
  );
}

function validate(source: ConfigSource): WrittenConfig {
  if (source.value === null || typeof source.value !== 'object' || Array.isArray(source.value)) {
    throw new LanewiseError('CONFIG_INVALID', `${source.file} holds no configuration.`, {
      place: source.place([]),
      hint: "Write the keys 'products' and 'environments', or let 'lanewise init' write a first one.",
    });
  }
  const result = v.safeParse(configSchema, source.value);
  if (!result.success) throw invalid(deepest(result.issues), source);
  const written = result.output;
  if (written.gitops?.branch !== undefined)
    placed(source, ['gitops', 'branch'], () => branchRef(written.gitops?.branch ?? ''));
  return written;
}

type Issue = v.BaseIssue<unknown>;

/** Of a union's issues the one that came furthest is what the writer meant. */
function deepest(issues: readonly Issue[]): Issue {
  const all = issues.flatMap((issue) =>
    issue.issues === undefined ? [issue] : [issue, ...issue.issues],
  );
  return all.reduce((best, issue) =>
    (issue.path?.length ?? 0) > (best.path?.length ?? 0) ? issue : best,
  );
}

function invalid(issue: Issue, source: ConfigSource): LanewiseError {
  const path: ConfigPath = (issue.path ?? []).map((item) => item.key as string | number);
  const key = path.at(-1);
  const where = path.slice(0, -1).join('.');
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const known = knownKeys(path.slice(0, -1));
    return new LanewiseError(
      'CONFIG_INVALID',
      `${show(String(key))} is no key ${where === '' ? 'of the configuration' : `of '${where}'`}.`,
      {
        place: source.keyPlace(path),
        hint: didYouMean(
          String(key),
          known,
          known.length > 0 ? `Known there: ${known.join(', ')}.` : undefined,
        ),
      },
    );
  }
  return new LanewiseError(
    'CONFIG_INVALID',
    `'${path.join('.')}' is ${issue.received}, where ${expected(issue)} is expected.`,
    {
      place: source.place(path),
      hint: 'docs/configuration.md lists every key with its values.',
    },
  );
}

function expected(issue: Issue): string {
  const words: Record<string, string> = {
    string: 'a text',
    boolean: 'true or false',
    Object: 'a map',
    Array: 'a list',
    number: 'a number',
  };
  const parts = (issue.expected ?? 'something else').replace(/[()]/g, '').split(' | ');
  return [...new Set(parts.map((part) => words[part] ?? part))].join(' or ');
}

/** Keys that the schema knows at a path; the names under `each`, `environments` and the like are free. */
function knownKeys(path: ConfigPath): readonly string[] {
  let schema: unknown = configSchema;
  for (const key of path) {
    schema = step(unwrap(schema), key);
    if (schema === undefined) return [];
  }
  const inner = unwrap(schema) as { entries?: object };
  return inner.entries === undefined ? [] : Object.keys(inner.entries);
}

function unwrap(schema: unknown): unknown {
  const inner = schema as {
    wrapped?: unknown;
    pipe?: readonly unknown[];
    options?: readonly unknown[];
  };
  if (inner.wrapped !== undefined) return unwrap(inner.wrapped);
  if (Array.isArray(inner.options))
    return inner.options.map(unwrap).find((one) => (one as { entries?: object }).entries);
  return Array.isArray(inner.pipe) && inner.pipe[0] !== schema ? unwrap(inner.pipe[0]) : schema;
}

function step(schema: unknown, key: string | number): unknown {
  const inner = schema as
    { entries?: Record<string, unknown>; value?: unknown; item?: unknown } | undefined;
  return inner?.entries?.[key] ?? inner?.value ?? inner?.item;
}

function understandDefaults(written: WrittenConfig, source: ConfigSource): Config['defaults'] {
  return understandProduct(written.products ?? {}, ['products'], source, null);
}

function understandProducts(
  written: WrittenConfig,
  defaults: Config['defaults'],
  source: ConfigSource,
): ReadonlyMap<ProductName, ProductConfig> {
  const products = new Map<ProductName, ProductConfig>();
  for (const [key, value] of Object.entries(written.products?.each ?? {})) {
    const path = ['products', 'each', key];
    const name = placed(source, value?.name === undefined ? path : [...path, 'name'], () =>
      parseProductName(value?.name ?? key),
    );
    const project = placed(source, path, () =>
      value?.name === undefined ? null : parseProjectName(key),
    );
    const root = value?.root;
    products.set(name, {
      ...understandProduct(value ?? {}, path, source, defaults),
      name,
      project,
      root:
        root === undefined ? null : placed(source, [...path, 'root'], () => parseRepoPath(root)),
      place: source.keyPlace(path),
    });
  }
  return products;
}

type ProductWords = Omit<WrittenProduct, 'name' | 'root'>;

function understandProduct(
  written: ProductWords,
  path: ConfigPath,
  source: ConfigSource,
  defaults: Config['defaults'] | null,
): Config['defaults'] {
  const images = imagesOf(written, path, source) ?? defaults?.images ?? {};
  const pins = written.pins?.map((pin, index) =>
    understandPin(pin, images, [...path, 'pins', index], source),
  );
  return {
    images,
    build: written.build ?? defaults?.build ?? 'release',
    pins: pins ?? defaults?.pins ?? [],
    vars: { ...defaults?.vars, ...textsOf(written.vars) },
    environments:
      written.environments?.map((name, index) =>
        placed(source, [...path, 'environments', index], () => parseEnvironmentName(name)),
      ) ??
      defaults?.environments ??
      null,
    dependsOn: written.dependsOn ?? defaults?.dependsOn ?? [],
    needs:
      written.needs?.map((name, index) =>
        placed(source, [...path, 'needs', index], () => parseProductName(name)),
      ) ??
      defaults?.needs ??
      [],
    inputs: [...(defaults?.inputs ?? []), ...(written.inputs ?? [])],
  };
}

function imagesOf(
  written: ProductWords,
  path: ConfigPath,
  source: ConfigSource,
): Record<string, string> | null {
  if (written.image !== undefined && written.images !== undefined) {
    throw new LanewiseError(
      'CONFIG_INVALID',
      `'${path.join('.')}' has both 'image' and 'images'.`,
      {
        place: source.keyPlace([...path, 'images']),
        hint: "'image: X' means 'images: { main: X }': keep one of the two.",
      },
    );
  }
  const images = written.images ?? singleImage(written.image);
  if (images === null) return null;
  for (const template of Object.values(images))
    templateWords(template, source.place([...path, written.images ? 'images' : 'image']));
  return Object.fromEntries(
    Object.entries(images).map(([name, template]) => [name, withTag(template)]),
  );
}

/** `image: null` says that there is none; without the key the defaults hold. */
function singleImage(image: string | null | undefined): Record<string, string> | null {
  if (image === undefined) return null;
  return image === null ? {} : { main: image };
}

/** An image without a tag means `:{version}`. */
function withTag(template: string): string {
  const last = template.slice(template.lastIndexOf('/') + 1);
  return last.replace(/\{[^}]*\}/g, '').includes(':') || last.includes('@')
    ? template
    : `${template}:{version}`;
}

function understandPin(
  written: WrittenPin,
  images: Readonly<Record<string, string>>,
  path: ConfigPath,
  source: ConfigSource,
): PinConfig {
  const place = source.place(path);
  if (written.in !== undefined) {
    throw new LanewiseError(
      'NOT_YET',
      "Pins in several GitOps repositories ('in') are not supported yet.",
      {
        place: source.keyPlace([...path, 'in']),
        hint: "Leave 'in' out: all pins are in the repository that 'gitops' names.",
      },
    );
  }
  const value = written.value ?? (Object.keys(images).length > 0 ? '{tag}' : '{version}');
  for (const template of [written.file, written.path, written.image, value]) {
    if (typeof template === 'string') templateWords(template, place);
  }
  const document =
    written.document === undefined
      ? {}
      : {
          ...(written.document.kind !== undefined && { kind: written.document.kind }),
          ...(written.document.name !== undefined && { name: written.document.name }),
        };
  return {
    file: written.file,
    ...(written.document !== undefined && { document }),
    ...(written.path !== undefined && { path: written.path }),
    ...(written.image !== undefined && { image: written.image }),
    ...(written.format !== undefined && { format: written.format }),
    of: written.of ?? 'main',
    value,
    create: written.create ?? false,
    optional: written.optional ?? false,
    place,
  };
}

function understandProjects(
  written: WrittenConfig,
  source: ConfigSource,
): ReadonlyMap<ProjectName, DeclaredProject> {
  return new Map(
    Object.entries(written.projects ?? {}).map(([key, value]) => {
      const name = placed(source, ['projects', key], () => parseProjectName(key));
      const root = placed(source, ['projects', key, 'root'], () => parseRepoPath(value.root));
      return [name, { name, root, dependsOn: value.dependsOn ?? [], inputs: value.inputs ?? [] }];
    }),
  );
}

function checkNames(
  products: ReadonlyMap<ProductName, ProductConfig>,
  targets: Config['targets'],
  source: ConfigSource,
): void {
  for (const product of products.values()) {
    if (!targets.has(product.name)) continue;
    throw new LanewiseError(
      'CONFIG_COLLISION',
      `The product '${product.name}' has the name of an environment or group.`,
      {
        place: product.place ?? source.place([]),
        hint: "Environment tags could not be told apart from release tags: give the product another with 'name:'.",
      },
    );
  }
}

function checkEnvironmentLists(
  products: ReadonlyMap<ProductName, ProductConfig>,
  defaults: Config['defaults'],
  environments: Config['environments'],
  source: ConfigSource,
): void {
  for (const { environments: listed, place } of [
    ...products.values(),
    { ...defaults, place: null },
  ]) {
    const unknown = listed?.find((name) => !environments.has(name));
    if (unknown === undefined) continue;
    throw new LanewiseError('ENVIRONMENT_UNKNOWN', `There is no environment '${unknown}'.`, {
      place: place ?? source.place(['products', 'environments']),
      hint: didYouMean(
        unknown,
        environments.keys(),
        `Known are: ${[...environments.keys()].join(', ')}.`,
      ),
    });
  }
}

function listOf(value: string | readonly string[] | undefined): readonly string[] | null {
  if (value === undefined) return null;
  return typeof value === 'string' ? [value] : value;
}
