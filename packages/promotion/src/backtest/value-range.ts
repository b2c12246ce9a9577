import type { PinReading } from '@lanewise/manifests';

/** Where a value stands in a file's text, without its quotes. */
export interface ValueRange {
  readonly start: number;
  readonly end: number;
  /** Whether quotes of its own stand around it. */
  readonly quoted: boolean;
  /** Whether another word may stand there and be read in the same way, without looking at the file again. */
  readonly plain: boolean;
}

type ValueReading = Extract<PinReading, { readonly kind: 'value' }>;

/** Finds the text of a reading; null where it is written in another way (escapes, folded lines). */
export function findValue(text: string, reading: ValueReading): ValueRange | null {
  const { line, column, text: value, whole, format } = reading;
  const offset = startOfLine(text, line) + column - 1;
  // A tag is the end of its reference; the same letters may stand in the image's name before it.
  const at = whole === '' ? offset : text.indexOf(whole, offset);
  if (at < 0 || !whole.endsWith(value)) return null;
  const before = text.slice(offset, at);
  const isWhole = value === whole && /^["']?$|^[|>][-+\d]*\s+$/.test(before);
  if (!isWhole && !/^["']?(?:[^\s"']+=)?$|^[|>][-+\d]*\s+$/.test(before)) return null;
  const start = at + whole.length - value.length;
  const end = start + value.length;
  const quote = text.charAt(start - 1);
  const quoted = isWhole && start > offset && /["']/.test(quote) && text.charAt(end) === quote;
  const isYaml = format !== 'text' && format !== 'json' && format !== 'flux-marker';
  return { start, end, quoted, plain: isYaml && value !== '' && isEnd(text.charAt(end)) };
}

/** What stands behind a value that was read to its end. */
function isEnd(next: string): boolean {
  return next === '' || /["'\s,}\]]/.test(next);
}

/** Every place where a text stands. */
export function everyPlace(text: string, value: string): readonly ValueRange[] {
  const ranges: ValueRange[] = [];
  if (value === '') return ranges;
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length))
    ranges.push({ start: at, end: at + value.length, quoted: false, plain: false });
  return ranges;
}

function startOfLine(text: string, line: number): number {
  let at = 0;
  for (let number = 1; number < line; number += 1) at = text.indexOf('\n', at) + 1;
  return at;
}
