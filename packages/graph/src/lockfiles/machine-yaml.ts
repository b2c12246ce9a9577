import { LanewiseError } from '@lanewise/model';

/** A value of a lockfile: a text, a list, or a map. Every scalar stays the text that it is. */
export type YamlValue = string | readonly YamlValue[] | YamlMap;
export type YamlMap = ReadonlyMap<string, YamlValue>;

interface Line {
  readonly number: number;
  readonly indent: number;
  text: string;
}

/**
 * Reads the small part of YAML that package managers write into their lockfiles: block maps and
 * lists, flow maps and lists on one line, plain and quoted scalars, block scalars. A whole YAML
 * parser needs seconds for such a file of a large workspace, this some milliseconds. What it does
 * not know it refuses: GRAPH_INVALID with the line.
 *
 * Of several documents the last is read: the lockfile itself stands behind what belongs to the tool.
 */
export function readMachineYaml(content: string, file: string): YamlMap {
  const lines = linesOf(content);
  const cursor = { lines, at: 0, file };
  const value = lines.length === 0 ? new Map<string, YamlValue>() : readBlock(cursor, 0);
  const rest = lines[cursor.at];
  if (rest !== undefined) throw strange(rest, file);
  if (!isYamlMap(value)) throw strange(lines[0], file);
  return value;
}

/** Tells whether a value is a map. */
export function isYamlMap(value: YamlValue | undefined): value is YamlMap {
  return value instanceof Map;
}

/** The entry as a map; an empty one where it is none. */
export function mapAt(map: YamlMap, key: string): YamlMap {
  const value = map.get(key);
  return isYamlMap(value) ? value : new Map();
}

/** The entry as a text, where it is one. */
export function textAt(map: YamlMap, key: string): string | undefined {
  const value = map.get(key);
  return typeof value === 'string' ? value : undefined;
}

interface Cursor {
  readonly lines: Line[];
  at: number;
  readonly file: string;
}

function linesOf(content: string): Line[] {
  let lines: Line[] = [];
  for (const [index, text] of content
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (text === '---') lines = [];
    const body = text.trimStart();
    if (body === '' || body.startsWith('#') || text === '---' || text === '...') continue;
    lines.push({ number: index + 1, indent: text.length - body.length, text: body.trimEnd() });
  }
  return lines;
}

function readBlock(cursor: Cursor, indent: number): YamlValue {
  return cursor.lines[cursor.at]?.text.startsWith('- ') === true
    ? readList(cursor, indent)
    : readMap(cursor, indent);
}

function readList(cursor: Cursor, indent: number): YamlValue {
  const items: YamlValue[] = [];
  for (
    let line = cursor.lines[cursor.at];
    line?.indent === indent;
    line = cursor.lines[cursor.at]
  ) {
    if (!line.text.startsWith('- ')) break;
    items.push(scalarOrFlow(line.text.slice(2), line, cursor.file));
    cursor.at += 1;
  }
  return items;
}

function readMap(cursor: Cursor, indent: number): YamlMap {
  const map = new Map<string, YamlValue>();
  for (
    let line = cursor.lines[cursor.at];
    line?.indent === indent;
    line = cursor.lines[cursor.at]
  ) {
    const { key, rest } = line.text.startsWith('? ')
      ? longKey(cursor, line)
      : splitKey(line, cursor.file);
    map.set(key, readEntry(cursor, rest, indent));
  }
  const next = cursor.lines[cursor.at];
  if (next !== undefined && next.indent > indent) throw strange(next, cursor.file);
  return map;
}

/** Reads what stands behind a key: on its line, or below it. The cursor goes past it. */
function readEntry(cursor: Cursor, rest: string, indent: number): YamlValue {
  const line = cursor.lines[cursor.at];
  cursor.at += 1;
  if (/^[|>][+-]?\d?$/.test(rest)) return blockScalar(cursor, indent);
  if (rest !== '') return scalarOrFlow(rest, line, cursor.file);
  const next = cursor.lines[cursor.at];
  const isNested = next !== undefined && next.indent > indent;
  // A list may stand as far left as its key.
  const isList = next?.indent === indent && next.text.startsWith('- ');
  return isNested || isList ? readBlock(cursor, next.indent) : '';
}

