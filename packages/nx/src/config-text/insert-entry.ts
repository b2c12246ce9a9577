import {
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Document,
  type Node,
  type YAMLMap,
} from 'yaml';
import { canonicalJson, LanewiseError } from '@lanewise/model';

/**
 * Inserts `key: value` into the map at a path of a YAML text, after what is there, and changes no
 * other byte: comments, quotes, order and line ends stay. Maps on the path that are missing are
 * made. `value` is written as JSON reads it, in flow style. The result is read again and compared.
 *
 * Throws EDIT_UNSAFE where something else would change, or the path leads through an alias.
 */
export function insertEntry(
  text: string,
  path: readonly string[],
  key: string,
  value: unknown,
): string {
  return checked(text, place(text, path, key, flow(value)), (old) => {
    const wanted = structuredClone(old ?? {}) as Record<string, unknown>;
    let inner = wanted;
    for (const step of path) inner = (inner[step] ??= {}) as Record<string, unknown>;
    if (key in inner) throw unsafe(`${[...path, key].join('.')} is there already.`);
    inner[key] = value;
    return wanted;
  });
}

/** Adds a text to the list at a path, with the same promises; a lone text there becomes a list. */
export function appendToList(text: string, path: readonly string[], item: string): string {
  const document = read(text);
  const node = document.getIn(path, true) as Node | undefined;
  return checked(text, append(text, node, flow(item)), (old) => {
    const wanted = structuredClone(old) as Record<string, unknown>;
    let inner = wanted;
    for (const step of path.slice(0, -1)) inner = inner[step] as Record<string, unknown>;
    const last = path.at(-1) ?? '';
    inner[last] = [inner[last], item].flat();
    return wanted;
  });
}

function place(text: string, path: readonly string[], key: string, value: string): string {
  const document = read(text);
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
    const missing = path.slice(depth);
    if (isMap(node)) return intoMap(text, node, missing, key, value);
    const isNull = node === null || (isScalar(node) && node.value === null);
    if (depth === 0 && isNull) return atEnd(text, missing, key, value);
    if (isNull) return intoNull(text, document, path.slice(0, depth), missing, key, value);
    if (node !== undefined)
      throw unsafe(`${path.slice(0, depth).join('.')} is no map that can be added to.`);
  }
  throw unsafe('The file holds no map.');
}

function intoMap(
  text: string,
  map: YAMLMap,
  missing: readonly string[],
  key: string,
  value: string,
): string {
  if (map.flow === true) return intoFlow(text, map, inline([...missing, key], value));
  const first = map.items[0]?.key as Node | undefined;
  const last = map.items.at(-1);
  if (!first?.range || last === undefined) throw unsafe('A map cannot be placed.');
  const indent = indentAt(text, first.range[0]);
  return afterLine(text, endOf(last), lines(missing, key, value, indent));
}

/** `a: { b: value }` for the names a and b. */
function inline([name = '', ...rest]: readonly string[], value: string): string {
  const inner = rest.length === 0 ? value : `{ ${inline(rest, value)} }`;
  return `${plainKey(name)}: ${inner}`;
}

function intoFlow(text: string, map: YAMLMap, written: string): string {
  const range = map.range;
  if (!range) throw unsafe('A map cannot be placed.');
  const last = map.items.at(-1);
  if (last === undefined) return splice(text, range[0], range[1], `{ ${written} }`);
  const at = endOf(last);
  return splice(text, at, at, `, ${written}`);
}

/** `environments:` with nothing behind it: the first entry stands on a line of its own. */
function intoNull(
  text: string,
  document: Document,
  path: readonly string[],
  missing: readonly string[],
  key: string,
  value: string,
): string {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const pair = isMap(parent)
    ? parent.items.find((item) => isScalar(item.key) && item.key.value === path.at(-1))
    : undefined;
  const range = (pair?.key as Node | undefined)?.range;
  if (!range || (isMap(parent) && parent.flow === true))
    throw unsafe(`${path.join('.')} cannot be added to.`);
  const indent = `${indentAt(text, range[0])}  `;
  return afterLine(text, range[1], lines(missing, key, value, indent));
}

function atEnd(text: string, missing: readonly string[], key: string, value: string): string {
  const end = lineEnd(text);
  const before = text === '' || text.endsWith('\n') ? text : text + end;
  return before + lines(missing, key, value, '').join(end) + end;
}

