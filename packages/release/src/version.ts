import {
  defaultVersioning,
  type Bump,
  type CommitId,
  type Timestamp,
  type Version,
  type Versioning,
} from '@lanewise/model';
import { calendarVersion } from './calendar.js';
import { readCommits, type TouchingCommit } from './commits.js';
import { takeApart } from './compare-versions.js';
import { isCommitVersion, prereleaseOf } from './tag-name.js';

/**
 * The version of a product's first release. A product is released to be deployed, and what runs
 * for others is past its initial development (semver.org, "How do I know when to release 1.0.0?").
 */
export const firstVersion = defaultVersioning.first as Version;

/** What of the configuration decides a version's number. */
export type NumberRules = Pick<Versioning, 'scheme' | 'format' | 'first' | 'zero'>;

export interface VersionQuestion {
  readonly rules: NumberRules;
  readonly head: { readonly commit: CommitId; readonly committedAt: Timestamp };
  /** The last release that is no prerelease. */
  readonly base: Version | null;
  readonly bump: Bump;
  /** The line of prereleases: `rc`; null: a final release. */
  readonly line: string | null;
  /** Published, reserved for another commit, or seen in a pin. */
  readonly isTaken: (version: Version) => boolean;
}

/**
 * The next version: the base's with one part raised, and while that number is taken the same part
 * raised again. Below 1.0.0 each bump counts one step less, as `^0.2.1` takes only 0.2.x, unless
 * configured. A prerelease counts up behind the number that the final release would have.
 */
export function nextVersion(question: VersionQuestion): Version {
  const { rules, head, line, isTaken } = question;
  if (rules.scheme === 'commit') return head.commit as string as Version;
  const target = nextTarget(question);
  return line === null ? target : nextOfLine(target, line, isTaken);
}

/** The number that a final release would have now. */
function nextTarget({ rules, head, base, bump, isTaken }: VersionQuestion): Version {
  if (rules.scheme === 'calendar')
    return calendarVersion({ format: rules.format, at: head.committedAt, base, isTaken });
  const numbers = base === null || isCommitVersion(base) ? null : takeApart(base).numbers;
  // A calendar version with four parts says nothing for semver: counting begins anew.
  const usable = numbers?.length === 3 ? numbers : null;
  const part = usable === null ? 'minor' : stepDown(usable, bump, rules.zero);
  let version = usable === null ? (rules.first as Version) : raise(usable, part);
  while (isTaken(version)) version = raise(takeApart(version).numbers, part);
  return version;
}

/** `1.5.0-rc.0`, and while that is taken the next number behind it. */
function nextOfLine(
  target: Version,
  line: string,
  isTaken: (version: Version) => boolean,
): Version {
  for (let count = 0; ; count += 1) {
    const version = `${target}-${line}.${count}` as Version;
    if (!isTaken(version)) return version;
  }
}

/** The version that a prerelease leads to: `1.5.0` of `1.5.0-rc.0`. */
export function targetOf(version: Version): Version {
  const prerelease = prereleaseOf(version);
  return prerelease === null ? version : (version.slice(0, -prerelease.length - 1) as Version);
}

/** What of the configuration decides the size of a step. */
export interface BumpRules extends Pick<Versioning, 'types' | 'dependencyBump'> {
  /** Whether a scope names another product; absent: no scope does. */
  readonly isElsewhere?: (scope: string | null) => boolean;
}

/**
 * How much the commits since the base raise the version. The commits decide only the size: that a
 * product is released is decided by its content, so a change without a bumping commit is a patch.
 * What came through a dependency alone counts as `dependencyBump` says, and so does what its scope
 * says of another product.
 */
export function bumpOf(commits: readonly TouchingCommit[], rules: BumpRules): Bump {
  const { types, dependencyBump, isElsewhere } = rules;
  const bumps = readCommits(commits, types).flatMap(({ dependency, changes }) =>
    changes.map(({ bump, scope }) => {
      const through = dependency || isElsewhere?.(scope) === true;
      return through && dependencyBump !== 'as-dependency' ? dependencyBump : bump;
    }),
  );
  return largestBump(bumps);
}

/** The largest of several steps; a patch where none is said. */
export function largestBump(bumps: readonly (Bump | null)[]): Bump {
  return (['major', 'minor'] as const).find((size) => bumps.includes(size)) ?? 'patch';
}

function stepDown([major = 0]: readonly number[], bump: Bump, zero: Versioning['zero']): Bump {
  if (major > 0 || bump === 'patch') return bump;
  return bump === 'major' ? zero.breaking : zero.feature;
}

function raise([major = 0, minor = 0, patch = 0]: readonly number[], part: Bump): Version {
  if (part === 'major') return `${major + 1}.0.0` as Version;
  return (
    part === 'minor' ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`
  ) as Version;
}
