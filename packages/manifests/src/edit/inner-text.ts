import { LanewiseError } from '@lanewise/model';

import { errorAt, sourceOf, type Source } from '../source.js';
import type { ScalarNode } from '../yaml/outline.js';

/** Each block is opened once, so that several edits meet in the same outline. */
const opened = new WeakMap<ScalarNode, Source>();

/**
 * Opens the YAML inside a `|` block as a source of its own. Only literal blocks keep their lines as
 * they are, so only they can be edited inside. Throws PIN_REFUSED for all other styles.
 */
export function openInner(source: Source, node: ScalarNode): Source {
  if (node.style === 'literal' && node.tag === null && contentStart(source, node) !== null) {
    const inner = opened.get(node) ?? sourceOf(source.file, node.text);
    opened.set(node, inner);
    return inner;
  }
  throw errorAt(source, node.start, {
    code: 'PIN_REFUSED',
    message: `The text in '${source.file}' that should hold YAML is not a literal block.`,
    hint: "Write it as a block that begins with '|', then the value inside can be changed alone.",
  });
}

/** Where an offset of a block's inner text stands in the whole file: every line is moved by the block's indentation. */
export function outerOffset(
  source: Pick<Source, 'text' | 'file'>,
  node: ScalarNode,
  inner: Pick<Source, 'text'>,
  offset: number,
): number {
  const content = contentStart(source, node);
  if (content === null) throw new LanewiseError('INTERNAL', 'A block without content was opened.');
  const innerLine = inner.text.slice(0, offset).split('\n').length - 1;
  const innerColumn = offset - (inner.text.lastIndexOf('\n', offset - 1) + 1);
  let lineStart = content.lineStart;
  for (let line = 0; line < innerLine; line += 1)
    lineStart = source.text.indexOf('\n', lineStart) + 1;
  return lineStart + content.indent + innerColumn;
}

function contentStart(
  source: Pick<Source, 'text'>,
  node: ScalarNode,
): { lineStart: number; indent: number } | null {
  const lineStart = source.text.indexOf('\n', node.start) + 1;
  const firstText = node.text.search(/[^\n]/);
  if (lineStart === 0 || lineStart >= node.end || firstText < 0) return null;
  // The first line with text fixes the indentation; empty lines before it may be shorter.
  const blank = node.text.slice(0, firstText).length;
  let at = lineStart;
  for (let line = 0; line < blank; line += 1) at = source.text.indexOf('\n', at) + 1;
  const lineEnd = source.text.indexOf('\n', at);
  const line = source.text.slice(at, lineEnd < 0 ? undefined : lineEnd).replace(/\r$/, '');
  const text = node.text.slice(firstText).split('\n', 1)[0] ?? '';
  const indent = line.length - text.length;
  return line.slice(indent) === text && line.slice(0, indent).trim() === ''
    ? { lineStart, indent }
    : null;
}
