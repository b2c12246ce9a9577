import { errorAt, type Source } from '../source.js';
import type { AbsentSpot } from '../spot.js';
import { nodesOf, type MapNode, type OutlineNode } from '../yaml/outline.js';
import { scalarTypeOf } from '../yaml/scalar-type.js';
import { isPlainText, quote } from '../yaml/write-scalar.js';
import type { Splice } from './apply-edits.js';

/** A chain of keys that was added below a node (null: in an empty document), and the text at its end. */
export interface AddedKeys {
  readonly parent: OutlineNode | null;
  readonly keys: readonly string[];
  readonly text: string;
}

export interface InsertedKey {
  readonly splice: Splice;
  readonly added: AddedKeys;
}

/**
 * One new line per missing key, behind the last entry of the deepest map that exists, with the
 * file's own indentation and line ends. Throws PIN_REFUSED where that place is not a plain block map.
 */
export function insertKey(
  source: Source,
  spot: AbsentSpot,
  value: string | number | boolean,
): InsertedKey {
  const keys = spot.missing.map((step) =>
    step.kind === 'key' ? step.key : step.kind === 'pointer' ? step.text : null,
  );
  const names = keys.filter((key) => key !== null);
  if (spot.language === 'json' || spot.inFlow || names.length !== keys.length) {
    throw refusal(source, spot, 'a key is made only in a block of YAML, and list entries never');
  }
  const place = placeFor(source, spot);
  const step = indentationStep(source);
  const eol = source.text.includes('\r\n') ? '\r\n' : '\n';
  const lines = names.map((name, depth) => {
    const indent = ' '.repeat(place.column + depth * step);
    return `${indent}${plain(name)}:${depth === names.length - 1 ? ` ${written(value)}` : ''}`;
  });
  const text = lines.join(eol);
  const insert = place.needsEol ? `${eol}${text}` : `${text}${eol}`;
  return {
    splice: { start: place.offset, end: place.offset, insert },
    added: { parent: spot.parent, keys: names, text: String(value) },
  };
}

interface InsertPlace {
  readonly offset: number;
  readonly column: number;
  /** The file ends there without a line break. */
  readonly needsEol: boolean;
}

function placeFor(source: Source, spot: AbsentSpot): InsertPlace {
  const { parent, parentEntry } = spot;
  if (parent?.kind === 'map' && !parent.flow && parent.entries.length > 0) {
    const place = lineAfter(source, lastOffset(parent));
    if (place.needsEol && endsInBlock(source, parent)) {
      throw refusal(source, spot, 'the file ends inside a block of text, without a line break');
    }
    return {
      ...place,
      column: columnOf(source, spot, parent.entries[0]?.keyStart ?? 0),
    };
  }
  if (parent === null) {
    if (source.yaml().documents.length > 1)
      throw refusal(source, spot, 'the empty document is one of several');
    return { ...lineAfter(source, source.text.length), column: 0 };
  }
  const bare =
    parent.kind === 'scalar' &&
    parent.style === 'empty' &&
    parent.anchor === null &&
    parent.tag === null;
  if (!bare || parentEntry === null) throw refusal(source, spot, 'what stands above it is no map');
  const column = columnOf(source, spot, parentEntry.keyStart) + indentationStep(source);
  return { ...lineAfter(source, parent.start), column };
}

/** A line break behind such a block would become part of its text. */
function endsInBlock({ text }: Source, node: OutlineNode): boolean {
  for (const inside of nodesOf(node)) {
    const block =
      inside.kind === 'scalar' && (inside.style === 'literal' || inside.style === 'folded');
    if (block && text.slice(inside.end).trim() === '') return true;
  }
  return false;
}

function lastOffset(node: OutlineNode): number {
  let last = node.start;
  for (const inside of nodesOf(node))
    if (inside.kind === 'scalar' || inside.kind === 'alias' || inside.flow)
      last = Math.max(last, inside.end);
  if (node.kind === 'map') for (const { keyStart } of node.entries) last = Math.max(last, keyStart);
  return last;
}

function lineAfter(source: Source, offset: number): { offset: number; needsEol: boolean } {
  const { text } = source;
  if (offset > 0 && text[offset - 1] === '\n') return { offset, needsEol: false };
  const next = text.indexOf('\n', offset);
  if (next >= 0) return { offset: next + 1, needsEol: false };
  return { offset: text.length, needsEol: text.length > 0 && text !== '\uFEFF' };
}

function columnOf(source: Source, spot: AbsentSpot, offset: number): number {
  const lineStart = source.text.lastIndexOf('\n', offset - 1) + 1;
  const before = source.text.slice(lineStart, offset).replace(/^\uFEFF/, '');
  if (/^[ -]*$/.test(before)) return before.length;
  throw refusal(source, spot, 'the keys beside it do not begin their lines');
}

/** Spaces by which the file indents a map below a key; two where it shows none. */
function indentationStep(source: Source): number {
  const steps = source
    .yaml()
    .documents.flatMap(({ root }) =>
      [...nodesOf(root)].flatMap((node) =>
        node.kind === 'map' && !node.flow ? stepsIn(source, node) : [],
      ),
    );
  return steps.find((step) => step > 0) ?? 2;
}

function stepsIn(source: Source, map: MapNode): number[] {
  const column = (offset: number): number =>
    offset - (source.text.lastIndexOf('\n', offset - 1) + 1);
  return map.entries.flatMap(({ keyStart, value }) =>
    value?.kind === 'map' && !value.flow ? [column(value.start) - column(keyStart)] : [],
  );
}

function plain(key: string): string {
  return isPlainText(key, false) && scalarTypeOf(key) === 'string' ? key : quote(key);
}

function written(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  const safe = isPlainText(value, false) && scalarTypeOf(value) === 'string';
  return safe ? value : quote(value);
}

function refusal(source: Source, spot: AbsentSpot, why: string): Error {
  return errorAt(source, spot.parent?.start ?? 0, {
    code: 'PIN_REFUSED',
    message: `The missing key cannot be made in '${source.file}': ${why}.`,
    hint: 'Write the key by hand once; after that its value can be changed here.',
  });
}
