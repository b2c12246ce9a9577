import {
  byText,
  LanewiseError,
  show,
  type ErrorCode,
  type ProductName,
  type RefName,
  type Release,
  type Version,
} from '@lanewise/model';
import { compareParts, compareVersions, takeApart, type VersionParts } from './compare-versions.js';
import type { Allowed } from './record.js';
import { isCommitVersion } from './tag-name.js';

/** A tag that looks like a release and is none, with the reason. It is never used. */
export interface TagProblem {
  readonly ref: RefName;
  readonly product: ProductName;
  readonly version: Version;
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
}

/** All published releases of the known products. */
export interface ReleaseBook {
  /** Releases of a product, newest version first. */
  releases(product: ProductName): readonly Release[];
  /** A release by its version. */
  get(product: ProductName, version: Version): Release | null;
  /**
   * A release by what people type: its version, or 7 or more first digits of its commit id. Null
   * where there is none; throws RELEASE_UNKNOWN where several begin like that.
   */
  find(product: ProductName, text: string): Release | null;
  /** What was allowed by name when the release was made. */
  allowed(release: Release): Allowed;
  /** Every release, in the order of products and versions. */
  readonly all: readonly Release[];
  readonly problems: readonly TagProblem[];
}

/** Makes a book from releases; what was allowed is given by tag. */
export function makeReleaseBook(
  releases: readonly Release[],
  problems: readonly TagProblem[] = [],
  allowed: ReadonlyMap<RefName, Allowed> = new Map(),
): ReleaseBook {
  const byProduct = groupByProduct(releases);
  const byVersion = new Map<ProductName, ReadonlyMap<Version, Release>>();
  const versionsOf = (product: ProductName): ReadonlyMap<Version, Release> => {
    const known = byVersion.get(product);
    if (known !== undefined) return known;
    const made = new Map(byProduct.get(product)?.map((release) => [release.version, release]));
    byVersion.set(product, made);
    return made;
  };
  return {
    releases: (product) => byProduct.get(product) ?? [],
    get: (product, version) => versionsOf(product).get(version) ?? null,
    find: (product, text) => findRelease(product, text, byProduct.get(product) ?? []),
    allowed: (release) => allowed.get(release.tag) ?? {},
    all: [...byProduct.values()].flat(),
    problems,
  };
}

/**
 * Order of releases by version, newest first: by precedence, commit ids by the date of
 * their commits. It is an order of names: which release contains which is the history's to say.
 */
export function compareReleases(a: Release, b: Release): number {
  const [aCommit, bCommit] = [isCommitVersion(a.version), isCommitVersion(b.version)];
  if (aCommit !== bCommit) return aCommit ? 1 : -1;
  if (aCommit) return b.committedAt - a.committedAt || byText(a.version, b.version);
  return compareVersions(b.version, a.version);
}

function groupByProduct(
  releases: readonly Release[],
): ReadonlyMap<ProductName, readonly Release[]> {
  const groups = new Map<ProductName, Release[]>();
  for (const release of releases) {
    const known = groups.get(release.product);
    if (known === undefined) groups.set(release.product, [release]);
    else known.push(release);
  }
  const sorted = [...groups].map(([product, group]) => [product, sortReleases(group)] as const);
  return new Map(sorted.sort(([a], [b]) => byText(a, b)));
}

/** The order of `compareReleases`, with each version read once: a product may have thousands. */
function sortReleases(releases: readonly Release[]): readonly Release[] {
  if (releases.length < 2) return releases;
  const commits: Release[] = [];
  const numbered: { readonly release: Release; readonly parts: VersionParts }[] = [];
  for (const release of releases) {
    if (isCommitVersion(release.version)) commits.push(release);
    else numbered.push({ release, parts: takeApart(release.version) });
  }
  numbered.sort((a, b) => compareParts(b.parts, a.parts));
  return [...numbered.map(({ release }) => release), ...commits.sort(compareReleases)];
}

function findRelease(
  product: ProductName,
  text: string,
  releases: readonly Release[],
): Release | null {
  const named = releases.find((release) => release.version === text);
  if (named !== undefined) return named;
  if (!/^[0-9a-f]{7,64}$/.test(text)) return null;
  const begun = releases.filter((release) => release.commit.startsWith(text));
  if (begun.length < 2) return begun[0] ?? null;
  const versions = begun.map((release) => release.version).slice(0, 5);
  throw new LanewiseError(
    'RELEASE_UNKNOWN',
    `${begun.length} releases of ${product} are made from a commit that begins with ${show(text)}: ${versions.join(', ')}.`,
    { hint: 'Type the version, or more digits of the commit.' },
  );
}
