import type { ReadVersion } from './file-version.js';
import type { ValueRange } from './value-range.js';

/**
 * The next version of a file, where it is the last one with another word in the place of one value:
 * letters, digits, `.`, `_` and `-` mean the same wherever a value of these stood. null: it must be read.
 */
export function sameButValue(last: ReadVersion, bytes: Buffer): ReadVersion | null {
  const { ranges, version } = last;
  if (ranges === null || ranges.length > 16) return null;
  const grown = bytes.length - last.bytes.length;
  for (const [index, range] of ranges.entries()) {
    if (range === null || !range.plain || !isElsewhereEqual(last.bytes, bytes, range, grown))
      continue;
    const { start, end } = range;
    const text = bytes.toString('latin1', start, end + grown);
    if (!/^[A-Za-z0-9][\w.-]{0,127}$/.test(text)) return null;
    // Two pins that read the same place, or one inside the other, are read anew.
    if (ranges.some((other) => other !== null && other !== range && overlaps(other, range)))
      return null;
    return {
      version: { ...version, texts: version.texts.map((old, at) => (at === index ? text : old)) },
      bytes,
      ranges: grown === 0 ? ranges : ranges.map((one) => moved(one, end, grown)),
    };
  }
  return null;
}

function isElsewhereEqual(
  before: Buffer,
  after: Buffer,
  { start, end }: ValueRange,
  grown: number,
): boolean {
  if (end + grown <= start) return false;
  return (
    before.compare(after, end + grown, after.length, end, before.length) === 0 &&
    before.compare(after, 0, start, 0, start) === 0
  );
}

function overlaps(one: ValueRange, other: ValueRange): boolean {
  return one.start < other.end && other.start < one.end;
}

function moved(range: ValueRange | null, from: number, by: number): ValueRange | null {
  if (range === null) return null;
  const shift = range.start >= from ? by : 0;
  const stretch = range.end >= from ? by : 0;
  return { ...range, start: range.start + shift, end: range.end + stretch };
}
