import {
  didYouMean,
  LanewiseError,
  parseProductName,
  show,
  type Config,
  type NamedProduct,
  type ProductName,
} from '@lanewise/model';

/** `docs@1.4.2` in its parts; the version is null where none is typed. Throws NAME_INVALID, USAGE. */
export function parseProductAtVersion(text: string): {
  readonly product: ProductName;
  readonly version: string | null;
} {
  const at = text.indexOf('@');
  const product = parseProductName(at < 0 ? text : text.slice(0, at));
  if (at < 0) return { product, version: null };
  const version = text.slice(at + 1);
  if (!/^[0-9A-Za-z][0-9A-Za-z.-]{0,127}$/.test(version)) {
    throw new LanewiseError('USAGE', `${show(version)} is no version.`, {
      hint: `Write a version as 'lanewise history ${product}' shows it, or 7 or more digits of its commit.`,
    });
  }
  return { product, version };
}

/** Checks that a product is known. Throws PRODUCT_UNKNOWN with the nearest names. */
export function requireProduct(product: ProductName, known: readonly NamedProduct[]): ProductName {
  if (known.some(({ name }) => name === product)) return product;
  const group = known.find(({ members }) => members?.some(({ name }) => name === product));
  if (group !== undefined) {
    throw new LanewiseError('PRODUCT_UNKNOWN', `${product} is no product of its own.`, {
      hint: `It is a member of the group ${group.name}: name that.`,
    });
  }
  const names = known.map(({ name }) => name as string);
  throw new LanewiseError('PRODUCT_UNKNOWN', `There is no product ${show(product)}.`, {
    hint: didYouMean(
      product,
      names,
      names.length === 0
        ? "No product has a manifest yet: 'lanewise verify' shows what is missing."
        : `Known are: ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}.`,
    ),
  });
}

/** Checks that an environment or group is known. Throws ENVIRONMENT_UNKNOWN with the nearest names. */
export function requireTarget(target: string, config: Config): string {
  if (config.targets.has(target)) return target;
  const known = [...config.targets.keys()];
  throw new LanewiseError(
    'ENVIRONMENT_UNKNOWN',
    `There is no environment or group ${show(target)}.`,
    {
      hint: didYouMean(target, known, `Known are: ${known.join(', ') || 'none'}.`),
    },
  );
}
