import { hasUsualTags, LanewiseError, show, tagShape, type Config } from '@lanewise/model';
import type { Product } from './workspace-graph.js';

/** Beginnings of versions: what stands between two products' prefixes must not be one. */
const samples = ['0.0.0', '12.3.4-rc.1', '2026.11.0', 'a'.repeat(40), '0'.repeat(40)];

/**
 * Refuses tag templates by which one tag could be the release of two products: `v{version}` with
 * more than one, `{product}{version}` with `api` and `api1`. Throws CONFIG_COLLISION.
 */
export function refuseSharedTags(products: readonly Product[], config: Config): void {
  // No product's name has an @, so the usual tags cannot be mistaken.
  if (hasUsualTags(config)) return;
  const byPrefix = new Map<string, Product[]>();
  const shapes = products.map((product) => ({
    product,
    ...tagShape(config, product.name),
  }));
  for (const { product, prefix } of shapes)
    byPrefix.set(prefix, [...(byPrefix.get(prefix) ?? []), product]);
  for (const { product, prefix, suffix } of shapes) {
    for (const sample of samples) {
      const tag = `${prefix}${sample}${suffix}`;
      const other = readAs(tag, byPrefix, product, config);
      if (other !== null) throw shared(tag, product, other, config);
    }
  }
}

/** Another product that a tag would be a release of. */
function readAs(
  tag: string,
  byPrefix: ReadonlyMap<string, readonly Product[]>,
  owner: Product,
  config: Config,
): Product | null {
  for (let length = 0; length < tag.length; length += 1) {
    for (const product of byPrefix.get(tag.slice(0, length)) ?? []) {
      const { prefix, suffix } = tagShape(config, product.name);
      if (product === owner || !tag.endsWith(suffix)) continue;
      const version = tag.slice(prefix.length, tag.length - suffix.length);
      if (/^[0-9a-f]{40}$/.test(version) || /^\d+(\.\d+){2,3}(-.*)?$/.test(version)) return product;
    }
  }
  return null;
}

function shared(tag: string, one: Product, other: Product, config: Config): LanewiseError {
  return new LanewiseError(
    'CONFIG_COLLISION',
    `A release tag such as ${show(tag)} could be one of ${show(one.name)} and of ${show(other.name)}.`,
    {
      place: { file: config.file },
      hint: 'Name the product in the tags: \'versioning: { tag: "{product}@{version}" }\'. A pattern of nx.json counts unless lanewise.yaml says something else.',
    },
  );
}
