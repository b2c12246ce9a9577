import * as v from 'valibot';
import { describeIssues } from './config-errors.js';
import { configSchema, type WrittenConfig } from './config-schema.js';
import { parseSource, placed, type ConfigSource } from './config-source.js';
import type { Config, DeclaredProject, ProductConfig } from './config.js';
import { understandEnvironments } from './environments.js';
import { LanewiseError } from './errors.js';
import {
  branchRef,
  parseProjectName,
  parseRepoPath,
  type ProductName,
  type ProjectName,
} from './ids.js';
import { understandChangelog } from './changelog.js';
import { understandGroups } from './groups.js';
import { understandNxProjects, type NxProjects } from './nx-projects.js';
import { readNxRelease } from './nx-release.js';
import { fillInputs, fillRoot, understandDefaults, understandProducts } from './products.js';
import { didYouMean } from './suggest.js';
import { refuseEnvironmentTags, tagTemplates } from './tag-template.js';
import { templateWords } from './template.js';
import { textsOf } from './vars.js';
import { understandVersioning } from './versioning.js';

const defaultSubject = 'deploy({env}): {product} {version}';

/**
 * Reads `lanewise.yaml`: validates it, fills in defaults and resolves names. What it gives is
 * complete and consistent in itself; whether files and projects exist is asked elsewhere.
 *
 * @param text - the file's content
 * @param file - its name, for messages
 * @param nxJson - nx.json beside it, parsed: what its `release` says holds where the text says nothing
 * @param projects - the workspace's projects, for what nx.json says of them; `asksProjects` tells
 * whether it is complete without
 * @throws LanewiseError CONFIG_INVALID, NAME_INVALID, CONFIG_ESCAPES_ROOT or NOT_YET with the place
 */
export function parseConfig(
  text: string,
  file: string,
  nxJson: unknown = null,
  projects: NxProjects | null = null,
): Config {
  const source = parseSource(text, file);
  const written = validate(source);
  const environments = understandEnvironments(written.environments ?? {}, source);
  const defaults = understandDefaults(written, source);
  const products = understandProducts(written, defaults, source);
  const release = written.versioning?.nx === false ? null : readNxRelease(nxJson);
  const versioning = understandVersioning(written.versioning ?? {}, release, source);
  const groups = understandGroups(written, release, projects, source);
  const nxProjects = understandNxProjects(release, projects, products, written.versioning ?? {});
  const tags = { versioning, groups, products, nxProjects };
  const { targets } = environments;
  refuseEnvironmentTags(tags, targets, source.place(['versioning', 'tag']));
  checkNames([...products.values(), ...groups.values()], targets, source);
  checkEnvironmentLists(products, defaults, environments.environments, source);
  return {
    file,
    gitops: {
      repository: written.gitops?.repository ?? null,
      branch: written.gitops?.branch ?? 'main',
      subject: written.gitops?.subject ?? defaultSubject,
    },
    select: listOf(written.products?.select),
    root: understandRoot(written, source),
    products,
    defaults,
    projects: understandProjects(written, source),
    versioning,
    changelog: understandChangelog(written.changelog ?? {}, source),
    groups,
    nxProjects,
    asksProjects:
      projects === null &&
      release !== null &&
      (release.groups.length > 0 || tagTemplates(tags).some((tag) => tag.includes('{project}'))),
    release: { branches: written.release?.branches ?? null },
    guards: { maxAffected: written.guards?.maxAffected ?? null },
    graph: { keep: written.graph?.keep ?? true, key: written.graph?.key ?? null },
    ...environments,
  };
}

/** What is configured for a product: its own words, and the defaults where it has none. */
export function productConfig(config: Config, product: ProductName): ProductConfig {
  const known = config.products.get(product);
  if (known !== undefined) return known;
  let made = unnamed.get(config);
  if (made === undefined) unnamed.set(config, (made = new Map<ProductName, ProductConfig>()));
  let own = made.get(product);
  if (own === undefined) made.set(product, (own = fillDefaults(config, product)));
  return own;
}

/** Kept for each configuration: thousands of products are asked for again and again. */
const unnamed = new WeakMap<Config, Map<ProductName, ProductConfig>>();

const none: readonly string[] = [];

function fillDefaults({ defaults, root }: Config, product: ProductName): ProductConfig {
  const named = { name: product, project: null, vars: defaults.vars };
  // One spread, and first: that is a copy of the shape, where a second would add key by key.
  return {
    ...defaults,
    name: product,
    project: null,
    root: root === null ? null : fillRoot(root.template, named),
    inputs: defaults.inputs.length === 0 ? none : fillInputs(defaults.inputs, named),
    place: null,
  };
}

/** The template of `products.root`, tried on a name, so that what is wrong with it is told with its line. */
function understandRoot(written: WrittenConfig, source: ConfigSource): Config['root'] {
  const template = written.products?.root;
  if (template === undefined) return null;
  const path = ['products', 'root'];
  const vars = textsOf(written.products?.vars);
  const tried = { name: 'product' as ProductName, project: null, vars };
  // Words that only `each` gives are known there alone.
  const isCommon = templateWords(template, source.place(path)).every(
    (word) => word === 'product' || word === 'project' || Object.hasOwn(vars, word),
  );
  if (isCommon) placed(source, path, () => fillRoot(template, tried));
  return { template, place: source.place(path) };
}

function validate(source: ConfigSource): WrittenConfig {
  if (source.value === null || typeof source.value !== 'object' || Array.isArray(source.value)) {
    throw new LanewiseError('CONFIG_INVALID', `${source.file} holds no configuration.`, {
      place: source.place([]),
      hint: "Write the keys 'products' and 'environments', or let 'lanewise init' write a first one.",
    });
  }
  const result = v.safeParse(configSchema, source.value);
  if (!result.success) throw describeIssues(result.issues, source);
  const written = result.output;
  if (written.gitops?.branch !== undefined)
    placed(source, ['gitops', 'branch'], () => branchRef(written.gitops?.branch ?? ''));
  return written;
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
  products: readonly Pick<ProductConfig, 'name' | 'place'>[],
  targets: Config['targets'],
  source: ConfigSource,
): void {
  for (const product of products) {
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
  const written = [...products.values(), { ...defaults, place: null }];
  const pins = written.flatMap((one) => one.pins);
  for (const { environments: listed, place } of [...written, ...pins]) {
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
