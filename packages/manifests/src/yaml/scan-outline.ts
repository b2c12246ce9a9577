import {
  hash,
  isApart,
  isLineEnd,
  lineEndFrom,
  moveToContent,
  moveToNextLine,
  skipSpaces,
  space,
  tab,
  type Cursor,
} from './scan-cursor.js';
import type { MapEntry, Outline, OutlineDocument, OutlineNode, ScalarNode } from './outline.js';
import { scanFlow } from './scan-flow.js';
import { canBeginPlain, scalar, scanBlock, scanOn, scanPlain, scanQuoted } from './scan-scalar.js';

/**
 * The outline of the YAML that people write for the most part, many times faster than the library
 * gives it: block maps and lists, plain scalars, quoted ones of one line, blocks, flow collections,
 * anchors, aliases and tags of texts. null for everything else, and for everything that may be wrong:
 * then the library decides. Where there is an outline it is the library's (a property test holds them
 * against each other).
 */
export function scanOutline(text: string): Outline | null {
  if (strange.test(text)) return null;
  const cursor: Cursor = { text, at: 0, column: 0, depth: 0 };
  moveToContent(cursor, text.charCodeAt(0) === 0xfeff ? 1 : 0);
  // The library takes the mark for a column of the first line.
  if (text.charCodeAt(0) === 0xfeff && isDash(text, skipSpaces(text, 1))) return null;
  const documents: OutlineDocument[] = [];
  do {
    const document = scanDocument(cursor);
    if (document === null) return null;
    documents.push(document);
  } while (cursor.at < text.length);
  return { documents };
}

/** A lone carriage return, other control characters, and signs that some readers take for line breaks. */
const strange =
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  /\r(?!\n)|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029]|[^]\ufeff/;

const deepestBlock = 60;

function scanDocument(cursor: Cursor): OutlineDocument | null {
  const { text } = cursor;
  if (cursor.column < 0 && cursor.at < text.length) {
    const rest = skipSpaces(text, cursor.at + 3);
    if (!text.startsWith('---', cursor.at)) return null;
    if (!isLineEnd(text, rest) && text.charCodeAt(rest) !== hash) return null;
    moveToNextLine(cursor, rest);
    // Nothing stands between two marks, or behind the last one.
    if (cursor.column < 0) return { root: null };
  }
  if (cursor.column < 0 || text.charCodeAt(cursor.at) === 0x25) return null;
  const root = scanCollection(cursor);
  return cursor.column < 0 && root !== null ? { root } : null;
}

/** A map or list that begins where the cursor stands; afterwards that stands at the first line behind it. */
function scanCollection(cursor: Cursor): OutlineNode | null {
  if (cursor.depth > deepestBlock) return null;
  cursor.depth += 1;
  const node = isDash(cursor.text, cursor.at) ? scanList(cursor) : scanMap(cursor);
  cursor.depth -= 1;
  return node;
}

function scanMap(cursor: Cursor): OutlineNode | null {
  const { at: start, column } = cursor;
  const entries: MapEntry[] = [];
  while (cursor.column === column) {
    const key = scanKey(cursor.text, cursor.at);
    if (key === null) return null;
    const value = scanValue(cursor, { column, from: key.colon + 1, sameColumn: true });
    if (value === null) return null;
    entries.push({ key: key.text, keyStart: key.start, value });
  }
  if (cursor.column > column) return null;
  return { kind: 'map', flow: false, entries, start, end: start, anchor: null, tag: null };
}

function scanList(cursor: Cursor): OutlineNode | null {
  const { at: start, column } = cursor;
  const items: OutlineNode[] = [];
  while (cursor.column === column && isDash(cursor.text, cursor.at)) {
    const item = scanItem(cursor, column);
    if (item === null) return null;
    items.push(item);
  }
  if (cursor.column > column) return null;
  return { kind: 'list', flow: false, items, start, end: start, anchor: null, tag: null };
}

function scanItem(cursor: Cursor, column: number): OutlineNode | null {
  const { text } = cursor;
  const from = cursor.at + 1;
  const at = skipSpaces(text, from);
  // `- key: value` and `- - item` open a map or list whose column is that of its first sign.
  if (isDash(text, at) || scanKey(text, at) !== null) {
    cursor.column += at - cursor.at;
    cursor.at = at;
    return scanCollection(cursor);
  }
  return scanValue(cursor, { column, from, sameColumn: false });
}

interface ValuePlace {
  /** Column of the map or list that the value stands in. */
  readonly column: number;
  /** Behind the colon or dash. */
  readonly from: number;
  /** Whether a list may begin in the same column, as below a key. */
  readonly sameColumn: boolean;
}

function scanValue(cursor: Cursor, place: ValuePlace): OutlineNode | null {
  const { text } = cursor;
  const at = skipSpaces(text, place.from);
  const code = text.charCodeAt(at);
  if (code === 0x21) return scanTagged(cursor, place, at);
  if (code !== 0x26) return scanBare(cursor, place, at);
  const end = endOfName(text, at + 1);
  if (end === at + 1 || !isApart(text, end)) return null;
  const node = scanBare(cursor, { ...place, from: end }, skipSpaces(text, end));
  return node === null || node.kind === 'alias'
    ? null
    : { ...node, anchor: text.slice(at + 1, end) };
}

