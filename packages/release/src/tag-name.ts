import semver from 'semver';
import {
  hasUsualTags,
  LanewiseError,
  parseRefName,
  show,
  tagRef,
  tagShape,
  type ProductName,
  type RefName,
  type TagRules,
  type Version,
} from '@lanewise/model';

const tagPrefix = 'refs/tags/';
const reservedPrefix = 'refs/lanewise/reserved/';

/** What people call a release, whatever its tag is called: `docs@1.4.2`. */
export function releaseTagName(product: ProductName, version: Version): string {
  return `${product}@${version}`;
}

/** Full name of the tag `docs@1.4.2`: where no other template of tags is configured, the release's. */
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

/** What the releases of a workspace's products are called as tags. */
export interface TagNaming {
  /** Name of a release's tag, without `refs/tags/`. */
  name(product: ProductName, version: Version): string;
  /** Full name of a release's tag. */
  ref(product: ProductName, version: Version): RefName;
  /**
   * Reads a tag's ref by the known products, never by splitting; null for every other tag. `usual`
   * tells a tag that is called `product@version` although another template is configured now: what
   * was published before the change stays a release.
   */
  parse(ref: string): (NamedVersion & { readonly usual: boolean }) | null;
  /** The tags of all products, as `Repository.fetch` takes them. */
  readonly globs: readonly string[];
}

interface Shape {
  readonly product: ProductName;
  readonly suffix: string;
  readonly usual: boolean;
}

/** How the configuration names the tags of products; without one, as `product@version`. */
export function tagNaming(products: Iterable<ProductName>, config: TagRules | null): TagNaming {
  const names = [...products];
  // The usual tags are told by one look each, however many products there are.
  if (config === null || hasUsualTags(config)) return usualNaming(names);
  const shapes = new Map<string, Shape>();
  for (const product of names) {
    const { prefix, suffix } = tagShape(config, product);
    const own = tagPrefix + prefix;
    const usual = `${tagPrefix}${product}@`;
    if (!shapes.has(usual)) shapes.set(usual, { product, suffix: '', usual: true });
    shapes.set(own, { product, suffix, usual: false });
  }
  const lengths = [...new Set([...shapes.keys()].map(({ length }) => length))];
  lengths.sort((a, b) => b - a);
  const name = (product: ProductName, version: Version): string => {
    const { prefix, suffix } = tagShape(config, product);
    return `${prefix}${version}${suffix}`;
  };
  return {
    name,
    ref: (product, version) => tagRef(name(product, version)),
    parse: (ref) => parseTag(ref, shapes, lengths),
    globs: [...shapes.keys()].map((prefix) => `${prefix}*`),
  };
}

function usualNaming(products: readonly ProductName[]): TagNaming {
  const known = new Set<string>(products);
  return {
    name: releaseTagName,
    ref: releaseTagRef,
    parse: (ref) => {
      const found = parseReleaseTag(ref, known);
      return found === null ? null : { ...found, usual: false };
    },
    globs: products.map((product) => `${tagPrefix}${product}@*`),
  };
}

function parseTag(
  ref: string,
  shapes: ReadonlyMap<string, Shape>,
  lengths: readonly number[],
): ReturnType<TagNaming['parse']> {
  for (const length of lengths) {
    const shape = length < ref.length ? shapes.get(ref.slice(0, length)) : undefined;
    if (shape === undefined || !ref.endsWith(shape.suffix)) continue;
    const version = ref.slice(length, ref.length - shape.suffix.length);
    if (isVersion(version)) return { product: shape.product, version, usual: shape.usual };
  }
  return null;
}

/**
 * Reads a release tag's ref by the known products, where tags are called `product@version`. A
 * product's name has no `@`, so what stands before the first one must be a known name exactly; null
 * for every other tag.
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
 * `+`), a calendar version that semver does not take (`22.04.1`, `2026.11.21.0`), or a full commit id.
 */
export function isVersion(text: string): text is Version {
  return (
    plainVersion.test(text) ||
    isCommitVersion(text) ||
    semver.parse(text)?.version === text ||
    isDated(text)
  );
}

/** Three numbers that semver takes as they are: what nearly all of thousands of tags hold. */
const plainVersion = /^(?:0|[1-9]\d{0,8})\.(?:0|[1-9]\d{0,8})\.(?:0|[1-9]\d{0,8})$/;

/** Tells whether a version is a full commit id, as `scheme: commit` makes them. */
export function isCommitVersion(text: string): boolean {
  return (text.length === 40 || text.length === 64) && /^[0-9a-f]+$/.test(text);
}

/** Tells whether a version is a prerelease, such as `1.4.0-rc.1`. */
export function isPrerelease(version: Version): boolean {
  return prereleaseOf(version) !== null;
}

/** What stands behind the `-` of a prerelease: `rc.1`; null for every other version. */
export function prereleaseOf(version: Version): string | null {
  if (isCommitVersion(version)) return null;
  const dash = version.indexOf('-');
  return dash < 0 ? null : version.slice(dash + 1);
}

/** The identifier of a prerelease's line: `rc` of `1.4.0-rc.1`; null for every other version. */
export function lineOf(version: Version): string | null {
  return prereleaseOf(version)?.split('.', 1)[0] ?? null;
}

/** Validates a version. Throws RECORD_INVALID. */
export function parseVersion(text: string): Version {
  if (isVersion(text)) return text;
  throw new LanewiseError('RECORD_INVALID', `${show(text)} is no version.`, {
    hint: 'A version is like 1.4.2, or a full commit id.',
  });
}

/** A year (or its last two digits), a month or week, perhaps a day, and a number; perhaps a prerelease. */
function isDated(text: string): boolean {
  return /^\d{2}(?:\d{2})?(?:\.\d{1,2}){1,2}\.(?:0|[1-9]\d{0,8})(?:-[A-Za-z][0-9A-Za-z-]*\.\d{1,9})?$/.test(
    text,
  );
}

function named(
  product: string,
  version: string,
  products: ReadonlySet<string>,
): NamedVersion | null {
  if (!products.has(product) || !isVersion(version)) return null;
  return { product: product as ProductName, version };
}
