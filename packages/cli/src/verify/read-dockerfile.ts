/** One thing that a Dockerfile takes from the build's context. */
export interface CopySource {
  /** Path or glob from the context's root; null where a variable in it is not known. */
  readonly path: string | null;
  /** As it is written. */
  readonly written: string;
  readonly line: number;
}

interface Instruction {
  readonly name: string;
  readonly rest: string;
  readonly line: number;
}

/**
 * What a Dockerfile copies from its context, by the rules of Docker's reference: `COPY` and `ADD`
 * with their flags, in both forms, and bind mounts of `RUN`; lines that go on, comments between
 * them, here-documents, the `escape` directive, and variables set by `ARG` and `ENV`. What comes from another
 * stage or image (`--from`), from the network, or from a here-document is left out.
 */
export function readDockerfile(text: string): readonly CopySource[] {
  const escape = /^#[ \t]*escape[ \t]*=[ \t]*`[ \t]*$/im.test(directives(text)) ? '`' : '\\';
  const globals = new Map<string, string>();
  let stage: Map<string, string> | null = null;
  const sources: CopySource[] = [];
  for (const { name, rest, line } of instructionsOf(text, escape)) {
    const words = stage ?? globals;
    if (name === 'FROM') stage = new Map<string, string>();
    else if (name === 'ARG') setArguments(rest, words, globals, escape);
    else if (name === 'ENV') setVariables(rest, words, escape);
    else if (name === 'COPY' || name === 'ADD' || name === 'RUN') {
      const found =
        name === 'RUN' ? boundSources(rest) : copiedSources(rest, name === 'ADD', escape);
      for (const written of found) {
        sources.push({ path: cleanPath(expand(written, words, escape)), written, line });
      }
    }
  }
  return sources;
}

