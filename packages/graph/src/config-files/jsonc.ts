import type { Place } from '@lanewise/model';

const stringsAndComments = /"(?:[^"\\\n]|\\.)*"|\/\/[^\n\r]*|\/\*[\s\S]*?\*\//g;
const stringsAndTrailingCommas = /"(?:[^"\\\n]|\\.)*"|,(?=\s*[}\]])/g;

/**
 * Reads JSON with comments, trailing commas and a byte order mark, as TypeScript and Nx read their
 * configuration. Throws SyntaxError where it is not even that.
 */
export function readJsonc(text: string): unknown {
  const plain = text
    .replace(/^\uFEFF/, '')
    .replace(stringsAndComments, (match) => (match.startsWith('"') ? match : ' '))
    .replace(stringsAndTrailingCommas, (match) => (match.startsWith('"') ? match : ''));
  return JSON.parse(plain) as unknown;
}

/** Where a text stops being JSON, with the line to show under the message. */
export function locateJsonError(text: string, file: string): Place {
  const offset = jsonErrorOffset(text) ?? text.length;
  const before = text.slice(0, offset);
  const start = before.lastIndexOf('\n') + 1;
  const [line = ''] = text.slice(start).split(/\r?\n/, 1);
  return {
    file,
    line: before.split('\n').length,
    column: offset - start + 1,
    text: line.slice(0, 200),
  };
}

const token =
  /\s*(?:([{}[\],:])|("(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-]))/uy;

/**
 * Offset of the first token that JSON does not allow there, or null. `JSON.parse` tells it only in
 * words that differ between versions of Node.
 */
function jsonErrorOffset(text: string): number | null {
  const open: string[] = [];
  let wanted: 'value' | 'first' | 'key' | 'colon' | 'next' | 'end' = 'value';
  token.lastIndex = 0;
  for (;;) {
    const from = token.lastIndex;
    const match = token.exec(text);
    const start = from + (/^\s*/.exec(text.slice(from, from + 4096))?.[0].length ?? 0);
    if (match === null) return start === text.length && wanted === 'end' ? null : start;
    const [, mark, scalar] = match;
    const isText = scalar?.startsWith('"') === true;
    const inside = open.at(-1);
    if (mark === '}' || mark === ']') {
      const closes = (mark === '}' && inside === '{') || (mark === ']' && inside === '[');
      if (!closes || (wanted !== 'next' && wanted !== 'first')) return start;
      open.pop();
      wanted = open.length === 0 ? 'end' : 'next';
    } else if (wanted === 'colon') {
      if (mark !== ':') return start;
      wanted = 'value';
    } else if (wanted === 'next') {
      if (mark !== ',') return start;
      wanted = inside === '{' ? 'key' : 'value';
    } else if (wanted === 'key' || (wanted === 'first' && inside === '{')) {
      if (!isText) return start;
      wanted = 'colon';
    } else if (wanted === 'end') {
      return start;
    } else if (mark === '{' || mark === '[') {
      open.push(mark);
      wanted = 'first';
    } else if (scalar !== undefined) {
      wanted = open.length === 0 ? 'end' : 'next';
    } else {
      return start;
    }
  }
}
