import { LanewiseError, show, type PinSelector } from '@lanewise/model';

import type { PinEdit } from '../format.js';
import { errorAt, type Source } from '../source.js';
import type { InnerSpot, RangeSpot, ScalarSpot } from '../spot.js';
import { scalarTypeOf } from '../yaml/scalar-type.js';
import type { Outline, ScalarNode } from '../yaml/outline.js';
import { writeScalar } from '../yaml/write-scalar.js';
import { writeJson } from '../json/write-json.js';
import type { HeldText } from './holding.js';
import { outerOffset } from './inner-text.js';
import { typedText } from './typed-value.js';

/** A place that was found, and what shall stand there. */
export interface PlacedEdit {
  readonly selector: PinSelector;
  readonly spot: ScalarSpot | InnerSpot | RangeSpot;
  readonly value: PinEdit['value'];
}

/** Bytes that change. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly insert: string;
}

/** What the edits of one source come to: its splices, and what each scalar must say afterwards. */
export interface Expected {
  readonly texts: ReadonlyMap<ScalarNode, string>;
  readonly inner: ReadonlyMap<
    ScalarNode,
    { readonly outline: Outline; readonly texts: ReadonlyMap<ScalarNode, string> }
  >;
}

export interface Planned {
  readonly splices: readonly Splice[];
  readonly expected: Expected;
}

/** Plans all edits of one source at once. Throws PIN_REFUSED, PIN_AMBIGUOUS where two edits meet in one place. */
export function planEdits(source: Source, edits: readonly PlacedEdit[]): Planned {
  const texts = new Map<ScalarNode, string>();
  const inner = new Map<ScalarNode, InnerPlan>();
  const splices: Splice[] = [];
  for (const { spot, value } of edits) {
    if (spot.kind === 'range') splices.push(...planRange(source, spot, value));
    if (spot.kind === 'scalar') splices.push(...planScalar(source, spot, value, texts));
    if (spot.kind === 'inner') {
      const kept = inner.get(spot.node) ?? innerPlan(spot);
      inner.set(spot.node, kept);
      const innerSplices = planScalar(spot.inner, spot.spot, value, kept.texts);
      kept.splices.push(...innerSplices);
      splices.push(...innerSplices.map((splice) => moveOut(source, spot, splice)));
    }
  }
  for (const [node, { text, splices: innerSplices }] of inner)
    texts.set(node, applySplices(text, innerSplices));
  return { splices, expected: { texts, inner } };
}

interface InnerPlan {
  readonly outline: Outline;
  readonly texts: Map<ScalarNode, string>;
  readonly text: string;
  readonly splices: Splice[];
}

function innerPlan({ inner }: InnerSpot): InnerPlan {
  return { outline: inner.yaml(), texts: new Map(), text: inner.text, splices: [] };
}

/** The text with all splices made. They must not overlap. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  const ordered = [...splices].sort((a, b) => a.start - b.start);
  let result = '';
  let at = 0;
  for (const { start, end, insert } of ordered) {
    if (start < at) throw new LanewiseError('INTERNAL', 'Two edits of one file overlap.');
    result += text.slice(at, start) + insert;
    at = end;
  }
  return result + text.slice(at);
}

/** A scalar's text without the line break that ends a block. */
export function contentOf(node: ScalarNode): string {
  return node.style === 'literal' || node.style === 'folded'
    ? node.text.replace(/\n+$/, '')
    : node.text;
}

function planScalar(
  source: Source,
  spot: ScalarSpot,
  value: PinEdit['value'],
  texts: Map<ScalarNode, string>,
): Splice[] {
  const { node, language, inFlow } = spot;
  const before = contentOf(node);
  const after =
    typeof value === 'string'
      ? held(source, node.start, spot.holding.write(before, value))
      : typed(source, node, value);
  const expected = after + node.text.slice(before.length);
  const present = texts.get(node);
  if (present !== undefined && present !== expected) throw twoEdits(source, node.start);
  texts.set(node, expected);
  if (after === before || present !== undefined) return [];
  const change = {
    text: source.text,
    node,
    value: after,
    inFlow,
    typed: typeof value !== 'string' && scalarTypeOf(before) !== 'string',
  };
  if (language === 'template' && after.includes('{{')) throw injected(source, node.start);
  const write = language === 'json' ? writeJson(change) : writeScalar(change);
  if (write.kind === 'splice') return [write];
  throw errorAt(source, node.start, {
    code: 'PIN_REFUSED',
    message: `The value in '${source.file}' cannot be written: ${write.why}.`,
    hint: 'Write the value as plain text on one line by hand once; after that it can be changed here.',
  });
}

function injected(source: Source, offset: number): LanewiseError {
  return errorAt(source, offset, {
    code: 'PIN_REFUSED',
    message: `The new value would be an expression of the template '${source.file}'.`,
    hint: "Write a value without '{{'.",
  });
}

function typed(source: Source, node: ScalarNode, value: number | boolean): string {
  const bare = node.style === 'plain' || node.style === 'empty';
  const result = bare ? typedText(node.text, value) : String(value);
  if (result !== null) return result;
  throw errorAt(source, node.start, {
    code: 'PIN_REFUSED',
    message: `The value in '${source.file}' is ${show(node.text)}, and ${show(String(value))} would change its type.`,
    hint: 'Give a value of the same type, or put quotes around the value in the file or in the configuration.',
  });
}

function held(source: Source, offset: number, result: HeldText): string {
  if (result.kind === 'text') return result.text;
  throw errorAt(source, offset, {
    code: 'PIN_REFUSED',
    message: `The value in '${source.file}' cannot be written: ${result.why}.`,
    hint: result.hint,
  });
}

function planRange(source: Source, spot: RangeSpot, value: PinEdit['value']): Splice[] {
  const { start, end } = spot;
  const before = source.text.slice(start, end);
  const insert = held(source, start, spot.holding.write(before, String(value)));
  if (insert === before) return [];
  if (!spot.refuses.test(insert)) return [{ start, end, insert }];
  throw errorAt(source, start, {
    code: 'PIN_REFUSED',
    message: `${show(insert)} cannot stand at this place of '${source.file}'.`,
    hint: 'Only a text of one line, without spaces, quotes and comment signs, is written into a file that is not parsed.',
  });
}

function moveOut(
  source: Source,
  { node, inner }: InnerSpot,
  { start, end, insert }: Splice,
): Splice {
  const move = (offset: number): number => outerOffset(source, node, inner, offset);
  return { start: move(start), end: move(end), insert };
}

function twoEdits(source: Source, offset: number): LanewiseError {
  return errorAt(source, offset, {
    code: 'PIN_AMBIGUOUS',
    message: `Two edits give one place of '${source.file}' different values.`,
    hint: 'Remove one of the two pins.',
  });
}
