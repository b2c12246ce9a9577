import semver from 'semver';
import {
  LanewiseError,
  parseRefName,
  show,
  tagRef,
  type ProductName,
  type RefName,
  type Version,
} from '@lanewise/model';

const tagPrefix = 'refs/tags/';
const reservedPrefix = 'refs/lanewise/reserved/';

/** Name of a release's tag, without `refs/tags/`: `docs@1.4.2`. */
export function releaseTagName(product: ProductName, version: Version): string {
  return `${product}@${version}`;
}

/** Full name of a release's tag: `refs/tags/docs@1.4.2`. */
export function releaseTagRef(product: ProductName, version: Version): RefName {
  return tagRef(releaseTagName(product, version));
}

/** The ref that keeps a version for one commit while it is built. */
export function reservedRef(product: ProductName, version: Version): RefName {
  return parseRefName(`${reservedPrefix}${product}/${version}`);
}

/** A product and version as a ref names them. */
export interface NamedVersion {
  readonly product: ProductName;
  readonly version: Version;
}

/**
 * Reads a release tag's ref by the known products. A product's name has no `@`, so what stands
 * before the first one must be a known name exactly; null for every other tag.
 */
export function parseReleaseTag(ref: string, products: ReadonlySet<string>): NamedVersion | null {
  if (!ref.startsWith(tagPrefix)) return null;
  const at = ref.indexOf('@', tagPrefix.length);
  return at < 0 ? null : named(ref.slice(tagPrefix.length, at), ref.slice(at + 1), products);
}

/** Reads a reservation's ref by the known products; null for every other ref. */
export function parseReservedRef(ref: string, products: ReadonlySet<string>): NamedVersion | null {
  if (!ref.startsWith(reservedPrefix)) return null;
  const slash = ref.indexOf('/', reservedPrefix.length);
  return slash < 0
    ? null
    : named(ref.slice(reservedPrefix.length, slash), ref.slice(slash + 1), products);
}

/**
 * Tells whether a text is a version: semver 2.0.0 without build metadata (an image tag has no
 * `+`), or a full commit id.
 */
export function isVersion(text: string): text is Version {
  return isCommitVersion(text) || semver.parse(text)?.version === text;
}

/** Tells whether a version is a full commit id, as `scheme: commit` makes them. */
export function isCommitVersion(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

/** Tells whether a version is a prerelease, such as `1.4.0-rc.1`. */
export function isPrerelease(version: Version): boolean {
  return !isCommitVersion(version) && semver.prerelease(version) !== null;
}

/** Validates a version. Throws RECORD_INVALID. */
export function parseVersion(text: string): Version {
  if (isVersion(text)) return text;
  throw new LanewiseError('RECORD_INVALID', `${show(text)} is no version.`, {
    hint: 'A version is like 1.4.2, or a full commit id.',
  });
}

function named(
  product: string,
  version: string,
  products: ReadonlySet<string>,
): NamedVersion | null {
  if (!products.has(product) || !isVersion(version)) return null;
  return { product: product as ProductName, version };
}
