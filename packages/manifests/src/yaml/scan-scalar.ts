import { hash, isApart, isLineEnd, lineEndFrom, skipSpaces, space, tab } from './scan-cursor.js';
import type { ScalarNode, ScalarStyle } from './outline.js';

/** A scalar that was read, without anchor; null where the scan is not sure. */
export type ScannedScalar = ScalarNode | null;

/** A scalar in quotes that ends on the line it begins on, with no escapes but the plain ones. */
export function scanQuoted(text: string, start: number): ScannedScalar {
  const single = text.charCodeAt(start) === 0x27;
  const close = single ? closeOfSingle(text, start) : closeOfDouble(text, start);
  if (close < 0) return null;
  const raw = text.slice(start + 1, close);
  if (raw.includes('\n')) return null;
  if (single) return scalar('single', raw.replaceAll("''", "'"), start, close + 1);
  const decoded = raw.includes('\\') ? decodeDouble(raw) : raw;
  return decoded === null ? null : scalar('double', decoded, start, close + 1);
}

/** A plain scalar of one line in a block; null where it could be a key or go on. */
export function scanPlain(text: string, start: number): ScannedScalar {
  if (!canBeginPlain(text, start)) return null;
  const lineEnd = lineEndFrom(text, start);
  let end = lineEnd;
  for (let at = start; at < lineEnd; at += 1) {
    const code = text.charCodeAt(at);
    if (code === tab || (code === 0x3a && isApart(text, at + 1))) return null;
    if (code === hash && text.charCodeAt(at - 1) === space) {
      end = at;
      break;
    }
  }
  while (text.charCodeAt(end - 1) === space) end -= 1;
  return scalar('plain', text.slice(start, end), start, end);
}

/** A plain scalar with the lines below it that go on with it: those that stand further in than `column`. */
export function scanOn(text: string, first: ScalarNode, column: number): ScannedScalar {
  let { text: said, end } = first;
  let blank = 0;
  let from = end;
  for (let lineStart = nextLine(text, from); lineStart > 0; lineStart = nextLine(text, from)) {
    const at = skipSpaces(text, lineStart);
    if (at >= text.length) break;
    if (isLineEnd(text, at)) {
      blank += 1;
      from = lineStart;
      continue;
    }
    if (at - lineStart <= column || text.charCodeAt(at) === hash) break;
    const line = scanPlain(text, at);
    if (line === null) return null;
    said += (blank > 0 ? '\n'.repeat(blank) : ' ') + line.text;
    ({ end } = line);
    blank = 0;
    from = end;
  }
  return end === first.end ? first : scalar('plain', said, first.start, end);
}

/** Where the line behind this offset begins; -1 where there is none, or where a comment ends the scalar. */
function nextLine(text: string, from: number): number {
  const at = skipSpaces(text, from);
  if (!isLineEnd(text, at)) return -1;
  const next = text.indexOf('\n', at);
  return next < 0 || next + 1 >= text.length ? -1 : next + 1;
}

/** Tells whether a plain scalar may begin with the sign at this offset. */
export function canBeginPlain(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  switch (code) {
    case 0x2d: // -
    case 0x3f: // ?
    case 0x3a: // :
      return !isApart(text, at + 1);
    case 0x2c: // ,
    case 0x5b: // [
    case 0x5d: // ]
    case 0x7b: // {
    case 0x7d: // }
    case 0x23: // #
    case 0x26: // &
    case 0x2a: // *
    case 0x21: // !
    case 0x7c: // |
    case 0x3e: // >
    case 0x27: // '
    case 0x22: // "
    case 0x25: // %
    case 0x40: // @
    case 0x60: // `
    case tab:
      return false;
    default:
      return !isLineEnd(text, at);
  }
}

/**
 * A `|` or `>` block below a node at a column, its indentation told by its first line. null where
 * that is said by a number, or where spaces stand before the first text.
 */
