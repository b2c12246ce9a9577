import { LanewiseError, show } from '@lanewise/model';

/** A regular expression as a tree. */
export type PatternNode =
  | { readonly kind: 'set'; readonly ranges: readonly Range[]; readonly negated: boolean }
  | { readonly kind: 'begin' | 'end' | 'edge' }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly PatternNode[] }
  | {
      readonly kind: 'repeat';
      readonly part: PatternNode;
      readonly min: number;
      readonly max: number;
      readonly lazy: boolean;
    }
  | { readonly kind: 'group'; readonly part: PatternNode };

/** First and last code unit. */
export type Range = readonly [number, number];

interface Reader {
  readonly pattern: string;
  at: number;
  groups: number;
  depth: number;
}

/**
 * Reads the part of JavaScript's regular expressions that can be matched in linear time: signs,
 * classes, groups, choices, repetitions, `^`, `$` and `\b`; no look-around, no back-references.
 * There must be exactly one group that captures. Throws CONFIG_INVALID.
 */
export function parsePattern(pattern: string): PatternNode {
  const reader: Reader = { pattern, at: 0, groups: 0, depth: 0 };
  if (pattern.length > 500) throw invalid(reader, 'it is longer than 500 signs');
  const node = readChoice(reader);
  if (reader.at < pattern.length) throw invalid(reader, "a ')' has no '('");
  if (reader.groups !== 1)
    throw invalid(reader, `it has ${reader.groups} capturing groups, not one`);
  return node;
}

function readChoice(reader: Reader): PatternNode {
  const parts = [readSequence(reader)];
  while (tryTake(reader, '|')) parts.push(readSequence(reader));
  return parts.length === 1 && parts[0] ? parts[0] : { kind: 'choice', parts };
}

function readSequence(reader: Reader): PatternNode {
  const parts: PatternNode[] = [];
  while (reader.at < reader.pattern.length && !'|)'.includes(reader.pattern[reader.at] ?? '')) {
    parts.push(readRepeats(reader, readAtom(reader)));
  }
  return { kind: 'sequence', parts };
}

function readRepeats(reader: Reader, part: PatternNode): PatternNode {
  const counts = readCounts(reader);
  if (counts === null) return part;
  if (part.kind === 'begin' || part.kind === 'end' || part.kind === 'edge')
    throw invalid(reader, 'there is nothing to repeat');
  if (mayBeEmpty(part)) throw invalid(reader, 'what is repeated may be empty');
  if (holdsGroup(part)) throw invalid(reader, 'the capturing group is repeated');
  const node: PatternNode = { kind: 'repeat', part, ...counts, lazy: tryTake(reader, '?') };
  if (readCounts(reader) !== null) throw invalid(reader, 'a repetition is repeated');
  return node;
}

function holdsGroup(node: PatternNode): boolean {
  if (node.kind === 'group') return true;
  if (node.kind === 'repeat') return holdsGroup(node.part);
  return (node.kind === 'sequence' || node.kind === 'choice') && node.parts.some(holdsGroup);
}

function mayBeEmpty(node: PatternNode): boolean {
  switch (node.kind) {
    case 'set':
      return false;
    case 'sequence':
      return node.parts.every(mayBeEmpty);
    case 'choice':
      return node.parts.some(mayBeEmpty);
    case 'group':
      return mayBeEmpty(node.part);
    case 'repeat':
      return node.min === 0 || mayBeEmpty(node.part);
    default:
      return true;
  }
}

function readCounts(reader: Reader): { min: number; max: number } | null {
  if (tryTake(reader, '*')) return { min: 0, max: Infinity };
  if (tryTake(reader, '+')) return { min: 1, max: Infinity };
  if (tryTake(reader, '?')) return { min: 0, max: 1 };
  const braces = /\{(\d{1,3})(,(\d{0,3}))?\}/y;
  braces.lastIndex = reader.at;
  const found = braces.exec(reader.pattern);
  if (found === null) return null;
  reader.at += found[0].length;
  const min = Number(found[1]);
  const max = found[2] === undefined ? min : found[3] === '' ? Infinity : Number(found[3]);
  if (max < min || min > 100 || (max !== Infinity && max > 100))
    throw invalid(reader, 'a repetition has wrong counts (at most 100)');
  return { min, max };
}

