import type { Bump, ProductName, Release, Version } from '@lanewise/model';
import { compareVersions } from './compare-versions.js';
import { imageNaming } from './images.js';
import type { ProductState, ReleaseRequest, ReleaseState, Reservation } from './state.js';
import { isCommitVersion, lineOf } from './tag-name.js';
import { bumpOf, largestBump, nextVersion } from './version.js';

export interface PlannedVersion {
  readonly version: Version;
  readonly bump: Bump | 'first' | 'commit' | 'calendar';
  readonly reservation: 'none' | 'needed' | 'ours';
  readonly forecast: boolean;
}

/**
 * The version of a release, and whether it has to be reserved before anything is built with it. A
 * reservation that an earlier run made at this very commit is taken up; numbers that another
 * commit has reserved are passed over, whether or not they are ever published.
 */
export function planVersion(
  product: ProductState,
  state: ReleaseState,
  request: ReleaseRequest,
): PlannedVersion {
  const base = product.base.kind === 'base' ? product.base.release : null;
  const { head, line } = state;
  const { versioning } = product;
  const from = line === null ? (base?.version ?? null) : (product.final?.version ?? null);
  const question = { rules: versioning, head, line, base: from } as const;
  if (versioning.scheme === 'commit') {
    const version = nextVersion({ ...question, bump: 'patch', isTaken: () => false });
    return { version, bump: 'commit', reservation: 'none', forecast: false };
  }
  const size = sizeOf(product, state);
  const named = versioning.scheme === 'calendar' ? 'calendar' : size;
  const bump = from === null ? 'first' : named;
  const reservations = state.reservations.filter((one) => one.product === product.product);
  const ours = takeUp(reservations, product, state, base);
  if (ours !== null) return { version: ours, bump, reservation: 'ours', forecast: false };
  const taken = takenVersions(product, state, reservations);
  const version = nextVersion({ ...question, bump: size, isTaken: (one) => taken.has(one) });
  const needed = needsReservation(product, request);
  return { version, bump, reservation: needed ? 'needed' : 'none', forecast: !needed };
}

/** The size of the step: by the first source that says anything. */
function sizeOf(product: ProductState, { line, scopes }: ReleaseState): Bump {
  const { versioning } = product;
  const commits = line === null ? product.commits : (product.final?.commits ?? []);
  for (const source of versioning.from) {
    if (source === 'version-plans' && product.plans.length > 0)
      return largestBump(product.plans.map(({ bump }) => bump));
    if (source === 'conventional-commits') {
      const isElsewhere = (scope: string | null): boolean =>
        namesAnother(scope, product.product, scopes);
      return bumpOf(commits, { ...versioning, isElsewhere });
    }
  }
  return 'patch';
}

/** Whether a scope (or each of several: `api,docs`) names products, and this one is not among them. */
function namesAnother(
  scope: string | null,
  product: ProductName,
  scopes: ReleaseState['scopes'],
): boolean {
  const named = (scope ?? '')
    .split(/[,;|\s]+/)
    .flatMap((word) => scopes.get(word.toLowerCase()) ?? []);
  return named.length > 0 && !named.includes(product);
}

/** The highest reservation at this commit that is neither published nor overtaken by the base. */
function takeUp(
  reservations: readonly Reservation[],
  product: ProductState,
  { head, book, line }: ReleaseState,
  base: Release | null,
): Version | null {
  const published = publishedVersions(book, product.product);
  const usable = reservations
    .filter(({ commit, version }) => commit === head.commit && !isCommitVersion(version))
    .map(({ version }) => version)
    .filter((version) => lineOf(version) === line)
    .filter((version) => !published.has(version) && !product.taken.has(version))
    .filter(
      (version) =>
        base === null ||
        isCommitVersion(base.version) ||
        compareVersions(version, base.version) > 0,
    );
  return usable.sort((a, b) => compareVersions(b, a))[0] ?? null;
}

function takenVersions(
  product: ProductState,
  { book }: ReleaseState,
  reservations: readonly Reservation[],
): ReadonlySet<string> {
  return new Set([
    ...publishedVersions(book, product.product),
    ...reservations.map(({ version }) => version),
    ...product.taken,
  ]);
}

/** Numbers of tags, those of tags that are no valid release included: the name is in use. */
function publishedVersions(book: ReleaseState['book'], product: ProductName): ReadonlySet<string> {
  return new Set([
    ...book.releases(product).map(({ version }) => version),
    ...book.problems.filter((one) => one.product === product).map(({ version }) => version),
  ]);
}

/** An image named by its version must never be built twice under one name, so the name is kept first. */
function needsReservation({ config }: ProductState, request: ReleaseRequest): boolean {
  const templates = Object.values(config.images);
  if (templates.length === 0) return request.target;
  return templates.some((template) => imageNaming(template) === 'version');
}