export function scanBlock(text: string, start: number, column: number): ScannedScalar {
  const folded = text.charCodeAt(start) === 0x3e;
  const sign = text[start + 1];
  const chomp = sign === '-' || sign === '+' ? sign : '';
  const header = skipSpaces(text, start + 1 + chomp.length);
  const comment = text.charCodeAt(header) === hash && text.charCodeAt(header - 1) === space;
  if (!isLineEnd(text, header) && !comment) return null;
  const block = readBlockLines(text, text.indexOf('\n', header), column);
  if (block === null || block.lines.length === 0) return null;
  const content = folded ? fold(block.lines) : block.lines.join('\n');
  const ending = chomp === '-' ? '' : chomp === '' ? '\n' : '\n'.repeat(block.blank + 1);
  const end = chomp === '+' ? block.endOfBlank : block.end;
  return scalar(folded ? 'folded' : 'literal', content + ending, start, end);
}

interface BlockLines {
  readonly lines: readonly string[];
  /** Behind the line break of the last line with text. */
  readonly end: number;
  /** Empty lines behind it, and where they end. */
  readonly blank: number;
  readonly endOfBlank: number;
}

function readBlockLines(text: string, headerEnd: number, column: number): BlockLines | null {
  if (headerEnd < 0) return null;
  const lines: string[] = [];
  let indent = -1;
  let blank = 0;
  let end = headerEnd + 1;
  let lineStart = headerEnd + 1;
  while (lineStart < text.length) {
    const at = skipSpaces(text, lineStart);
    const lineEnd = lineEndFrom(text, at);
    const next = text.indexOf('\n', lineEnd);
    if (at === lineEnd && (indent < 0 || at - lineStart <= indent)) {
      // Spaces before the first text would say how far it stands in; at the end of the file they are not told apart from text.
      if (next < 0 || (indent < 0 && at > lineStart)) return null;
      blank += 1;
    } else {
      if (indent < 0 && at - lineStart > column) indent = at - lineStart;
      if (at - lineStart < indent || indent < 0)
        return at - lineStart > column ? null : { lines, end, blank, endOfBlank: lineStart };
      for (; blank > 0; blank -= 1) lines.push('');
      lines.push(text.slice(lineStart + indent, lineEnd));
      if (next < 0) return { lines, end: text.length, blank, endOfBlank: text.length };
      end = next + 1;
    }
    lineStart = next + 1;
  }
  return { lines, end, blank, endOfBlank: lineStart };
}

/** Folds lines: a line break becomes a space, an empty line a line break; lines that stand further in stay as they are. */
function fold(lines: readonly string[]): string {
  const first = lines.findIndex((line) => line !== '');
  let folded = '\n'.repeat(first);
  let joint = '';
  let isAfterInner = false;
  for (const line of lines.slice(first)) {
    if (line === '') {
      if (joint === '\n') folded += '\n';
      else joint = '\n';
      continue;
    }
    const isInner = line.startsWith(' ') || line.startsWith('\t');
    if (isInner && joint === ' ') joint = '\n';
    else if (isInner && !isAfterInner && joint === '\n') joint = '\n\n';
    folded += joint + line;
    joint = isInner ? '\n' : ' ';
    isAfterInner = isInner;
  }
  return folded;
}

function closeOfSingle(text: string, start: number): number {
  let at = start + 1;
  for (;;) {
    const close = text.indexOf("'", at);
    if (close < 0 || text.charCodeAt(close + 1) !== 0x27) return close;
    at = close + 2;
  }
}

function closeOfDouble(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at;
    if (code === 0x5c) at += 1;
    else if (code === 0x0a) return -1;
  }
  return -1;
}

/** The escapes that JSON has too; others are rare, and left to the library. */
function decodeDouble(raw: string): string | null {
  // eslint-disable-next-line no-control-regex -- JSON allows none of them bare
  if (/\\[^"\\/bfnrt]|[\u0000-\u001f]/.test(raw.replaceAll('\\\\', ''))) return null;
  return JSON.parse(`"${raw}"`) as string;
}

export function scalar(style: ScalarStyle, text: string, start: number, end: number): ScalarNode {
  return { kind: 'scalar', style, text, start, end, anchor: null, tag: null };
}
