import type { Ancestry } from '@lanewise/git';
import type { Release } from '@lanewise/model';
import type { Cell, CellHistory, Stay } from './cell.js';

/** A stay of a known release. */
export interface ReleaseStay extends Stay {
  readonly state: Extract<Stay['state'], { kind: 'release' }>;
}

/** The stays of known releases, oldest first. */
export function releaseStays(history: CellHistory | null): readonly ReleaseStay[] {
  if (history === null) return [];
  const known = staysOf.get(history);
  if (known !== undefined) return known;
  const stays = history.stays.filter((stay): stay is ReleaseStay => stay.state.kind === 'release');
  staysOf.set(history, stays);
  return stays;
}

/** Each release that could go on asks for them, and several gates of each. */
const staysOf = new WeakMap<CellHistory, readonly ReleaseStay[]>();

/** Whether two releases are one thing: the same, or made from equal inputs. */
export function sameInputs(a: Release, b: Release): boolean {
  if (a.product !== b.product) return false;
  if (a.version === b.version) return true;
  if (a.inputs === null || b.inputs === null) return false;
  return a.inputs.algorithm === b.inputs.algorithm && a.inputs.digest === b.inputs.digest;
}

/** Whether a release is newer: its source contains the other's, and is not the same. */
export function isNewer(newer: Release, older: Release, ancestry: Ancestry): boolean {
  return newer.commit !== older.commit && ancestry.contains(newer.commit, older.commit);
}

/** Whether a release was there at any time: automation brings it there no second time. */
export function everRan(history: CellHistory | null, release: Release): boolean {
  return releaseStays(history).some(({ state }) => state.release.version === release.version);
}

/**
 * Whether somebody went back behind a release since it last landed, by rollback, by hand or by
 * force. Told by the pins alone: words of commits can be forged, or lost in a squash.
 */
export function isTakenBack(
  history: CellHistory | null,
  release: Release,
  ancestry: Ancestry,
): boolean {
  return takenBackBy(history, release, ancestry) !== null;
}

/** The stay by which a release was taken back; null: it was not. */
export function takenBackBy(
  history: CellHistory | null,
  release: Release,
  ancestry: Ancestry,
): ReleaseStay | null {
  const stays = releaseStays(history);
  const last = stays.findLastIndex(({ state }) => state.release.version === release.version);
  if (last < 0) return null;
  const before = stays.slice(0, last);
  return (
    stays
      .slice(last + 1)
      .find(({ state }) => isStepBack(before, release, state.release, ancestry)) ?? null
  );
}

/**
 * Whether going on to the next release went back behind this one: the next is an older one, or one
 * that ran before this and does not contain it (back from a hotfix to what it had replaced).
 */
function isStepBack(
  before: readonly ReleaseStay[],
  release: Release,
  next: Release,
  ancestry: Ancestry,
): boolean {
  if (isNewer(release, next, ancestry)) return true;
  const returned = before.some(({ state }) => state.release.version === next.version);
  return returned && !ancestry.contains(next.commit, release.commit);
}

/** A step back that no lock file speaks for: it acts as a lock until the pin next changes. */
export interface StepBack {
  readonly from: Release;
  readonly to: ReleaseStay;
}

export function handMadeStepBack(cell: Cell, ancestry: Ancestry): StepBack | null {
  const { history } = cell;
  if (history === null || history.lockTouched) return null;
  const present = history.stays.at(-1);
  if (present?.state.kind !== 'release') return null;
  const stays = releaseStays(history);
  const [to, before] = [stays.at(-1), stays.at(-2)];
  if (to === undefined || before === undefined) return null;
  const earlier = stays.slice(0, -2);
  return isStepBack(earlier, before.state.release, to.state.release, ancestry)
    ? { from: before.state.release, to }
    : null;
}
