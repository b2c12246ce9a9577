import { createHash } from 'node:crypto';
import { findPins, readPins, type FoundPin, type PinReading } from '@lanewise/manifests';
import type { PinSelector } from '@lanewise/model';
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

/** Stands for a version whose content was not read: it is too large, or not there any more. */
export const unreadVersion: FileVersion = { texts: [], found: [], rest: null };

/** Reads one version of a file: the values, and a digest of everything else. Never throws for what stands in it. */
export function readFileVersion(file: PinnedFile, bytes: Uint8Array): FileVersion {
  const readings = readPins({ file: file.file, bytes }, file.selectors);
  const texts = readings.map(textOf);
  if (file.images !== null && texts.every((text) => text === null)) {
    const found = findPins({ file: file.file, bytes });
    const own = ownPins(found, file.images);
    if (own.length > 0) return { texts, found: [...new Set(own)], rest: null };
  }
  return { texts, found: [], rest: digestRest(bytes, readings, file.selectors) };
}

function textOf(reading: PinReading): string | null | undefined {
  if (reading.kind === 'refused') return undefined;
  return reading.kind === 'missing' || reading.text === '' ? null : reading.text;
}

/** Of the pins that were found, those of the product's images; all image tags where none is known. */
function ownPins(found: readonly FoundPin[], images: readonly string[]): readonly string[] {
  const tags = found.filter(({ holds }) => holds === 'tag' || holds === 'digest');
  const own = tags.filter(({ image }) => image !== null && images.includes(image));
  return (own.length > 0 || images.length > 0 ? own : tags).map(({ text }) => text);
}

function digestRest(
  bytes: Uint8Array,
  readings: readonly PinReading[],
  selectors: readonly PinSelector[],
): string | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const ranges: (readonly [number, number])[] = [];
  for (const [index, reading] of readings.entries()) {
    if (reading.kind !== 'value') continue;
    const every = selectors[index]?.every === true;
    const found = every ? allRanges(text, reading.whole) : rangeOf(text, reading);
    if (found === null) return null;
    ranges.push(...found);
  }
  ranges.sort(([a], [b]) => a - b);
  const hash = createHash('sha1');
  let from = 0;
  for (const [start, end] of ranges) {
    if (start < from) continue;
    hash.update(text.slice(from, start)).update('\0');
    from = end;
  }
  return hash.update(text.slice(from)).digest('base64');
}

type ValueReading = Extract<PinReading, { readonly kind: 'value' }>;

/** Where the value stands, its quotes included; null where it is written in another way (escapes). */
function rangeOf(
  text: string,
  { line, column, text: value, whole }: ValueReading,
): readonly (readonly [number, number])[] | null {
  const offset = startOfLine(text, line) + column - 1;
  const at = value === '' ? offset : text.indexOf(value, offset);
  const before = text.slice(offset, Math.max(offset, at));
  const isWhole = value === whole && /^["']?$|^[|>][-+\d]*\s+$/.test(before);
  if (at < 0 || (!isWhole && before.length > whole.length + 1)) return null;
  const [start, end] = [at, at + value.length];
  const quote = text.charAt(start - 1);
  const quoted = isWhole && /["']/.test(quote) && text.charAt(end) === quote;
  return [quoted ? [start - 1, end + 1] : [start, end]];
}

function startOfLine(text: string, line: number): number {
  let at = 0;
  for (let number = 1; number < line; number += 1) at = text.indexOf('\n', at) + 1;
  return at;
}

function allRanges(text: string, value: string): readonly (readonly [number, number])[] {
  const ranges: (readonly [number, number])[] = [];
  if (value === '') return ranges;
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length))
    ranges.push([at, at + value.length]);
  return ranges;
}
