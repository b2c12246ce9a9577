import semver from 'semver';
import type { ProductName, Release, Version } from '@lanewise/model';
import type { Bump } from './commits.js';
import { imageNaming } from './images.js';
import type { ProductState, ReleaseRequest, ReleaseState, Reservation } from './state.js';
import { isCommitVersion } from './tag-name.js';
import { bumpOf, nextVersion } from './version.js';

export interface PlannedVersion {
  readonly version: Version;
  readonly bump: Bump | 'first' | 'commit';
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
  const head = state.head.commit;
  const question = { scheme: state.scheme, head, base: base?.version ?? null } as const;
  if (state.scheme === 'commit') {
    const version = nextVersion({ ...question, bump: 'patch', isTaken: () => false });
    return { version, bump: 'commit', reservation: 'none', forecast: false };
  }
  const size = bumpOf(product.commits, state.dependencyBump);
  const bump = base === null ? 'first' : size;
  const reservations = state.reservations.filter((one) => one.product === product.product);
  const ours = takeUp(reservations, product, state, base);
  if (ours !== null) return { version: ours, bump, reservation: 'ours', forecast: false };
  const taken = takenVersions(product, state, reservations);
  const version = nextVersion({ ...question, bump: size, isTaken: (one) => taken.has(one) });
  const needed = needsReservation(product, request);
  return { version, bump, reservation: needed ? 'needed' : 'none', forecast: !needed };
}

/** The highest reservation at this commit that is neither published nor overtaken by the base. */
function takeUp(
  reservations: readonly Reservation[],
  product: ProductState,
  { head, book }: ReleaseState,
  base: Release | null,
): Version | null {
  const published = publishedVersions(book, product.product);
  const usable = reservations
    .filter(({ commit, version }) => commit === head.commit && !isCommitVersion(version))
    .map(({ version }) => version)
    .filter((version) => !published.has(version) && !product.taken.has(version))
    .filter(
      (version) =>
        base === null || isCommitVersion(base.version) || semver.gt(version, base.version),
    );
  return usable.sort(semver.rcompare)[0] ?? null;
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