function readAtom(reader: Reader): PatternNode {
  const sign = reader.pattern[reader.at] ?? '';
  reader.at += 1;
  switch (sign) {
    case '(':
      return readGroup(reader);
    case '[':
      return readClass(reader);
    case '.':
      return {
        kind: 'set',
        ranges: [
          [0x0a, 0x0a],
          [0x0d, 0x0d],
        ],
        negated: true,
      };
    case '^':
      return { kind: 'begin' };
    case '$':
      return { kind: 'end' };
    case '\\':
      return readEscape(reader);
    case '*':
    case '+':
    case '?':
    case '{':
    case '}':
    case ']':
      throw invalid(reader, `'${sign}' must be written '\\${sign}'`);
    default:
      return single(sign.charCodeAt(0));
  }
}

function readGroup(reader: Reader): PatternNode {
  const silent = reader.pattern.startsWith('?:', reader.at);
  if (silent) reader.at += 2;
  else if (reader.pattern[reader.at] === '?')
    throw invalid(reader, 'only plain groups and (?:…) are known');
  if (!silent) reader.groups += 1;
  reader.depth += 1;
  if (reader.depth > 20) throw invalid(reader, 'its groups are nested too deep');
  const part = readChoice(reader);
  reader.depth -= 1;
  if (!tryTake(reader, ')')) throw invalid(reader, "a '(' is not closed");
  return silent ? { kind: 'sequence', parts: [part] } : { kind: 'group', part };
}

const classes: Readonly<Record<string, readonly Range[]>> = {
  d: [[0x30, 0x39]],
  w: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x5f, 0x5f],
    [0x61, 0x7a],
  ],
  s: [
    [0x09, 0x0d],
    [0x20, 0x20],
    [0xa0, 0xa0],
    [0xfeff, 0xfeff],
  ],
};

function readEscape(reader: Reader): PatternNode {
  const sign = reader.pattern[reader.at] ?? '';
  reader.at += 1;
  const named = classes[sign.toLowerCase()];
  if (named) return { kind: 'set', ranges: named, negated: sign !== sign.toLowerCase() };
  if (sign === 'b') return { kind: 'edge' };
  return single(literalEscape(reader, sign));
}

function literalEscape(reader: Reader, sign: string): number {
  if (sign === 't') return 0x09;
  if (sign === '' || /[A-Za-z0-9]/.test(sign)) throw invalid(reader, `'\\${sign}' is not known`);
  return sign.charCodeAt(0);
}

function readClass(reader: Reader): PatternNode {
  const negated = tryTake(reader, '^');
  const ranges: Range[] = [];
  for (let first = true; first || reader.pattern[reader.at] !== ']'; first = false) {
    if (reader.at >= reader.pattern.length) throw invalid(reader, "a '[' is not closed");
    if (first && reader.pattern[reader.at] === ']') break;
    const low = readClassSign(reader);
    const isRange =
      typeof low === 'number' &&
      reader.pattern[reader.at] === '-' &&
      reader.pattern[reader.at + 1] !== ']';
    if (typeof low !== 'number') ranges.push(...low);
    else if (!isRange) ranges.push([low, low]);
    else {
      reader.at += 1;
      const high = readClassSign(reader);
      if (typeof high !== 'number' || high < low)
        throw invalid(reader, 'a range of signs runs backwards');
      ranges.push([low, high]);
    }
  }
  reader.at += 1;
  return { kind: 'set', ranges, negated };
}

function readClassSign(reader: Reader): number | readonly Range[] {
  const sign = reader.pattern[reader.at] ?? '';
  reader.at += 1;
  if (sign !== '\\') return sign.charCodeAt(0);
  const escaped = reader.pattern[reader.at] ?? '';
  reader.at += 1;
  return classes[escaped] ?? literalEscape(reader, escaped);
}

function single(code: number): PatternNode {
  return { kind: 'set', ranges: [[code, code]], negated: false };
}

function tryTake(reader: Reader, sign: string): boolean {
  if (reader.pattern[reader.at] !== sign) return false;
  reader.at += 1;
  return true;
}

function invalid(reader: Reader, why: string): LanewiseError {
  return new LanewiseError(
    'CONFIG_INVALID',
    `${show(reader.pattern)} is no pattern: ${why} (at character ${reader.at}).`,
    {
      hint: 'Write a regular expression for one line with one group around the value: ^DOCS_TAG=(\\S+)$',
    },
  );
}
