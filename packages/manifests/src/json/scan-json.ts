import { deepest } from '../yaml/depth.js';
import type {
  ListNode,
  MapEntry,
  MapNode,
  OutlineFault,
  OutlineNode,
  OutlineResult,
  ScalarNode,
} from '../yaml/outline.js';

interface Cursor {
  readonly text: string;
  at: number;
  depth: number;
  fault: OutlineFault | null;
}

/**
 * The outline of a JSON text (RFC 8259): one value, no comments, no trailing commas. A byte-order
 * mark is passed over. Numbers, `true`, `false` and `null` are scalars of style `plain`.
 */
export function scanJson(text: string): OutlineResult {
  const cursor: Cursor = { text, at: text.startsWith('\uFEFF') ? 1 : 0, depth: 0, fault: null };
  const root = readValue(cursor);
  skipSpace(cursor);
  if (root !== null && cursor.at < text.length) fail(cursor, 'there is more after the value');
  if (root === null || cursor.fault !== null) {
    return { kind: 'fault', fault: cursor.fault ?? { message: 'it is empty', offset: 0 } };
  }
  return { kind: 'outline', outline: { documents: [{ root }] } };
}

// Each reader returns null after noting the fault; the first one noted is the one reported.

function readValue(cursor: Cursor): OutlineNode | null {
  skipSpace(cursor);
  if (cursor.depth > deepest) return fail(cursor, `it is nested more than ${deepest} levels deep`);
  const first = cursor.text[cursor.at];
  if (first === '{') return readObject(cursor);
  if (first === '[') return readArray(cursor);
  if (first === '"') return readString(cursor);
  return readLiteral(cursor);
}

function readObject(cursor: Cursor): MapNode | null {
  const start = cursor.at;
  const entries: MapEntry[] = [];
  const closed = readMembers(cursor, '}', () => {
    skipSpace(cursor);
    const key =
      cursor.text[cursor.at] === '"'
        ? readString(cursor)
        : fail(cursor, 'a key in double quotes is missing');
    if (key === null || !take(cursor, ':')) return false;
    const value = readValue(cursor);
    if (value === null) return false;
    entries.push({ key: key.text, keyStart: key.start, value });
    return true;
  });
  return closed ? { kind: 'map', flow: true, entries, ...bare(start, cursor.at) } : null;
}

function readArray(cursor: Cursor): ListNode | null {
  const start = cursor.at;
  const items: OutlineNode[] = [];
  const closed = readMembers(cursor, ']', () => {
    const value = readValue(cursor);
    if (value !== null) items.push(value);
    return value !== null;
  });
  return closed ? { kind: 'list', flow: true, items, ...bare(start, cursor.at) } : null;
}

function readMembers(cursor: Cursor, close: string, readMember: () => boolean): boolean {
  cursor.at += 1;
  cursor.depth += 1;
  skipSpace(cursor);
  if (cursor.text[cursor.at] !== close) {
    do if (!readMember()) return false;
    while (tryTake(cursor, ','));
  }
  cursor.depth -= 1;
  return take(cursor, close);
}

// eslint-disable-next-line no-control-regex -- RFC 8259 allows none of them bare
const stringToken = /"((?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*)"/y;

function readString(cursor: Cursor): ScalarNode | null {
  const raw = match(cursor, stringToken);
  if (raw === null) return fail(cursor, 'this text in quotes is not closed or has a wrong escape');
  const text = raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
  return { kind: 'scalar', style: 'double', text, ...bare(cursor.at - raw.length, cursor.at) };
}

const literalToken = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;

function readLiteral(cursor: Cursor): ScalarNode | null {
  const text = match(cursor, literalToken);
  if (text === null) return fail(cursor, 'a value is missing or misspelt');
  return { kind: 'scalar', style: 'plain', text, ...bare(cursor.at - text.length, cursor.at) };
}

function match(cursor: Cursor, token: RegExp): string | null {
  token.lastIndex = cursor.at;
  const found = token.exec(cursor.text);
  if (found === null) return null;
  cursor.at += found[0].length;
  return found[0];
}

function take(cursor: Cursor, sign: string): boolean {
  if (tryTake(cursor, sign)) return true;
  fail(cursor, `'${sign}' is missing`);
  return false;
}

function tryTake(cursor: Cursor, sign: string): boolean {
  skipSpace(cursor);
  if (cursor.text[cursor.at] !== sign) return false;
  cursor.at += 1;
  return true;
}

function skipSpace(cursor: Cursor): void {
  for (;;) {
    const code = cursor.text.charCodeAt(cursor.at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    cursor.at += 1;
  }
}

function fail(cursor: Cursor, message: string): null {
  cursor.fault ??= { message, offset: cursor.at };
  return null;
}

function bare(start: number, end: number): { start: number; end: number; anchor: null; tag: null } {
  return { start, end, anchor: null, tag: null };
}
