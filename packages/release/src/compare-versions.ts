import semver from 'semver';
import { byText, type Version } from '@lanewise/model';
import { prereleaseOf } from './tag-name.js';

/** A version's numbers and what stands behind its `-`, for comparing many of them. */
export interface VersionParts {
  readonly numbers: readonly number[];
  readonly prerelease: string | null;
  readonly text: Version;
}

/** Takes a version that is no commit id apart: three numbers, or four in some calendar formats. */
export function takeApart(version: Version): VersionParts {
  const prerelease = prereleaseOf(version);
  const core = prerelease === null ? version : version.slice(0, -prerelease.length - 1);
  return { numbers: core.split('.').map(Number), prerelease, text: version };
}

/**
 * Order by precedence (semver.org, item 11): number by number, a prerelease before its version, and
 * by text where only leading zeros differ. Commit ids are not compared here.
 */
export function compareParts(a: VersionParts, b: VersionParts): number {
  for (let index = 0; index < Math.max(a.numbers.length, b.numbers.length); index += 1) {
    const [one, other] = [a.numbers[index] ?? 0, b.numbers[index] ?? 0];
    if (one !== other) return one - other;
  }
  if (a.prerelease === null || b.prerelease === null) {
    const difference = Number(a.prerelease === null) - Number(b.prerelease === null);
    return difference === 0 ? byText(a.text, b.text) : difference;
  }
  return semver.compare(`0.0.0-${a.prerelease}`, `0.0.0-${b.prerelease}`) || byText(a.text, b.text);
}

/** Order of two versions that are no commit ids. */
export function compareVersions(a: Version, b: Version): number {
  return compareParts(takeApart(a), takeApart(b));
}
