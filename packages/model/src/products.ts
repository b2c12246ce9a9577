import type { WrittenConfig, WrittenPin, WrittenProduct } from './config-schema.js';
import { placed, type ConfigPath, type ConfigSource } from './config-source.js';
import type { Config, PinConfig, ProductConfig } from './config.js';
import { LanewiseError } from './errors.js';
import {
  parseEnvironmentName,
  parseProductName,
  parseProjectName,
  parseRepoPath,
  type ProductName,
  type ProjectName,
  type RepoPath,
} from './ids.js';
import { renderTemplate, templateWords } from './template.js';
import { textsOf } from './vars.js';

/** What `products` says of every product. */
export function understandDefaults(
  written: WrittenConfig,
  source: ConfigSource,
): Config['defaults'] {
  return understandProduct(written.products ?? {}, ['products'], source, null);
}

/** The products that `products.each` names, defaults filled in. */
export function understandProducts(
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
    const projectPath = value?.project === undefined ? path : [...path, 'project'];
    const project = placed(source, projectPath, () => {
      if (value?.project !== undefined) return parseProjectName(value.project);
      return value?.name === undefined ? null : parseProjectName(key);
    });
    const common = understandProduct(value ?? {}, path, source, defaults);
    const named = { name, project, vars: common.vars };
    const rootPath = value?.root === undefined ? undefined : [...path, 'root'];
    const isGroup = value?.projects !== undefined;
    const root = value?.root === undefined && !isGroup ? written.products?.root : value?.root;
    products.set(name, {
      ...common,
      name,
      project,
      root:
        root === undefined || root === null
          ? null
          : placed(source, rootPath ?? ['products', 'root'], () => fillRoot(root, named)),
      inputs: placed(source, [...path, 'inputs'], () => fillInputs(common.inputs, named)),
      place: source.keyPlace(path),
    });
  }
  return products;
}

type Named = Pick<ProductConfig, 'name' | 'project' | 'vars'>;

/** The folder of a product by the template of `root`. Throws CONFIG_INVALID, CONFIG_ESCAPES_ROOT. */
export function fillRoot(template: string, product: Named): RepoPath {
  return parseRepoPath(renderTemplate(template, wordsOf(product)));
}

/** Globs of inputs with their words filled in; a choice such as `{ts,tsx}` is no word. Throws CONFIG_INVALID. */
export function fillInputs(templates: readonly string[], product: Named): readonly string[] {
  return templates.map((template) =>
    template.includes('{')
      ? renderTemplate(
          template.replace(/(?<!\{)\{([^{}]*(?:,|\.\.)[^{}]*)\}(?!\})/g, '{{$1}}'),
          wordsOf(product),
        )
      : template,
  );
}

function wordsOf({ name, project, vars }: Named): { readonly text: Record<string, string> } {
  const own: ProjectName | ProductName = project ?? name;
  return { text: { ...vars, product: name, project: own } };
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
  const target = written.target ?? defaults?.target;
  return {
    images,
    build: written.build ?? defaults?.build ?? 'release',
    ...(target !== undefined && { target }),
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
  if (written.all === true && (written.image === undefined || written.path !== undefined)) {
    throw new LanewiseError('CONFIG_INVALID', "A pin with 'all' names an image, and no path.", {
      place: source.keyPlace([...path, 'all']),
      hint: 'Write image: registry.example.com/acme/docs: every use of it is pinned.',
    });
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
    all: written.all ?? false,
    environments:
      written.environments?.map((name, index) =>
        placed(source, [...path, 'environments', index], () => parseEnvironmentName(name)),
      ) ?? null,
    place,
  };
}
