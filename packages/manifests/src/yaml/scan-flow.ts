import { hash, isLineEnd, lineEndFrom, skipSpaces, space, tab } from './scan-cursor.js';
import type { ListNode, MapEntry, MapNode, OutlineNode, ScalarNode } from './outline.js';
import { canBeginPlain, scalar, scanQuoted } from './scan-scalar.js';

const deepestFlow = 20;

/**
 * A flow map or list below a node at a column; null where the scan is not sure. It may go over
 * several lines, the scalars in it may not.
 */
export function scanFlow(
  text: string,
  start: number,
  column: number,
  depth = 0,
): MapNode | ListNode | null {
  if (depth > deepestFlow) return null;
  const place = { text, column, depth };
  return text.charCodeAt(start) === 0x7b ? scanFlowMap(place, start) : scanFlowList(place, start);
}

interface FlowPlace {
  readonly text: string;
  /** Column of what the collection stands in: its lines stand further in. */
  readonly column: number;
  readonly depth: number;
}

function scanFlowMap(place: FlowPlace, start: number): MapNode | null {
  const { text } = place;
  const entries: MapEntry[] = [];
  let at = skipToMember(place, start + 1, 0x7d);
  while (at >= 0 && text.charCodeAt(at) !== 0x7d) {
    const entry = scanEntry(place, at);
    if (entry === null) return null;
    entries.push(entry.entry);
    at = afterMember(place, entry.end, 0x7d);
  }
  if (at < 0) return null;
  return { kind: 'map', flow: true, entries, start, end: at + 1, anchor: null, tag: null };
}

function scanEntry(place: FlowPlace, at: number): { entry: MapEntry; end: number } | null {
  const { text } = place;
  const key = scanFlowValue(place, at);
  if (key === null) return null;
  const colon = skipSpaces(text, key.end);
  if (text.charCodeAt(colon) !== 0x3a) {
    const name = key.kind === 'scalar' ? key.text : null;
    return { entry: { key: name, keyStart: key.start, value: null }, end: key.end };
  }
  // Without a space only a key in quotes ends at its colon.
  const isApart = text.charCodeAt(colon + 1) === space;
  if (key.kind !== 'scalar' || (!isApart && key.style === 'plain')) return null;
  const value = scanFlowValue(place, skipSpaces(text, colon + 1));
  if (value === null) return null;
  return { entry: { key: key.text, keyStart: key.start, value }, end: value.end };
}

function scanFlowList(place: FlowPlace, start: number): ListNode | null {
  const { text } = place;
  const items: OutlineNode[] = [];
  let at = skipToMember(place, start + 1, 0x5d);
  while (at >= 0 && text.charCodeAt(at) !== 0x5d) {
    const value = scanFlowValue(place, at);
    if (value === null) return null;
    items.push(value);
    at = afterMember(place, value.end, 0x5d);
  }
  if (at < 0) return null;
  return { kind: 'list', flow: true, items, start, end: at + 1, anchor: null, tag: null };
}

/** Behind a comma, or at the closing sign; -1 for anything else. */
function afterMember(place: FlowPlace, end: number, close: number): number {
  const at = skipToMember(place, end, close);
  if (at < 0 || place.text.charCodeAt(at) === close) return at;
  return place.text.charCodeAt(at) === 0x2c ? skipToMember(place, at + 1, close) : -1;
}

/** Over spaces, ends of lines and comments; -1 where a line stands too far out. */
function skipToMember({ text, column, depth }: FlowPlace, from: number, close: number): number {
  let at = skipSpaces(text, from);
  if (text.charCodeAt(at) === hash && at > from) at = lineEndFrom(text, at);
  while (isLineEnd(text, at)) {
    const next = text.indexOf('\n', at);
    if (next < 0) return -1;
    at = skipSpaces(text, next + 1);
    if (isLineEnd(text, at)) continue;
    const isLast = depth === 0 && text.charCodeAt(at) === close;
    if (at - next - 1 < column + (isLast ? 0 : 1)) return -1;
    if (text.charCodeAt(at) === hash) at = lineEndFrom(text, at);
  }
  return at;
}

function scanFlowValue({ text, column, depth }: FlowPlace, at: number): OutlineNode | null {
  const code = text.charCodeAt(at);
  return code === 0x5b || code === 0x7b
    ? scanFlow(text, at, column, depth + 1)
    : scanFlowScalar(text, at);
}

function scanFlowScalar(text: string, start: number): ScalarNode | null {
  const first = text.charCodeAt(start);
  if (first === 0x22 || first === 0x27) return scanQuoted(text, start);
  // `-`, `?` and `:` have more meanings here than the scan wants to know.
  if (!canBeginPlain(text, start) || first === 0x3f || first === 0x3a) return null;
  if (first === 0x2d && !/[\w/-]/.test(text[start + 1] ?? '')) return null;
  let at = start;
  for (; !isLineEnd(text, at); at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x2c || code === 0x5d || code === 0x7d) break;
    if (code === 0x5b || code === 0x7b || code === hash || code === tab) return null;
    if (code === 0x3a) {
      if (text.charCodeAt(at + 1) === space) break;
      if (isLineEnd(text, at + 1) || /[,[\]{}]/.test(text[at + 1] ?? ',')) return null;
    }
  }
  while (text.charCodeAt(at - 1) === space) at -= 1;
  return scalar('plain', text.slice(start, at), start, at);
}
