/** Position of a scan that goes over a text once, line by line. */
export interface Cursor {
  readonly text: string;
  /** First sign of the line that is read next; the text's length at the end. */
  at: number;
  /** Its column from 0; -1 at the end of the document. */
  column: number;
  /** Levels of nesting above it. */
  depth: number;
}

/** Where one value ends in its line. A tab ends none here: only blocks, quotes and comments may hold it. */
export const tab = 0x09;
export const space = 0x20;
export const hash = 0x23;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Tells whether a line ends at this offset. A lone carriage return ends none. */
export function isLineEnd(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return (
    at >= text.length ||
    code === lineFeed ||
    (code === carriageReturn && text.charCodeAt(at + 1) === lineFeed)
  );
}

/** Tells whether what stands at this offset is apart from what stands before: a space or the end of the line. */
export function isApart(text: string, at: number): boolean {
  return text.charCodeAt(at) === space || isLineEnd(text, at);
}

export function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === space) at += 1;
  return at;
}

/** The offset where the line's text ends, before its line break. */
export function lineEndFrom(text: string, from: number): number {
  const next = text.indexOf('\n', from);
  if (next < 0) return text.length;
  return next > from && text.charCodeAt(next - 1) === carriageReturn ? next - 1 : next;
}

/** Moves to the first line with content behind the line that holds this offset. */
export function moveToNextLine(cursor: Cursor, from: number): void {
  const next = cursor.text.indexOf('\n', from);
  moveToContent(cursor, next < 0 ? cursor.text.length : next + 1);
}

/** Moves to the first line with content, from the beginning of a line. */
export function moveToContent(cursor: Cursor, from: number): void {
  const { text } = cursor;
  let lineStart = from;
  for (;;) {
    const at = skipSpaces(text, lineStart);
    if (at >= text.length) {
      cursor.at = text.length;
      cursor.column = -1;
      return;
    }
    if (text.charCodeAt(at) !== hash && !isLineEnd(text, at)) {
      cursor.at = at;
      // A marker ends the document: whatever is open sees no more lines.
      cursor.column = at === lineStart && isMarker(text, at) ? -1 : at - lineStart;
      return;
    }
    const next = text.indexOf('\n', at);
    lineStart = next < 0 ? text.length : next + 1;
  }
}

function isMarker(text: string, at: number): boolean {
  return (text.startsWith('---', at) || text.startsWith('...', at)) && isApart(text, at + 3);
}
