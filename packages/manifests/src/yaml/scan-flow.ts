import { hash, isLineEnd, skipSpaces, space } from './scan-cursor.js';
import type { ListNode, MapEntry, MapNode, OutlineNode, ScalarNode } from './outline.js';
import { canBeginPlain, scalar, scanQuoted } from './scan-scalar.js';

const deepestFlow = 20;

/** A flow map or list that ends on the line it begins on; null where the scan is not sure. */
export function scanFlow(text: string, start: number, depth = 0): MapNode | ListNode | null {
  if (depth > deepestFlow) return null;
  return text.charCodeAt(start) === 0x7b
    ? scanFlowMap(text, start, depth)
    : scanFlowList(text, start, depth);
}

function scanFlowMap(text: string, start: number, depth: number): MapNode | null {
  const entries: MapEntry[] = [];
  let at = skipSpaces(text, start + 1);
  while (text.charCodeAt(at) !== 0x7d) {
    const key = scanFlowScalar(text, at);
    if (key === null) return null;
    const colon = skipSpaces(text, key.end);
    if (text.charCodeAt(colon) !== 0x3a || text.charCodeAt(colon + 1) !== space) return null;
    const value = scanFlowValue(text, skipSpaces(text, colon + 1), depth);
    if (value === null) return null;
    entries.push({ key: key.text, keyStart: key.start, value });
    const next = afterMember(text, value.end, 0x7d);
    if (next < 0) return null;
    at = next;
  }
  return { kind: 'map', flow: true, entries, start, end: at + 1, anchor: null, tag: null };
}

function scanFlowList(text: string, start: number, depth: number): ListNode | null {
  const items: OutlineNode[] = [];
  let at = skipSpaces(text, start + 1);
  while (text.charCodeAt(at) !== 0x5d) {
    const value = scanFlowValue(text, at, depth);
    if (value === null) return null;
    items.push(value);
    const next = afterMember(text, value.end, 0x5d);
    if (next < 0) return null;
    at = next;
  }
  return { kind: 'list', flow: true, items, start, end: at + 1, anchor: null, tag: null };
}

/** Behind a comma, or at the closing sign; -1 for anything else. */
function afterMember(text: string, end: number, close: number): number {
  const at = skipSpaces(text, end);
  if (text.charCodeAt(at) === close) return at;
  return text.charCodeAt(at) === 0x2c ? skipSpaces(text, at + 1) : -1;
}

function scanFlowValue(text: string, at: number, depth: number): OutlineNode | null {
  const code = text.charCodeAt(at);
  return code === 0x5b || code === 0x7b ? scanFlow(text, at, depth + 1) : scanFlowScalar(text, at);
}

function scanFlowScalar(text: string, start: number): ScalarNode | null {
  const first = text.charCodeAt(start);
  if (first === 0x22 || first === 0x27) return scanQuoted(text, start);
  // `-`, `?` and `:` have more meanings here than the scan wants to know.
  if (!canBeginPlain(text, start) || first === 0x2d || first === 0x3f || first === 0x3a)
    return null;
  let at = start;
  for (; !isLineEnd(text, at); at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x2c || code === 0x5d || code === 0x7d) break;
    if (code === 0x5b || code === 0x7b || code === hash) return null;
    if (code === 0x3a) {
      if (text.charCodeAt(at + 1) === space) break;
      if (isLineEnd(text, at + 1) || /[,[\]{}]/.test(text[at + 1] ?? ',')) return null;
    }
  }
  if (isLineEnd(text, at)) return null;
  while (text.charCodeAt(at - 1) === space) at -= 1;
  return scalar('plain', text.slice(start, at), start, at);
}
