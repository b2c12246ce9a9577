import { createHash } from 'node:crypto';
import { findPins, readPins, type FoundPin, type PinReading } from '@lanewise/manifests';
import { sameButValue } from './same-but-value.js';
import { findValue, everyPlace, type ValueRange } from './value-range.js';
import type { PinnedFile } from './past-pin.js';

/** What one version of a file says at its pins. */
export interface FileVersion {
  /** In the order of the file's pins: the value; null: no such place, or nothing in it; undefined: it cannot be read. */
  readonly texts: readonly (string | null | undefined)[];
  /** Values found by looking, where none of the places was there yet. */
  readonly found: readonly string[];
  /** Digest of the file without the values; null: it cannot be told where they stand. */
  readonly rest: string | null;
}

const nothing: readonly string[] = [];

/** Stands for a version whose content was not read: it is too large, or not there any more. */
export const unreadVersion: FileVersion = { texts: [], found: nothing, rest: null };

/** A version with what makes the next one quick to read: its bytes, and where its values stand. */
export interface ReadVersion {
  readonly version: FileVersion;
  readonly bytes: Buffer;
  /** For each value its place; null: the next version is read from the beginning. */
  readonly ranges: readonly (ValueRange | null)[] | null;
}

/**
 * Reads one version of a file: the values, and a digest of everything else. A version that differs
 * from the one read before it only inside a value is not parsed: histories hold tens of thousands of
 * these. Never throws for what stands in the file.
 */
export function readFileVersion(
  file: PinnedFile,
  content: Uint8Array,
  last: ReadVersion | null,
): ReadVersion {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return (last === null ? null : sameButValue(last, bytes)) ?? readAnew(file, bytes);
}

function readAnew(file: PinnedFile, bytes: Buffer): ReadVersion {
  const readings = readPins({ file: file.file, bytes }, file.selectors);
  const texts = readings.map(textOf);
  if (file.images !== null && texts.every((text) => text === null)) {
    const own = ownPins(findPins({ file: file.file, bytes }), file.images);
    if (own.length > 0)
      return { version: { texts, found: [...new Set(own)], rest: null }, bytes, ranges: null };
  }
  const text = bytes.toString('utf8');
  // Where every letter is one byte, places in the text are places in the bytes.
  const isPlain = text.length === bytes.length;
  const ranges = readings.map((reading, index) =>
    reading.kind !== 'value' || file.selectors[index]?.every === true
      ? null
      : findValue(text, reading),
  );
  const all = readings.flatMap((reading, index): readonly (ValueRange | null)[] => {
    const range = ranges[index] ?? null;
    if (range !== null) return [range];
    if (reading.kind !== 'value') return [];
    return file.selectors[index]?.every === true ? everyPlace(text, reading.whole) : [null];
  });
  const known = all.filter((range) => range !== null);
  const rest = known.length < all.length ? null : digestRest(isPlain ? bytes : text, known);
  const quick = isPlain && rest !== null && !file.selectors.some(({ every }) => every === true);
  return { version: { texts, found: nothing, rest }, bytes, ranges: quick ? ranges : null };
}

function textOf(reading: PinReading): string | null | undefined {
  if (reading.kind === 'refused') return undefined;
  return reading.kind === 'missing' || reading.text === '' ? null : copied(reading.text);
}

/** A text of its own: a part of the file's text would keep the whole file in memory. */
function copied(text: string): string {
  return Buffer.from(text).toString();
}

/** Of the pins that were found, those of the product's images; all image tags where none is known. */
function ownPins(found: readonly FoundPin[], images: readonly string[]): readonly string[] {
  const tags = found.filter(({ holds }) => holds === 'tag' || holds === 'digest');
  const own = tags.filter(({ image }) => image !== null && images.includes(image));
  return (own.length > 0 || images.length > 0 ? own : tags).map(({ text }) => copied(text));
}

/** Digest of everything outside the values, their quotes left out too. */
function digestRest(content: Buffer | string, ranges: readonly ValueRange[]): string {
  const part = (start: number, end: number): Buffer | string =>
    typeof content === 'string' ? content.slice(start, end) : content.subarray(start, end);
  const hash = createHash('sha1');
  let from = 0;
  for (const { start, end, quoted } of [...ranges].sort((a, b) => a.start - b.start)) {
    if (start < from) continue;
    const quote = quoted ? 1 : 0;
    hash.update(part(from, start - quote)).update('\0');
    from = end + quote;
  }
  return hash.update(part(from, content.length)).digest('base64');
}
