/**
 * A pattern of gitattributes(5) as a test of paths below its file's folder. Without a slash it
 * matches the name at any depth, else the whole path; `**` between slashes crosses folders. A
 * pattern that ends in a slash matches folders, which attributes do not apply to.
 *
 * Git compares bytes, so `?` is one byte: texts are taken apart into bytes here too.
 */
export function makePathMatcher(pattern: string): (path: string) => boolean {
  if (pattern.endsWith('/')) return () => false;
  const isPath = pattern.includes('/');
  const steps = readGlob(toBytes(pattern.replace(/^\//, '')));
  if (steps === null) return () => false;
  return (path) =>
    matchSteps(steps, toBytes(isPath ? path : path.slice(path.lastIndexOf('/') + 1)));
}

function toBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/**
 * One step of a pattern: a byte that passes a test, any number of bytes within a name (`*`), any
 * number at all (`**` at the end), or any number of whole folders.
 */
type Step =
  | { readonly kind: 'byte'; readonly passes: (byte: string) => boolean }
  | { readonly kind: 'name' | 'rest' | 'folders' };

/**
 * Walks a text once with all places of the pattern that it may have reached: linear in both, while
 * a regular expression could be made to backtrack for ever by a pattern somebody commits.
 */
function matchSteps(steps: readonly Step[], text: string): boolean {
  let places = skipEmpty(steps, new Set([0]));
  for (const byte of text) {
    const next = new Set<number>();
    for (const place of places) {
      const step = steps[place];
      if (step === undefined) continue;
      if (step.kind === 'byte') {
        if (step.passes(byte)) next.add(place + 1);
      } else if (step.kind === 'folders') {
        // Inside a folder there is no going on before its slash.
        next.add(byte === '/' ? place : -1 - place);
      } else if (step.kind === 'rest' || byte !== '/') next.add(place);
    }
    for (const place of places) {
      if (place < 0) next.add(byte === '/' ? -1 - place : place);
    }
    places = skipEmpty(steps, next);
    if (places.size === 0) return false;
  }
  return places.has(steps.length);
}

/** Every step but a byte may stand for nothing. A negative place is inside a folder of that step. */
function skipEmpty(steps: readonly Step[], places: Set<number>): Set<number> {
  for (const place of places) {
    const step = steps[place];
    if (step !== undefined && step.kind !== 'byte') places.add(place + 1);
  }
  return places;
}

/** Reads a glob; null where git lets it match nothing (a bracket left open). */
function readGlob(glob: string): readonly Step[] | null {
  const steps: Step[] = [];
  for (let at = 0; at < glob.length;) {
    const sign = glob.charAt(at);
    if (sign === '*') {
      const stars = /^\*+/.exec(glob.slice(at))?.[0].length ?? 1;
      const isWhole =
        (at === 0 || glob[at - 1] === '/') && /^(?:\/|$)/.test(glob.slice(at + stars));
      at += stars;
      const crosses = stars > 1 && isWhole;
      if (!crosses) steps.push({ kind: 'name' });
      else if (at === glob.length) steps.push({ kind: 'rest' });
      else {
        steps.push({ kind: 'folders' });
        at += 1;
      }
    } else if (sign === '[') {
      const bracket = readBracket(glob, at);
      if (bracket === null) return null;
      steps.push({ kind: 'byte', passes: (byte) => bracket.expression.test(byte) });
      at = bracket.end;
    } else {
      const literal = sign === '\\' ? glob.charAt(at + 1) : sign;
      if (literal === '') return null;
      const isAny = sign === '?';
      steps.push({ kind: 'byte', passes: (byte) => (isAny ? byte !== '/' : byte === literal) });
      at += sign === '\\' ? 2 : 1;
    }
  }
  return steps;
}

const classes: Readonly<Record<string, string>> = {
  alnum: 'a-zA-Z0-9',
  alpha: 'a-zA-Z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '\\x21-\\x7e',
  lower: 'a-z',
  print: '\\x20-\\x7e',
  punct: '\\x21-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7e',
  space: ' \\t\\n\\r\\f\\v',
  upper: 'A-Z',
  xdigit: '0-9a-fA-F',
};

/** Reads `[…]`: a `]` that stands first is a member, a range that goes backwards has none. */
function readBracket(glob: string, start: number): { expression: RegExp; end: number } | null {
  const negated = /[!^]/.test(glob.charAt(start + 1));
  const first = start + (negated ? 2 : 1);
  let members = '';
  for (let at = first; at < glob.length;) {
    if (glob[at] === ']' && at > first)
      return { expression: bracketExpression(members, negated), end: at + 1 };
    const named = /^\[:([a-z]*):\]/.exec(glob.slice(at));
    if (named !== null) {
      const set = classes[named[1] ?? ''];
      if (set === undefined) return null;
      members += set;
      at += named[0].length;
      continue;
    }
    const low = readMember(glob, at);
    const isRange = glob[low.end] === '-' && low.end + 1 < glob.length && glob[low.end + 1] !== ']';
    const high = isRange ? readMember(glob, low.end + 1) : low;
    if (low.sign <= high.sign) members += `${escapeByte(low.sign)}-${escapeByte(high.sign)}`;
    at = high.end;
  }
  return null;
}

function readMember(glob: string, at: number): { sign: string; end: number } {
  const escaped = glob[at] === '\\' && at + 1 < glob.length;
  return escaped
    ? { sign: glob.charAt(at + 1), end: at + 2 }
    : { sign: glob.charAt(at), end: at + 1 };
}

/** No bracket matches a slash. */
function bracketExpression(members: string, negated: boolean): RegExp {
  if (members === '') return negated ? /[^/]/ : /(?!)/;
  return new RegExp(`^(?!/)[${negated ? '^' : ''}${members}]$`, 's');
}

function escapeByte(sign: string): string {
  return `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
