import { LanewiseError, show } from '@lanewise/model';

/** One step from a node to a node below it. */
export type PathStep =
  /** The node that carries this anchor, and with it all that refers to it; first step only. */
  | { readonly kind: 'anchor'; readonly name: string }
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'index'; readonly index: number }
  /** The only list entry in which this key has this value. */
  | { readonly kind: 'entry'; readonly key: string; readonly value: string }
  /** The only list entry that is a text beginning so. */
  | { readonly kind: 'prefix'; readonly prefix: string }
  /** A step of a JSON pointer: a key of a map, a number of a list. */
  | { readonly kind: 'pointer'; readonly text: string };

/**
 * Reads a pin's path. `image.tag` names keys; a key with other signs is quoted (`"a.b".c` or
 * `a["b.c"]`); a list entry is chosen by a key's value (`images[name=docs].newTag`), by how its text
 * begins (`resources[^https://example.com/base]`) or, fragile, by its number from 0 (`list[0]`);
 * `&name.tag` begins at the node with that anchor. A path that begins with `/` is a JSON pointer
 * (RFC 6901). Throws CONFIG_INVALID.
 */
export function parsePinPath(path: string): readonly PathStep[] {
  if (path.startsWith('/')) return parsePointer(path);
  const steps: PathStep[] = [];
  let at = 0;
  const anchor = /^&([^\s,[\]{}.]+)/.exec(path);
  if (anchor) {
    steps.push({ kind: 'anchor', name: anchor[1] ?? '' });
    at = anchor[0].length;
  }
  while (at < path.length || steps.length === 0) {
    const read = readStep(path, at, steps.length === 0);
    if (read === null) throw invalidPath(path, at);
    steps.push(read.step);
    at = read.next;
  }
  return steps;
}

/** A path as it is written, of steps that name keys, entries and numbers. */
export function formatPinPath(steps: readonly PathStep[]): string {
  let path = '';
  for (const step of steps) {
    const written = formatStep(step);
    path += written.startsWith('[') || path === '' ? written : `.${written}`;
  }
  return path;
}

function parsePointer(path: string): readonly PathStep[] {
  if (/~(?![01])/.test(path)) throw invalidPath(path, path.search(/~(?![01])/));
  return path
    .slice(1)
    .split('/')
    .map((part) => ({ kind: 'pointer', text: part.replaceAll('~1', '/').replaceAll('~0', '~') }));
}

interface ReadStep {
  readonly step: PathStep;
  readonly next: number;
}

const bareKey = /\.?([^.[\]"'\s&*]+)/y;
const quotedKey = /\.?("(?:[^"\\]|\\.)*"|'[^']*')/y;
const bracketKey = /\[("(?:[^"\\]|\\.)*"|'[^']*')\]/y;
const bracketIndex = /\[(\d{1,9})\]/y;
const bracketPrefix = /\[\^("(?:[^"\\]|\\.)*"|[^"\]]+)\]/y;
const bracketEntry = /\[([^\]=^"'[]+)=("(?:[^"\\]|\\.)*"|[^"\]]*)\]/y;

function readStep(path: string, at: number, first: boolean): ReadStep | null {
  const token = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(path);
  };
  const done = (found: RegExpExecArray, step: PathStep): ReadStep => ({
    step,
    next: at + found[0].length,
  });
  if (path[at] !== '[') {
    if ((path[at] === '.') === first) return null;
    const found = token(quotedKey) ?? token(bareKey);
    const key = found === null ? null : unquote(found[1] ?? '');
    return found === null || key === null ? null : done(found, { kind: 'key', key });
  }
  const index = token(bracketIndex);
  if (index) return done(index, { kind: 'index', index: Number(index[1]) });
  const quoted = token(bracketKey);
  if (quoted) return withText(quoted[1], (key) => done(quoted, { kind: 'key', key }));
  const prefix = token(bracketPrefix);
  if (prefix) return withText(prefix[1], (text) => done(prefix, { kind: 'prefix', prefix: text }));
  const entry = token(bracketEntry);
  return entry === null
    ? null
    : withText(entry[2], (value) =>
        done(entry, { kind: 'entry', key: (entry[1] ?? '').trim(), value }),
      );
}

function withText(raw: string | undefined, step: (text: string) => ReadStep): ReadStep | null {
  const text = unquote(raw ?? '');
  return text === null ? null : step(text);
}

function unquote(raw: string): string | null {
  if (raw.startsWith("'")) return raw.slice(1, -1);
  if (!raw.startsWith('"')) return raw;
  try {
    return JSON.parse(raw) as string;
  } catch {
    return null;
  }
}

function formatStep(step: PathStep): string {
  switch (step.kind) {
    case 'anchor':
      return `&${step.name}`;
    case 'key':
      return plainKey(step.key) ? step.key : JSON.stringify(step.key);
    case 'pointer':
      return plainKey(step.text) ? step.text : JSON.stringify(step.text);
    case 'index':
      return `[${step.index}]`;
    case 'prefix':
      return `[^${/["\]]/.test(step.prefix) ? JSON.stringify(step.prefix) : step.prefix}]`;
    case 'entry':
      return `[${step.key}=${/["\]]/.test(step.value) ? JSON.stringify(step.value) : step.value}]`;
  }
}

function plainKey(key: string): boolean {
  return /^[^.[\]"'\s&*/]+[^.[\]"'\s&*]*$/.test(key);
}

function invalidPath(path: string, at: number): LanewiseError {
  return new LanewiseError(
    'CONFIG_INVALID',
    `${show(path)} is no path of a pin: character ${at + 1} does not fit.`,
    {
      hint: `Write keys with dots (image.tag), quote a key that holds a dot ("a.b".c), and choose list entries by a key's value (images[name=docs].newTag).`,
    },
  );
}
