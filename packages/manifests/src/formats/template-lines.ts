import type { PathStep } from '../paths/parse-path.js';
import type { Source } from '../source.js';
import { isLineEnd, skipSpaces } from '../yaml/scan-cursor.js';
import { scanPlain, scanQuoted } from '../yaml/scan-scalar.js';
import type { ScalarNode } from '../yaml/outline.js';

/** A value in a template that is YAML only after Helm has filled it. */
export interface TemplateLine {
  readonly node: ScalarNode;
  readonly key: string;
}

interface Line {
  readonly start: number;
  readonly text: string;
}

/** What stands open above a line: keys by their column, and how many `if`, `range`, `with` and the like. */
interface Open {
  readonly keys: { readonly column: number; readonly key: string | null; readonly sure: boolean }[];
  blocks: number;
}

/**
 * Finds the one line of a template whose keys, read by their indentation alone, are those of a path.
 * null unless that is beyond doubt: one such line only, it and the keys above it outside every `if`
 * and `range`, its value without an expression, and no line in the file that cannot be understood.
 * Templates of a chart are never touched: what they say comes from its values.
 */
export function findTemplateLine(source: Source, steps: readonly PathStep[]): TemplateLine | null {
  const keys = steps.map((step) =>
    step.kind === 'key' ? step.key : step.kind === 'pointer' ? step.text : null,
  );
  if (/(?:^|\/)templates\//.test(source.file) || keys.includes(null)) return null;
  const found = readLines(source.text, keys as string[]);
  const [line, second] = found ?? [];
  return line && !second ? line : null;
}

/** All lines with that path; null where a line is not understood. */
function readLines(text: string, path: readonly string[]): TemplateLine[] | null {
  const open: Open = { keys: [], blocks: 0 };
  const found: TemplateLine[] = [];
  let block: number | null = null;
  for (const line of linesOf(text)) {
    const column = skipSpaces(line.text, 0);
    const rest = line.text.slice(column);
    if (rest === '' || (block !== null && column > block)) {
      if (rest.includes('{{') && countBlocks(rest) !== 0) return null;
      continue;
    }
    block = null;
    if (rest.startsWith('#')) continue;
    const blocks = countBlocks(rest);
    if (blocks === null || rest.includes('\t')) return null;
    if (/^\{\{.*\}\}\s*$/.test(rest)) {
      open.blocks += blocks;
      if (open.blocks < 0) return null;
      continue;
    }
    const entry = blocks === 0 ? readEntry(line, column) : null;
    if (entry === null) return null;
    closeKeys(open, column);
    for (const dash of entry.dashes) open.keys.push({ column: dash, key: null, sure: false });
    if (entry.key === null) continue;
    open.keys.push({ column: entry.column, key: entry.key, sure: open.blocks === 0 });
    if (/^[|>][-+]?\s*(?:#.*)?$/.test(entry.value)) block = open.keys.at(-1)?.column ?? column;
    if (!isAt(open, path)) continue;
    const node = readValue(text, line.start + entry.valueAt);
    // A line that might count besides, or instead, is as good as a second one.
    if (node === null || open.keys.some(({ sure }) => !sure)) return null;
    found.push({ node, key: entry.key });
  }
  return open.blocks === 0 ? found : null;
}

function* linesOf(text: string): Generator<Line> {
  for (let start = text.startsWith('\uFEFF') ? 1 : 0; start < text.length;) {
    const next = text.indexOf('\n', start);
    const end = next < 0 ? text.length : next;
    yield { start, text: text.slice(start, end).replace(/\r$/, '') };
    start = end + 1;
  }
}

/** How many blocks a line opens more than it closes; null where an expression goes on in the next line. */
function countBlocks(text: string): number | null {
  if (text.includes('{%')) return null;
  let count = 0;
  let at = 0;
  // By hand: a pattern would look for the end anew from each of many beginnings.
  for (let open = text.indexOf('{{'); open >= 0; open = text.indexOf('{{', at)) {
    const close = text.indexOf('}}', open + 2);
    if (close < 0 || text.slice(at, open).includes('}}')) return null;
    const word = /^-?\s*(\/\*|[a-z]*)/.exec(text.slice(open + 2, close))?.[1] ?? '';
    if (/^(?:if|range|with|define|block)$/.test(word)) count += 1;
    if (word === 'end') count -= 1;
    at = close + 2;
  }
  return text.includes('}}', at) ? null : count;
}

interface Entry {
  readonly dashes: readonly number[];
  readonly key: string | null;
  readonly column: number;
  readonly value: string;
  /** Offset of the value in its line. */
  readonly valueAt: number;
}

/** `key: value`, with dashes before it or not, or a list entry without key. */
function readEntry({ text }: Line, column: number): Entry | null {
  const dashes: number[] = [];
  let at = column;
  while (/^-(?: |$)/.test(text.slice(at, at + 2))) {
    dashes.push(at);
    at = skipSpaces(text, at + 1);
  }
  const key = /^(?:([\w./-]+)|"([^"\\{]+)"|'([^'{]+)') *:(?: +|$)/.exec(text.slice(at));
  if (key === null)
    return dashes.length === 0 ? null : { dashes, key: null, column: at, value: '', valueAt: at };
  const valueAt = at + key[0].length;
  return {
    dashes,
    key: key[1] ?? key[2] ?? key[3] ?? '',
    column: at,
    value: text.slice(valueAt),
    valueAt,
  };
}

function closeKeys(open: Open, column: number): void {
  while ((open.keys.at(-1)?.column ?? -1) >= column) open.keys.pop();
}

function isAt(open: Open, path: readonly string[]): boolean {
  return (
    open.keys.length === path.length && open.keys.every(({ key }, index) => key === path[index])
  );
}

function readValue(text: string, at: number): ScalarNode | null {
  const node = /["']/.test(text.charAt(at)) ? scanQuoted(text, at) : scanPlain(text, at);
  if (node === null || node.text.includes('{{')) return null;
  const rest = skipSpaces(text, node.end);
  return isLineEnd(text, rest) || (text[rest] === '#' && rest > node.end) ? node : null;
}
