import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseAllDocuments,
  type Document,
  type ParsedNode,
} from 'yaml';

import { exceedsDepth, deepest } from './depth.js';
import type {
  MapEntry,
  OutlineDocument,
  OutlineNode,
  OutlineResult,
  ScalarNode,
  ScalarStyle,
} from './outline.js';

/**
 * The outline of any YAML text, through the `yaml` library. Under the failsafe schema the library
 * reads every scalar as text, and duplicate keys are kept for us to judge where they matter.
 */
export function composeOutline(text: string): OutlineResult {
  const disputed = text.search(disputedBreak);
  if (disputed >= 0) {
    const message =
      'it holds a sign that some readers take for the end of a line, and others do not';
    return { kind: 'fault', fault: { message, offset: disputed } };
  }
  const tooDeep = exceedsDepth(text);
  if (tooDeep !== null) {
    return {
      kind: 'fault',
      fault: { message: `it is nested more than ${deepest} levels deep`, offset: tooDeep },
    };
  }
  const parsed = parseAllDocuments(text, {
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const documents = Array.isArray(parsed) ? parsed : [];
  for (const document of documents) {
    const [error] = document.errors;
    if (error)
      return { kind: 'fault', fault: { message: firstLine(error.message), offset: error.pos[0] } };
  }
  return {
    kind: 'outline',
    outline: { documents: documents.map((document) => composeDocument(text, document)) },
  };
}

/** A lone carriage return, next line (U+0085), line and paragraph separator: readers of YAML 1.1 and 1.2 disagree on them. */
const disputedBreak = /\r(?!\n)|[\u0085\u2028\u2029]/;

function composeDocument(text: string, document: Document.Parsed): OutlineDocument {
  const contents = document.contents;
  if (contents === null) return { root: null };
  const root = composeNode(text, contents);
  const nothing =
    root.kind === 'scalar' && root.style === 'empty' && root.anchor === null && root.tag === null;
  return { root: nothing ? null : root };
}

function composeNode(text: string, node: ParsedNode): OutlineNode {
  const [start, end] = node.range;
  if (isAlias(node)) return { kind: 'alias', name: node.source, start, end };
  const anchor = node.anchor ?? null;
  const tag = node.tag ?? null;
  if (isScalar(node)) {
    const scalar = scalarText(node);
    const range = scalar.style === 'empty' ? emptyRange(text, start) : { start, end };
    return { kind: 'scalar', ...scalar, ...range, anchor, tag };
  }
  const flow = node.flow === true;
  const range = { start, end: flow ? end : start, anchor, tag };
  if (isSeq(node))
    return {
      kind: 'list',
      flow,
      items: node.items.map((item) => composeItem(text, item, start)),
      ...range,
    };
  if (isMap(node))
    return {
      kind: 'map',
      flow,
      entries: node.items.map((pair) => composeEntry(text, pair, start)),
      ...range,
    };
  throw new TypeError('The YAML library returned a node of a kind that is not known.');
}

function composeItem(text: string, item: unknown, at: number): OutlineNode {
  return item === null ? emptyScalar(at) : composeNode(text, item as ParsedNode);
}

function composeEntry(text: string, pair: { key: unknown; value: unknown }, at: number): MapEntry {
  const key = pair.key === null ? null : composeNode(text, pair.key as ParsedNode);
  return {
    key: key?.kind === 'scalar' ? key.text : null,
    keyStart: key?.start ?? at,
    value: pair.value === null ? null : composeNode(text, pair.value as ParsedNode),
  };
}

const styles: Readonly<Record<string, ScalarStyle>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
};

function scalarText(node: {
  value: unknown;
  type?: string;
  range?: readonly number[] | null;
}): Pick<ScalarNode, 'text' | 'style'> {
  const text = typeof node.value === 'string' ? node.value : '';
  const style = styles[node.type ?? 'PLAIN'] ?? 'plain';
  const width = (node.range?.[1] ?? 0) - (node.range?.[0] ?? 0);
  return { text, style: style === 'plain' && width === 0 ? 'empty' : style };
}

/** The library puts an empty value behind the colon, or behind the spaces that follow; here it is always the former. */
function emptyRange(text: string, offset: number): { start: number; end: number } {
  let at = offset;
  while (/[ \t]/.test(text.charAt(at - 1))) at -= 1;
  return { start: at, end: at };
}

function emptyScalar(at: number): ScalarNode {
  return { kind: 'scalar', style: 'empty', text: '', start: at, end: at, anchor: null, tag: null };
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}
