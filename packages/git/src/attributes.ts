import type { RepoPath } from '@lanewise/model';
import { makePathMatcher } from './path-pattern.js';

/** What a line says of `filter`: a driver, or that there is none. */
interface FilterRule {
  readonly matches: (path: string) => boolean;
  readonly filter: string | null;
}

/**
 * Which paths have a `filter` by the given `.gitattributes` texts, by folder (`''` is the root),
 * as gitattributes(5) has it: the file nearest to the path wins, in a file the last line that
 * matches; `-filter` and `!filter` take it away; `[attr]` macros of the root file are followed.
 */
export function findFilterAttributes(
  texts: ReadonlyMap<string, string>,
  paths: readonly RepoPath[],
): ReadonlySet<RepoPath> {
  const macros = readMacros(texts.get('') ?? '');
  const rules = new Map([...texts].map(([folder, text]) => [folder, readRules(text, macros)]));
  return new Set(paths.filter((path) => filterOf(path, rules) !== null));
}

function filterOf(
  path: RepoPath,
  rules: ReadonlyMap<string, readonly FilterRule[]>,
): string | null {
  const parts = path.split('/');
  for (let depth = parts.length - 1; depth >= 0; depth -= 1) {
    const below = parts.slice(depth).join('/');
    const rule = rules
      .get(parts.slice(0, depth).join('/'))
      ?.findLast((candidate) => candidate.matches(below));
    if (rule !== undefined) return rule.filter;
  }
  return null;
}

type Macros = ReadonlyMap<string, readonly string[]>;

function readMacros(text: string): Macros {
  const macros = new Map<string, readonly string[]>();
  for (const line of text.split('\n')) {
    const found = /^\s*\[attr\](\S+)\s+(.*)$/.exec(line);
    if (found !== null) macros.set(found[1] ?? '', (found[2] ?? '').trim().split(/\s+/));
  }
  return macros;
}

function readRules(text: string, macros: Macros): readonly FilterRule[] {
  return text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .flatMap((line) => {
      const parsed = splitLine(line.trim());
      if (parsed === null) return [];
      const filter = filterIn(parsed.attributes, macros, 0);
      return filter === undefined ? [] : [{ matches: makePathMatcher(parsed.pattern), filter }];
    });
}

function splitLine(line: string): { pattern: string; attributes: readonly string[] } | null {
  if (line === '' || line.startsWith('#') || line.startsWith('[attr]')) return null;
  const quoted = /^"((?:[^"\\]|\\.)*)"\s*(.*)$/.exec(line);
  const plain = /^(\S+)\s*(.*)$/.exec(line);
  const pattern = quoted === null ? (plain?.[1] ?? '') : unquote(quoted[1] ?? '');
  const attributes = (quoted ?? plain)?.[2]?.trim().split(/\s+/) ?? [];
  // Patterns that negate are forbidden in attributes files, and git ignores them; so it does with
  // a line that holds what cannot be the name of an attribute.
  if (quoted === null && pattern.startsWith('!')) return null;
  return attributes.every(isAttribute) ? { pattern, attributes } : null;
}

function isAttribute(text: string): boolean {
  return /^[-!]?[A-Za-z0-9_.][-A-Za-z0-9_.]*(?:=.*)?$/.test(text) || text === '';
}

function unquote(text: string): string {
  const signs: Readonly<Record<string, string>> = {
    n: '\n',
    t: '\t',
    r: '\r',
    a: '\u0007',
    b: '\b',
    f: '\f',
    v: '\v',
  };
  const bytes: number[] = [];
  const all = /\\([0-7]{3})|\\(.)|([^\\]+)/gsu;
  for (const [, octal, sign, rest] of text.matchAll(all)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else bytes.push(...Buffer.from(rest ?? signs[sign ?? ''] ?? sign ?? ''));
  }
  return Buffer.from(bytes).toString();
}

/** The last word about `filter` on a line: a driver, null where it is taken away, undefined where nothing is said. */
function filterIn(
  attributes: readonly string[],
  macros: Macros,
  depth: number,
): string | null | undefined {
  let filter: string | null | undefined;
  for (const attribute of attributes) {
    if (attribute === '-filter' || attribute === '!filter') filter = null;
    else if (attribute === 'filter' || attribute.startsWith('filter='))
      filter = attribute.slice('filter='.length) || 'set';
    else if (depth < 5) {
      const said = filterIn(macros.get(attribute) ?? [], macros, depth + 1);
      if (said !== undefined) filter = said;
    }
  }
  return filter;
}
