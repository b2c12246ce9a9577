import { isCanonicalNumber, scalarTypeOf } from './scalar-type.js';
import type { ScalarNode } from './outline.js';

/** Where the bytes of one scalar change, or why they cannot. */
export type ScalarWrite =
  | {
      readonly kind: 'splice';
      readonly start: number;
      readonly end: number;
      readonly insert: string;
    }
  | { readonly kind: 'refused'; readonly why: string };

export interface ScalarChange {
  /** The file's whole text. */
  readonly text: string;
  readonly node: ScalarNode;
  /** What the scalar shall say, decoded. */
  readonly value: string;
  readonly inFlow: boolean;
  /** A number or Boolean that shall stay one: written without quotes where the old one had none. */
  readonly typed: boolean;
}

/**
 * Writes a new text into a scalar, in the style that the old one has. A plain scalar gets quotes
 * only where the new text would otherwise be read as something else than text.
 */
export function writeScalar(change: ScalarChange): ScalarWrite {
  const { node, value } = change;
  if (node.tag !== null && node.tag !== 'tag:yaml.org,2002:str' && node.tag !== '!') {
    return { kind: 'refused', why: `it has the tag '${node.tag}', which says what the text means` };
  }
  switch (node.style) {
    case 'empty':
      return writeEmpty(change);
    case 'plain':
      return splice(node, plainOrQuoted(change));
    case 'single':
      return writeQuoted(change, value.replaceAll("'", "''"));
    case 'double':
      return writeDouble(change);
    case 'literal':
    case 'folded':
      return writeBlock(change);
  }
}

function splice(node: ScalarNode, insert: string): ScalarWrite {
  return { kind: 'splice', start: node.start, end: node.end, insert };
}

function plainOrQuoted(change: ScalarChange): string {
  const { node, value, typed, inFlow } = change;
  if (!isPlainText(value, inFlow)) return quote(value);
  if (typed || node.tag !== null) return value;
  const type = scalarTypeOf(value);
  if (type === 'string') return value;
  const staysNumber = isCanonicalNumber(value) && isCanonicalNumber(node.text);
  return staysNumber ? value : quote(value);
}

/** An empty value has no width: the text goes behind the colon or dash, with the space that YAML asks for. */
function writeEmpty(change: ScalarChange): ScalarWrite {
  const { node, text } = change;
  if (node.anchor !== null || node.tag !== null) {
    return { kind: 'refused', why: 'it is empty but for an anchor or a tag' };
  }
  const before = text[node.start - 1] ?? '\n';
  const after = text[node.start] ?? '\n';
  if (!/[:\s\-?]/.test(before))
    return { kind: 'refused', why: 'it is empty, and no colon stands before it' };
  const left = /\s/.test(before) ? '' : ' ';
  const right = after === '#' ? ' ' : '';
  return splice(node, `${left}${plainOrQuoted(change)}${right}`);
}

function writeQuoted(change: ScalarChange, inner: string): ScalarWrite {
  const { node } = change;
  return { kind: 'splice', start: node.start + 1, end: node.end - 1, insert: inner };
}

/** Where the old text has escapes, only the part behind the common beginning is written anew, so that they stay as they are. */
function writeDouble(change: ScalarChange): ScalarWrite {
  const { node, text, value } = change;
  const raw = text.slice(node.start + 1, node.end - 1);
  if (!raw.includes('\\') && !raw.includes('\n')) return writeQuoted(change, escapeDouble(value));
  const kept = rawLengthOfCommonStart(raw, node.text, value);
  const start = node.start + 1 + kept.raw;
  return {
    kind: 'splice',
    start,
    end: node.end - 1,
    insert: escapeDouble(value.slice(kept.decoded)),
  };
}

function rawLengthOfCommonStart(
  raw: string,
  before: string,
  after: string,
): { raw: number; decoded: number } {
  let at = 0;
  while (
    at < raw.length &&
    raw[at] === before[at] &&
    before[at] === after[at] &&
    !/[\\\s]/.test(raw[at] ?? '\\')
  )
    at += 1;
  return { raw: at, decoded: at };
}

/** Text of one line in a `|` or `>` block: header, indentation and what ends it stay. */
function writeBlock(change: ScalarChange): ScalarWrite {
  const { node, text, value } = change;
  const block = text.slice(node.start, node.end);
  const lines = [...block.matchAll(/[^\r\n]+/g)].slice(1).filter(([line]) => line.trim() !== '');
  const [line, second] = lines;
  if (line === undefined || second !== undefined) {
    return { kind: 'refused', why: 'it is a block of several lines, or an empty one' };
  }
  const content = node.text.replace(/\n+$/, '');
  const indent = line[0].length - content.length;
  if (value === '' || value !== value.trim())
    return { kind: 'refused', why: 'the new value begins or ends with a space, or is empty' };
  if (line[0].slice(indent) !== content || line[0].slice(0, indent).trim() !== '') {
    return { kind: 'refused', why: 'its text does not stand in one piece' };
  }
  const start = node.start + line.index + indent;
  return { kind: 'splice', start, end: start + content.length, insert: value };
}

/** Quotes a text: double quotes, or single ones where double ones would need escapes. */
export function quote(value: string): string {
  return /["\\]/.test(value) ? `'${value.replaceAll("'", "''")}'` : `"${value}"`;
}

function escapeDouble(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}

/** Tells whether a text of one line can stand without quotes, whatever type it would have. */
export function isPlainText(value: string, inFlow: boolean): boolean {
  if (value === '' || value !== value.trim()) return false;
  if (/^[,[\]{}#&*!|>'"%@`]/.test(value) || /^[-?:](?:\s|$)/.test(value)) return false;
  if (/:(?:\s|$)/.test(value) || /\s#/.test(value) || /^(?:---|\.\.\.)(?:\s|$)/.test(value))
    return false;
  return !inFlow || !/[,[\]{}]|^[-?:]|:$/.test(value);
}