/** A text of one line behind `!!str` or a tag of the file's own; others may change what the text says. */
function scanTagged(cursor: Cursor, place: ValuePlace, at: number): OutlineNode | null {
  const { text } = cursor;
  const isText = text.startsWith('!!str', at);
  const end = isText ? at + '!!str'.length : endOfName(text, at + 1);
  if (end === at + 1 || text.charCodeAt(end) !== space) return null;
  const from = skipSpaces(text, end);
  if (isLineEnd(text, from) || text.charCodeAt(from) === hash) return null;
  const node = scanBare(cursor, { ...place, from: end }, from);
  if (node?.kind !== 'scalar' || node.style === 'literal' || node.style === 'folded') return null;
  return { ...node, tag: isText ? 'tag:yaml.org,2002:str' : text.slice(at, end) };
}

function scanBare(cursor: Cursor, place: ValuePlace, at: number): OutlineNode | null {
  const { text } = cursor;
  if (isLineEnd(text, at) || (text.charCodeAt(at) === hash && at > place.from))
    return scanBelow(cursor, place);
  return scanToLineEnd(cursor, place.column, at);
}

/** A value whose first line holds nothing behind it but a comment. */
function scanToLineEnd(cursor: Cursor, column: number, at: number): OutlineNode | null {
  const { text } = cursor;
  const first = scanInline(text, at, column);
  const node =
    first?.kind === 'scalar' && first.style === 'plain' ? scanOn(text, first, column) : first;
  if (node === null) return null;
  if (node.kind === 'scalar' && (node.style === 'literal' || node.style === 'folded')) {
    moveToContent(cursor, node.end);
    return node;
  }
  const rest = skipSpaces(text, node.end);
  if (!isLineEnd(text, rest) && !(text.charCodeAt(rest) === hash && rest > node.end)) return null;
  moveToNextLine(cursor, rest);
  return node;
}

/** A value that begins on a line below its key or dash, or none at all. */
function scanBelow(cursor: Cursor, { column, from, sameColumn }: ValuePlace): OutlineNode | null {
  const { text } = cursor;
  moveToNextLine(cursor, from);
  const { at } = cursor;
  if (sameColumn && cursor.column === column && isDash(text, at)) return scanCollection(cursor);
  if (cursor.column <= column) return scalar('empty', '', from, from);
  if (isDash(text, at) || scanKey(text, at) !== null) return scanCollection(cursor);
  // The head of a block, or an anchor, on a line of its own: nobody writes that.
  return /[|>&!]/.test(text.charAt(at)) ? null : scanToLineEnd(cursor, column, at);
}

function scanInline(text: string, at: number, column: number): OutlineNode | null {
  switch (text.charCodeAt(at)) {
    case 0x22: // "
    case 0x27: // '
      return scanQuoted(text, at);
    case 0x7c: // |
    case 0x3e: // >
      return scanBlock(text, at, column);
    case 0x5b: // [
    case 0x7b: // {
      return scanFlow(text, at, column);
    case 0x2a: {
      const end = endOfName(text, at + 1);
      return end === at + 1 || !isApart(text, end)
        ? null
        : { kind: 'alias', name: text.slice(at + 1, end), start: at, end };
    }
    default:
      return scanPlain(text, at);
  }
}

interface Key {
  readonly text: string;
  readonly start: number;
  readonly colon: number;
}

/** A key with its colon on one line, or null. */
function scanKey(text: string, at: number): Key | null {
  const code = text.charCodeAt(at);
  if (code === 0x22 || code === 0x27) return quotedKey(scanQuoted(text, at), text);
  if (!canBeginPlain(text, at)) return null;
  const lineEnd = lineEndFrom(text, at);
  for (let colon = at; colon < lineEnd; colon += 1) {
    const sign = text.charCodeAt(colon);
    if (sign === tab) return null;
    if (sign === hash && text.charCodeAt(colon - 1) === space) return null;
    if (sign !== 0x3a || !isApart(text, colon + 1)) continue;
    let end = colon;
    while (text.charCodeAt(end - 1) === space) end -= 1;
    return colon - at > longestKey ? null : { text: text.slice(at, end), start: at, colon };
  }
  return null;
}

/** YAML allows 1024 signs for a key without a question mark. */
const longestKey = 1000;

function quotedKey(key: ScalarNode | null, text: string): Key | null {
  if (key === null || key.end - key.start > longestKey) return null;
  const colon = skipSpaces(text, key.end);
  return text.charCodeAt(colon) === 0x3a && isApart(text, colon + 1)
    ? { text: key.text, start: key.start, colon }
    : null;
}

function isDash(text: string, at: number): boolean {
  return text.charCodeAt(at) === 0x2d && isApart(text, at + 1);
}

function endOfName(text: string, from: number): number {
  let at = from;
  while (/[\w-]/.test(text.charAt(at))) at += 1;
  return at;
}