/** Parser directives stand before everything else. */
function directives(text: string): string {
  return /^(?:[ \t]*#[ \t]*\w+[ \t]*=.*\r?\n?)*/.exec(text)?.[0] ?? '';
}

function instructionsOf(text: string, escape: string): readonly Instruction[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const goesOn = escape === '`' ? /`[ \t]*$/ : /\\[ \t]*$/;
  const found: Instruction[] = [];
  for (let at = 0; at < lines.length;) {
    const start = at;
    let body = '';
    for (; at < lines.length; at += 1) {
      const line = lines[at] ?? '';
      // Comments and empty lines may stand between the parts of an instruction.
      if (/^\s*(?:#|$)/.test(line)) {
        if (body === '') break;
        continue;
      }
      body += line.replace(goesOn, ' ');
      if (!goesOn.test(line)) break;
    }
    at += 1;
    const [, name, rest = ''] = /^\s*([A-Za-z]+)(?:\s+(.*))?$/s.exec(body) ?? [];
    if (name === undefined) continue;
    found.push({ name: name.toUpperCase(), rest: rest.trim(), line: start + 1 });
    if (!/^(?:RUN|COPY|ADD)$/i.test(name)) continue;
    for (const end of hereDocuments(rest)) at = skipDocument(lines, at, end);
  }
  return found;
}

interface HereDocument {
  readonly word: string;
  readonly tabs: boolean;
}

/** `<<EOF`, `<<-"EOF"`: what stands between there and the word is data. */
function hereDocuments(rest: string): readonly HereDocument[] {
  return [...rest.matchAll(/(?:^|[\s\d])<<(-?)(["']?)([A-Za-z_][\w.]*)\2(?=[\s;|&>)]|$)/g)].map(
    ([, dash, , word = '']) => ({ word, tabs: dash === '-' }),
  );
}

function skipDocument(
  lines: readonly string[],
  from: number,
  { word, tabs }: HereDocument,
): number {
  for (let at = from; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if ((tabs ? line.replace(/^\t+/, '') : line) === word) return at + 1;
  }
  return lines.length;
}

function copiedSources(rest: string, adds: boolean, escape: string): readonly string[] {
  const { flags, body } = splitFlags(rest);
  if (flags.some((flag) => /^--from=/i.test(flag))) return [];
  const words = readJsonForm(body) ?? splitWords(body, escape);
  return words
    .slice(0, -1)
    .filter(
      (word) => !word.startsWith('<<') && !(adds && /^(?:https?|git|ssh):\/\/|^git@/i.test(word)),
    );
}

/** `RUN --mount=type=bind,source=libs,target=/libs` reads the context too. */
function boundSources(rest: string): readonly string[] {
  return splitFlags(rest).flags.flatMap((flag) => {
    const [, text] = /^--mount=(.*)$/i.exec(flag) ?? [];
    if (text === undefined) return [];
    const parts = new Map(
      text.split(',').map((part) => {
        const [key = '', ...value] = part.split('=');
        return [key.toLowerCase(), value.join('=').replace(/^["']|["']$/g, '')] as const;
      }),
    );
    if ((parts.get('type') ?? 'bind') !== 'bind' || parts.has('from')) return [];
    return [parts.get('source') ?? parts.get('src') ?? '.'];
  });
}

function splitFlags(rest: string): { readonly flags: readonly string[]; readonly body: string } {
  const flags: string[] = [];
  let body = rest;
  for (;;) {
    const [whole, flag] = /^(--[a-z][\w-]*(?:=(?:"[^"]*"|\S)*)?)\s+/i.exec(body) ?? [];
    if (whole === undefined || flag === undefined) return { flags, body };
    flags.push(flag);
    body = body.slice(whole.length);
  }
}

function readJsonForm(body: string): readonly string[] | null {
  if (!body.startsWith('[')) return null;
  try {
    const value = JSON.parse(body) as unknown;
    const isText = (one: unknown): one is string => typeof one === 'string';
    return Array.isArray(value) && value.every(isText) ? value : null;
  } catch {
    return null;
  }
}

/** Words at spaces; quotes and the escape sign keep spaces in a word. */
function splitWords(body: string, escape: string): readonly string[] {
  const sign = escape === '`' ? '`' : '\\\\';
  const word = new RegExp(`(?:"(?:${sign}.|[^"])*"|'[^']*'|${sign}.|[^\\s"'])+`, 'gs');
  return (body.match(word) ?? []).map((one) => one.replace(/^(["'])(.*)\1$/s, '$2'));
}

function setArguments(
  rest: string,
  words: Map<string, string>,
  globals: ReadonlyMap<string, string>,
  escape: string,
): void {
  for (const word of splitWords(rest, escape)) {
    const [, name = '', value] = /^(\w+)(?:=(.*))?$/s.exec(word) ?? [];
    // An argument without a value takes that of the one before the first stage.
    const given =
      value === undefined
        ? globals.get(name)
        : expand(value.replace(/^(["'])(.*)\1$/s, '$2'), words, escape);
    if (name !== '' && given !== undefined && given !== null) words.set(name, given);
  }
}

function setVariables(rest: string, words: Map<string, string>, escape: string): void {
  const old = /^(\w+)\s+([^=].*)$/s.exec(rest);
  if (old !== null && !/^\w+=/.test(rest)) {
    const value = expand(old[2] ?? '', words, escape);
    if (value !== null) words.set(old[1] ?? '', value);
  } else setArguments(rest, words, new Map(), escape);
}

/** Puts variables in; null where one is not known. */
function expand(text: string, words: ReadonlyMap<string, string>, escape: string): string | null {
  const sign = escape === '`' ? '`' : '\\\\';
  const variable = new RegExp(`${sign}(.)|\\$(?:(\\w+)|\\{(\\w+)(?:(:[-+])([^}]*))?\\})`, 'gs');
  let known = true;
  const result = text.replace(
    variable,
    (
      _whole: string,
      escaped?: string,
      plain?: string,
      braced?: string,
      how?: string,
      other = '',
    ) => {
      if (escaped !== undefined) return escaped;
      const value = words.get(plain ?? braced ?? '');
      const isSet = value !== undefined && value !== '';
      if (how === ':-') return isSet ? value : other;
      if (how === ':+') return isSet ? other : '';
      if (value === undefined) known = false;
      return value ?? '';
    },
  );
  return known ? result : null;
}

/** From the context's root: a slash before it and steps out of it mean nothing there. */
function cleanPath(path: string | null): string | null {
  if (path === null) return null;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}