function lines(missing: readonly string[], key: string, value: string, indent: string): string[] {
  const above = missing.map((step, depth) => `${indent}${'  '.repeat(depth)}${plainKey(step)}:`);
  return [...above, `${indent}${'  '.repeat(missing.length)}${plainKey(key)}: ${value}`];
}

function append(text: string, node: Node | undefined, item: string): string {
  const range = node?.range;
  if (!range) throw unsafe('There is no list to add to.');
  if (isScalar(node)) {
    const old = text.slice(range[0], range[1]);
    return splice(text, range[0], range[1], `[${old}, ${item}]`);
  }
  if (!isSeq(node)) throw unsafe('There is no list to add to.');
  const last = node.items.at(-1) as Node | undefined;
  if (!last?.range) return splice(text, range[0], range[1], `[${item}]`);
  if (node.flow === true) return splice(text, last.range[1], last.range[1], `, ${item}`);
  const dash = text.lastIndexOf('-', last.range[0]);
  return afterLine(text, last.range[1], [`${indentAt(text, dash)}- ${item}`]);
}

/** Where the last thing that a pair holds ends, without comments and blank lines behind it. */
function endOf(pair: { readonly key: unknown; readonly value: unknown }): number {
  let node = (pair.value ?? pair.key) as Node | null;
  for (;;) {
    if (isMap(node) && node.flow !== true && node.items.length > 0) {
      const last = node.items.at(-1);
      const inner = last?.value as Node | null;
      const isEmpty = inner === null || (isScalar(inner) && inner.source === '');
      node = (isEmpty ? last?.key : inner) as Node;
    } else if (isSeq(node) && node.flow !== true && node.items.length > 0) {
      node = node.items.at(-1) as Node;
    } else break;
  }
  const isNothing = isScalar(node) && node.value === null && node.source === '';
  const range = (isNothing ? (pair.key as Node) : node)?.range;
  if (!range) throw unsafe('An entry cannot be placed.');
  return range[1];
}

/** Inserts lines below the line that holds an offset. */
function afterLine(text: string, offset: number, added: readonly string[]): string {
  const end = lineEnd(text);
  // A block scalar ends behind its last line's end.
  const from = offset > 0 && text[offset - 1] === '\n' ? offset - 1 : offset;
  const newline = text.indexOf('\n', from);
  const block = added.join(end);
  if (newline < 0) return `${text}${end}${block}`;
  return splice(text, newline + 1, newline + 1, block + end);
}

function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const before = text.slice(start, offset).replace(/^\uFEFF/, '');
  if (before.trim() !== '') throw unsafe('A map begins behind other signs on its line.');
  return before;
}

function lineEnd(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function splice(text: string, from: number, to: number, added: string): string {
  return text.slice(0, from) + added + text.slice(to);
}

function checked(text: string, edited: string, wanted: (old: unknown) => unknown): string {
  const expected = canonicalJson(wanted(read(text).toJS()));
  const document = parseDocument(edited);
  if (document.errors.length === 0 && canonicalJson(document.toJS()) === expected) return edited;
  throw unsafe('The change would have changed more than it should.');
}

function read(text: string): Document.Parsed {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw unsafe(error.message);
  return document;
}

/** A value on one line: maps with spaces inside the braces, texts plain where every YAML reads them so. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, inner]) => `${plainKey(key)}: ${flow(inner)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  return typeof value === 'string' ? plain(value) : JSON.stringify(value);
}

function plain(text: string): string {
  const isWord = /^[A-Za-z/][\w./-]*$/.test(text);
  return isWord && !/^(?:true|false|yes|no|null|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);
}

/** Keys are read by Lanewise alone, for which `on` and `yes` are words like others. */
function plainKey(text: string): string {
  return /^[A-Za-z][\w-]*$/.test(text) && !/^(?:true|false|null)$/i.test(text)
    ? text
    : JSON.stringify(text);
}

function unsafe(why: string): LanewiseError {
  return new LanewiseError('EDIT_UNSAFE', `lanewise.yaml cannot be changed safely. ${why}`, {
    hint: 'Nothing was written. Add the lines by hand: docs/configuration.md shows how they look.',
    place: { file: 'lanewise.yaml' },
  });
}
