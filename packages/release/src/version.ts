import semver from 'semver';
import type { CommitId, Config, Version } from '@lanewise/model';
import { cancelReverts, parseCommit, type Bump, type TouchingCommit } from './commits.js';
import { isCommitVersion } from './tag-name.js';

/**
 * The version of a product's first release. A product is released to be deployed, and what runs
 * for others is past its initial development (semver.org, "How do I know when to release 1.0.0?").
 */
export const firstVersion = '1.0.0' as Version;

export interface VersionQuestion {
  readonly scheme: 'semver' | 'commit';
  readonly head: CommitId;
  readonly base: Version | null;
  readonly bump: Bump;
  /** Published, reserved for another commit, or seen in a pin. */
  readonly isTaken: (version: Version) => boolean;
}

/**
 * The next version: the base's with one part raised, and while that number is taken the same part
 * raised again. Below 1.0.0 each bump counts one step less, as `^0.2.1` takes only 0.2.x: a
 * breaking change raises the minor part, anything else the patch.
 */
export function nextVersion({ scheme, head, base, bump, isTaken }: VersionQuestion): Version {
  if (scheme === 'commit') return head as string as Version;
  const numbered = base !== null && !isCommitVersion(base) ? base : null;
  const part = numbered === null ? 'minor' : stepDown(numbered, bump);
  let version = numbered === null ? firstVersion : raise(numbered, part);
  while (isTaken(version)) version = raise(version, part);
  return version;
}

/**
 * How much the commits since the base raise the version. The commits decide only the size: that a
 * product is released is decided by its content, so a change without a bumping commit is a patch.
 * What came through a dependency alone counts as `dependencyBump` says.
 */
export function bumpOf(
  commits: readonly TouchingCommit[],
  dependencyBump: Config['versioning']['dependencyBump'],
): Bump {
  const parsed = commits.map((commit) => ({ ...commit, parsed: parseCommit(commit.message) }));
  const bumps = cancelReverts(parsed).map(({ dependency, parsed: { bump } }) => {
    if (!dependency || dependencyBump === 'as-dependency') return bump;
    return dependencyBump;
  });
  return (['major', 'minor'] as const).find((size) => bumps.includes(size)) ?? 'patch';
}

function stepDown(version: Version, bump: Bump): Bump {
  if (semver.major(version) > 0) return bump;
  return bump === 'major' ? 'minor' : 'patch';
}

function raise(version: Version, part: Bump): Version {
  const { major, minor, patch } = semver.parse(version) ?? new semver.SemVer('0.0.0');
  if (part === 'major') return `${major + 1}.0.0` as Version;
  return (
    part === 'minor' ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`
  ) as Version;
}
