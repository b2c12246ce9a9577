import type { CalendarToken, Timestamp, Version } from '@lanewise/model';
import { takeApart } from './compare-versions.js';
import { isCommitVersion } from './tag-name.js';

export interface CalendarQuestion {
  readonly format: readonly CalendarToken[];
  /** Committer date of the source commit: a rerun on another day makes the same version. */
  readonly at: Timestamp;
  readonly base: Version | null;
  readonly isTaken: (version: Version) => boolean;
}

/**
 * The next calendar version (calver.org): the date in UTC, and behind it the first number that is
 * above the base's and not taken. A commit that is dated before its base keeps the base's date, so
 * that a later release is never the smaller version.
 */
export function calendarVersion({ format, at, base, isTaken }: CalendarQuestion): Version {
  const dated = format.slice(0, -1).map((token) => renderToken(token, at));
  const last = baseNumbers(base, format);
  const behind = last === null ? -1 : compareNumbers(dated.map(Number), last.slice(0, -1));
  const parts =
    last !== null && behind < 0
      ? format.slice(0, -1).map((token, index) => padded(token, last[index] ?? 0))
      : dated;
  const from = last !== null && behind <= 0 ? (last.at(-1) ?? -1) + 1 : 0;
  for (let count = from; ; count += 1) {
    const version = [...parts, count].join('.') as Version;
    if (!isTaken(version)) return version;
  }
}

/** The base's numbers, where it was made by a format of as many parts with a year of as many digits. */
function baseNumbers(
  base: Version | null,
  format: readonly CalendarToken[],
): readonly number[] | null {
  if (base === null || isCommitVersion(base)) return null;
  const { numbers } = takeApart(base);
  const sameYears = format[0] === 'YYYY' ? (numbers[0] ?? 0) >= 1970 : (numbers[0] ?? 0) < 1000;
  return numbers.length === format.length && sameYears ? numbers : null;
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((number, place) => number !== b[place]);
  return index < 0 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}

function renderToken(token: CalendarToken, at: Timestamp): string {
  const date = new Date(at * 1000);
  switch (token) {
    case 'YYYY':
      return String(date.getUTCFullYear());
    case 'YY':
    case '0Y':
      return padded(token, date.getUTCFullYear() % 100);
    case 'MM':
    case '0M':
      return padded(token, date.getUTCMonth() + 1);
    case 'DD':
    case '0D':
      return padded(token, date.getUTCDate());
    case 'WW':
    case '0W':
      return padded(token, weekOf(date));
    case 'MICRO':
      return '';
    default:
      return token satisfies never;
  }
}

/** Weeks of seven days from the first of January, so that they belong to the year that stands before them. */
function weekOf(date: Date): number {
  const start = Date.UTC(date.getUTCFullYear(), 0, 1);
  return Math.floor((date.getTime() - start) / (7 * 86_400_000)) + 1;
}

/** Tokens that begin with a zero keep two digits. */
function padded(token: CalendarToken, number: number): string {
  return token.startsWith('0') ? String(number).padStart(2, '0') : String(number);
}
