import type { CommitId, Release, Version } from '@lanewise/model';
import type { Ancestry } from '@lanewise/git';
import { isOnReleaseBranch, type ReleaseBranch } from './release-branches.js';
import { compareReleases } from './release-book.js';
import type { Allowed } from './record.js';
import { isPrerelease, lineOf } from './tag-name.js';

/** What a product is compared with, or why there is nothing to compare with. */
export type BaseChoice =
  | {
      readonly kind: 'base';
      readonly release: Release;
      /** Other newest releases on merged lines: what they brought counts as released. */
      readonly alsoReleased: readonly Release[];
      /** Releases that `--accept-base` leaves behind. */
      readonly leftBehind: readonly Version[];
      /** Whether a person chose it with `--accept-base`. */
      readonly accepted: boolean;
    }
  /** Never released. */
  | { readonly kind: 'new' }
  /** A newer release contains this commit: the run comes late. */
  | { readonly kind: 'late'; readonly newer: Release }
  /** Releases higher than the base are on no release branch: history was rewritten. */
  | { readonly kind: 'lost'; readonly lost: readonly Release[]; readonly base: Release | null };

export interface BaseQuestion {
  readonly head: CommitId;
  /** Releases of one product, newest version first. */
  readonly releases: readonly Release[];
  readonly branches: readonly ReleaseBranch[];
  readonly ancestry: Ancestry;
  readonly allowed: (release: Release) => Allowed;
  /** The line of prereleases that is released; absent or null: final releases, of which no prerelease is a base. */
  readonly line?: string | null;
  /** The version that `--accept-base` names for this product. */
  readonly accepted: Version | null;
}

/**
 * The base of one product: the release reachable from HEAD that contains every other reachable
 * one; of several such the highest version. Content is compared with it, so a wrong base would
 * lose or repeat changes: where history was rewritten nothing is guessed.
 */
export function chooseBase(question: BaseQuestion): BaseChoice {
  const { head, ancestry, allowed } = question;
  const releases = question.releases.filter(
    ({ version }) => !isPrerelease(version) || lineOf(version) === question.line,
  );
  const reachable = releases.filter(({ commit }) => ancestry.contains(head, commit));
  const known = new Set(reachable);
  const others = releases.filter((release) => !known.has(release));
  if (!reachable.some(({ commit }) => commit === head)) {
    const newer = others.find(({ commit }) => ancestry.contains(commit, head));
    if (newer !== undefined) return { kind: 'late', newer };
  }
  const [base = null, ...alsoReleased] = newest(reachable, ancestry);
  const left = new Set(reachable.flatMap((release) => allowed(release).leftBehind ?? []));
  const lost = others.filter(
    (release) => !left.has(release.version) && isLost(release, base, question),
  );
  if (lost.length > 0) return accept(lost, base, alsoReleased, question);
  if (base === null) return { kind: 'new' };
  return { kind: 'base', release: base, alsoReleased, leftBehind: [], accepted: false };
}

/** Releases that no other one contains; of those on one commit the highest version. Highest first. */
function newest(releases: readonly Release[], ancestry: Ancestry): readonly Release[] {
  const maxima: Release[] = [];
  for (const release of [...releases].sort(compareReleases)) {
    if (maxima.some(({ commit }) => ancestry.contains(commit, release.commit))) continue;
    for (let index = maxima.length - 1; index >= 0; index -= 1) {
      const other = maxima[index];
      if (other !== undefined && ancestry.contains(release.commit, other.commit))
        maxima.splice(index, 1);
    }
    maxima.push(release);
  }
  return maxima;
}

function isLost(release: Release, base: Release | null, question: BaseQuestion): boolean {
  const higher = base === null || compareReleases(release, base) < 0;
  return higher && !isOnReleaseBranch(release.commit, question.branches, question.ancestry);
}

/** Goes on from the release that a person named, be it one of the lost or one still reachable. */
function accept(
  lost: readonly Release[],
  base: Release | null,
  alsoReleased: readonly Release[],
  { accepted, releases }: BaseQuestion,
): BaseChoice {
  const release = releases.find(({ version }) => version === accepted);
  if (release === undefined) return { kind: 'lost', lost, base };
  const leftBehind = lost.filter((other) => other !== release).map(({ version }) => version);
  const also = [base, ...alsoReleased].filter((other) => other !== null && other !== release);
  return {
    kind: 'base',
    release,
    alsoReleased: also.filter((other) => other !== null),
    leftBehind,
    accepted: true,
  };
}