/** `? key` with `: value` on the next line: how very long keys are written. */
function longKey(cursor: Cursor, line: Line): { key: string; rest: string } {
  const next = cursor.lines[cursor.at + 1];
  if (next?.indent !== line.indent || !/^:(?: |$)/.test(next.text))
    throw strange(line, cursor.file);
  const key = scalar(line.text.slice(2), line, cursor.file);
  const body = next.text.slice(1).trim();
  if (!/^[^\s{["'][^\s]*:(?: |$)|^["'].*["']:(?: |$)/.test(body)) {
    cursor.at += 1;
    return { key, rest: body };
  }
  // The value is a map whose first entry stands on this line.
  cursor.lines[cursor.at + 1] = { ...next, indent: line.indent + 2, text: body };
  return { key, rest: '' };
}

function splitKey(line: Line, file: string): { key: string; rest: string } {
  const match = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s"'[{&*!|>%@`#][^]*?):(?: +([^]*))?$/.exec(
    line.text,
  );
  const [, key, rest = ''] = match ?? [];
  if (key === undefined) throw strange(line, file);
  return { key: scalar(key, line, file), rest };
}

function blockScalar(cursor: Cursor, indent: number): string {
  const texts: string[] = [];
  for (
    let line = cursor.lines[cursor.at];
    line !== undefined && line.indent > indent;
    line = cursor.lines[cursor.at]
  ) {
    texts.push(line.text);
    cursor.at += 1;
  }
  return texts.join('\n');
}

function scalarOrFlow(text: string, line: Line | undefined, file: string): YamlValue {
  if (!/^[{[]/.test(text)) return scalar(text, line, file);
  const flow = { text, at: 0 };
  const value = readFlow(flow, line, file);
  if (flow.text.slice(flow.at).trim() !== '') throw strange(line, file);
  return value;
}

interface Flow {
  readonly text: string;
  at: number;
}

const flowToken =
  /\s*("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s,{}[\]"'](?:[^,{}[\]:]|:(?![\s,{}[\]]))*)/y;

function readFlow(flow: Flow, line: Line | undefined, file: string): YamlValue {
  const opened = flow.text[flow.at];
  if (opened !== '{' && opened !== '[') return readFlowScalar(flow, line, file);
  flow.at += 1;
  const map = new Map<string, YamlValue>();
  const items: YamlValue[] = [];
  for (;;) {
    skipSpaces(flow);
    const letter = flow.text[flow.at];
    if (letter === '}' || letter === ']') break;
    if (letter === undefined) throw strange(line, file);
    if (opened === '[') {
      items.push(readFlow(flow, line, file));
    } else {
      const key = readFlowScalar(flow, line, file);
      skipSpaces(flow);
      if (flow.text[flow.at] !== ':') throw strange(line, file);
      flow.at += 1;
      skipSpaces(flow);
      map.set(key, readFlow(flow, line, file));
    }
    skipSpaces(flow);
    if (flow.text[flow.at] === ',') flow.at += 1;
  }
  flow.at += 1;
  return opened === '[' ? items : map;
}

function readFlowScalar(flow: Flow, line: Line | undefined, file: string): string {
  flowToken.lastIndex = flow.at;
  const [, token] = flowToken.exec(flow.text) ?? [];
  if (token === undefined) throw strange(line, file);
  flow.at = flowToken.lastIndex;
  return scalar(token.trim(), line, file);
}

function skipSpaces(flow: Flow): void {
  while (flow.text[flow.at] === ' ') flow.at += 1;
}

function scalar(text: string, line: Line | undefined, file: string): string {
  if (text.startsWith("'") && text.endsWith("'") && text.length > 1) {
    return text.slice(1, -1).replaceAll("''", "'");
  }
  if (!text.startsWith('"')) {
    if (/^[&*!'`@%]/.test(text)) throw strange(line, file);
    return text.replace(/ #.*$/, '');
  }
  try {
    return JSON.parse(text) as string;
  } catch {
    throw strange(line, file);
  }
}

function strange(line: Line | undefined, file: string): LanewiseError {
  return new LanewiseError(
    'GRAPH_INVALID',
    `The lockfile ${file} has a line that no package manager writes.`,
    {
      hint: 'Look for the marks of an unfinished merge, or let the package manager write it anew.',
      place:
        line === undefined ? { file } : { file, line: line.number, text: line.text.slice(0, 200) },
    },
  );
}
