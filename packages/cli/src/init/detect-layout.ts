/** A file that may hold a pin, with the words that its path is made of. */
export interface PlacedFile {
  readonly file: string;
  readonly template: string;
  readonly environment: string;
  readonly product: string;
}

const words =
  'dev|develop|development|int|integration|test|testing|qa|sandbox|stage|stg|staging|uat|acc|acceptance|preprod|preview|prod|prd|production|live';
const environmentShape = new RegExp(`^(?:${words})(?:-[a-z0-9][a-z0-9-]*)?$`);
const suffixShape = new RegExp(`^(.*[-._])((?:${words})(?:-[a-z0-9]+)*)(\\.(?:ya?ml|json))$`);

/** Environment names in the order in which releases usually pass them: lower comes first. */
export function environmentRank(name: string): number {
  const word = name.split('-')[0] ?? name;
  const ranks = [
    ['dev', 'develop', 'development', 'sandbox'],
    ['int', 'integration', 'test', 'testing', 'qa', 'preview'],
    ['stage', 'stg', 'staging', 'uat', 'acc', 'acceptance'],
    ['preprod'],
    ['prod', 'prd', 'production', 'live'],
  ];
  const rank = ranks.findIndex((group) => group.includes(word));
  return rank < 0 ? ranks.length : rank;
}

/**
 * Manifests whose path names an environment and one of the products. Where no products are
 * known, the folder beside the environment's is taken for the product.
 */
export function detectLayout(
  files: readonly string[],
  products: ReadonlySet<string>,
): readonly PlacedFile[] {
  return files.filter(isManifest).flatMap((file) => placeFile(file, products));
}

function isManifest(file: string): boolean {
  return (
    /(?:\.ya?ml|\.json|(?:^|\/)[Kk]ustomization)$/.test(file) &&
    !/(?:^|\/)(?:templates|crds|\.github|\.gitlab)\//.test(file) &&
    !/(?:^|\/)(?:package|project|tsconfig[^/]*|nx|package-lock)\.json$/.test(file)
  );
}

function placeFile(file: string, products: ReadonlySet<string>): PlacedFile[] {
  const segments = file.split('/');
  const environment = findEnvironment(segments);
  if (environment === null) return [];
  const rest = segments.map((segment, index) =>
    index === environment.at ? environment.template : segment,
  );
  const product = findProduct(segments, environment.at, products);
  if (product === null) return [];
  const template = rest.map((segment, index) => {
    if (index === environment.at) return segment;
    if (segment === product.name) return '{product}';
    return index === product.at ? segment.replace(product.name, '{product}') : segment;
  });
  return [
    { file, template: template.join('/'), environment: environment.name, product: product.name },
  ];
}

interface Found {
  readonly at: number;
  readonly name: string;
}

function findEnvironment(
  segments: readonly string[],
): (Found & { readonly template: string }) | null {
  const last = segments.length - 1;
  const folder = segments.findLastIndex(
    (segment, index) => index < last && environmentShape.test(segment),
  );
  const name = segments[folder];
  if (folder >= 0 && name !== undefined) return { at: folder, name, template: '{env}' };
  const suffix =
    suffixShape.exec(segments[last] ?? '') ??
    /^()([a-z][a-z0-9-]*)(\.ya?ml)$/.exec(segments[last] ?? '');
  const [, before = '', word = '', after = ''] = suffix ?? [];
  if (!environmentShape.test(word)) return null;
  return { at: last, name: word, template: `${before}{env}${after}` };
}

function findProduct(
  segments: readonly string[],
  environmentAt: number,
  products: ReadonlySet<string>,
): Found | null {
  if (products.size > 0) {
    const at = segments.findLastIndex(
      (segment) => products.has(segment) || products.has(segment.replace(/\.(?:ya?ml|json)$/, '')),
    );
    const name = segments[at]?.replace(/\.(?:ya?ml|json)$/, '');
    return name === undefined ? null : { at, name };
  }
  const last = segments.length - 1;
  const beside = [environmentAt + 1, environmentAt - 1, environmentAt - 2];
  const usual = /^(?:overlays|environments|envs|values|apps|charts|helm|base|deploy|k8s)$/;
  const at = beside.find(
    (index) => index >= 0 && index < last && !usual.test(segments[index] ?? ''),
  );
  const name = at === undefined ? undefined : segments[at];
  return at === undefined || name === undefined || !/^[a-z0-9][a-z0-9._-]*$/.test(name)
    ? null
    : { at, name };
}
