import type { Random } from '@lanewise/testing';

/** Scalars as people and machines write them, the treacherous ones in the majority. */
export const oddTexts = [
  'v1.4.2',
  '1.4.2',
  '1.10',
  '1e5',
  '0123',
  '1_000',
  'yes',
  'no',
  'on',
  'off',
  'y',
  'N',
  'null',
  '~',
  'true',
  'False',
  '2024-01-02',
  '2024-01-02T03:04:05Z',
  '0x1f',
  '0o7',
  '12:30:45',
  '.inf',
  '-.INF',
  '.nan',
  '=',
  '<<',
  '65e0884',
  '1234567',
  '0000000',
  '41',
  '-3',
  '3.5',
  '+1',
  '1.',
  '.5',
  'a b',
  'it is',
  'é😀',
  'x:y',
  'x#y',
  'http://example.com/a',
  'acme/docs:1.4.1',
  'reg.example.com:5000/acme/docs:1.4.1',
  '-x',
  '?x',
  ':x',
  'latest',
  'sha-0a1b2c3',
  'a,b',
  'a[0]',
] as const;

/** Texts that plain YAML cannot hold, for values to be written. */
export const hardTexts = [
  '',
  ' x',
  'x ',
  'a: b',
  'a #b',
  '*x',
  '&x',
  '!x',
  '- x',
  '? x',
  '@x',
  '%x',
  '`x',
  '"x"',
  "it's",
  '\\',
  '{a}',
  '[a]',
  'a: ',
  'x:',
  '#x',
  '|',
  '>',
  ',x',
  "'",
  '"',
] as const;

interface Writer {
  readonly dice: Random;
  readonly eol: string;
  readonly anchors: string[];
  budget: number;
  /** Whether texts may be no YAML at all. */
  readonly wild: boolean;
}

/** One YAML text of random shape: styles, comments, anchors, flow, documents, line ends and all. */
export function randomYaml(dice: Random, size: number, wild = false): string {
  const eol = dice.chance(0.25) ? '\r\n' : '\n';
  const writer: Writer = { dice, eol, anchors: [], budget: size, wild };
  const count = dice.chance(0.2) ? 1 + dice.below(3) : 1;
  let text = dice.chance(0.1) ? '\uFEFF' : '';
  for (let index = 0; index < count; index += 1) {
    writer.anchors.length = 0;
    if (index > 0 || dice.chance(0.15))
      text += `---${dice.chance(0.2) ? ' # doc' : ''}${writer.eol}`;
    text += blanks(writer, 0);
    if (count > 1) text += `kind: Doc${index}${writer.eol}`;
    text += mapLines(writer, 0, count > 1 ? 1 : 0);
    if (dice.chance(0.03)) text += `...${writer.eol}`;
  }
  if (wild && dice.chance(0.03)) text += `---${writer.eol}`;
  return dice.chance(0.15) ? text.replace(/\r?\n$/, '') : text;
}

function mapLines(writer: Writer, indent: number, offset = 0): string {
  const { dice } = writer;
  const count = 1 + dice.below(4);
  let text = '';
  for (let index = 0; index < count; index += 1) {
    writer.budget -= 1;
    text += (index === 0 ? '' : blanks(writer, indent)) + pad(index === 0 ? 0 : indent);
    if (index === 0 && indent === 0) text += '';
    const key = keyText(writer, index + offset);
    text += dice.chance(0.02)
      ? `? ${key}${writer.eol}${pad(indent)}:${valueText(writer, indent)}`
      : `${key}:${valueText(writer, indent)}`;
  }
  return text;
}

function keyText({ dice }: Writer, index: number): string {
  const name = `${dice.pick(['tag', 'image', 'a.b', 'name', 'x y', 'newTag', 'k', '1', 'on', 'app.example.com/v'])}${index}`;
  if (dice.chance(0.08)) return `"${name}"`;
  return dice.chance(0.05) ? `'${name}'` : name + (dice.chance(0.03) ? ' ' : '');
}

/** What stands behind a colon or dash, up to the end of its last line. */
function valueText(writer: Writer, indent: number): string {
  const { dice, eol } = writer;
  const nested = writer.budget > 0 && indent < 12;
  const deeper = indent + dice.pick([2, 2, 2, 4, 1, 3]);
  const roll = dice.below(100);
  if (nested && roll < 22)
    return `${anchor(writer)}${comment(writer)}${eol}${blanks(writer, deeper)}${pad(deeper)}${mapLines(writer, deeper)}`;
  if (nested && roll < 34)
    return `${anchor(writer)}${comment(writer)}${eol}${listLines(writer, dice.chance(0.5) ? indent : deeper)}`;
  if (roll < 37) return ` ${flowText(writer, 0)}${comment(writer)}${eol}`;
  if (roll < 38) return ` ${longFlowText(writer, indent)}${comment(writer)}${eol}`;
  if (roll < 39)
    return `${comment(writer)}${eol}${pad(deeper)}${dice.chance(0.5) ? longFlowText(writer, indent) : flowText(writer, 0)}${eol}`;
  if (roll < 40)
    return ` ${writer.wild ? dice.pick(expressions) : '"{{ .name }}"'}${comment(writer)}${eol}`;
  if (roll < 50) return blockText(writer, deeper);
  if (roll < 54) return `${comment(writer)}${eol}`;
  if (roll < 57 && writer.anchors.length > 0)
    return ` *${dice.pick(writer.anchors as [string, ...string[]])}${comment(writer)}${eol}`;
  if (roll < 59)
    return `${eol}${pad(deeper)}# why${eol}${pad(deeper)}${scalarText(writer, false)}${eol}`;
  if (roll < 61) return plainLines(writer, deeper);
  if (roll < 63) return ` "quoted and${eol}${pad(deeper)}more"${eol}`;
  if (roll < 66)
    return ` ${writer.wild ? dice.pick(['!!str', '!own', '!!int']) : '!!str'} ${scalarText(writer, false)}${comment(writer)}${eol}`;
  return `${anchor(writer)}${pad(dice.pick([1, 1, 1, 3]))}${scalarText(writer, false)}${comment(writer)}${eol}`;
}

/** Expressions of templates that happen to be YAML, and some that are not. */
const expressions = [
  '{{ .name }}',
  '{{ .Values.image | default "x" }}',
  '{{name}}',
  '{{ .a }}-{{ .b }}',
  '{{ index .list 0 }}',
  '${NAME}',
  '"{{ .name }}"',
] as const;

function plainLines(writer: Writer, deeper: number): string {
  const { dice, eol, wild } = writer;
  const words = [
    'more',
    'x:y',
    '-x',
    ...(wild ? ['#no', '- dash', 'a #b', 'a: b', '"q"'] : []),
  ] as [string, ...string[]];
  const line = (): string =>
    `${pad(deeper + (dice.chance(0.2) ? 1 : 0))}${dice.pick(words)}${dice.chance(0.1) ? ' ' : ''}${eol}`;
  let text = dice.chance(0.3)
    ? `${eol}${line()}`
    : ` plain and${wild ? comment(writer) : ''}${eol}`;
  for (let count = dice.below(3); count > 0; count -= 1)
    text += line() + (wild ? blanks(writer, deeper) : dice.chance(0.1) ? eol : '');
  return text;
}

/** A flow collection of several lines, its end below its beginning or where a person may put it. */
function longFlowText(writer: Writer, indent: number): string {
  const { dice, eol } = writer;
  const inner = (): string => pad(indent + dice.pick([2, 2, 4, 1]));
  const member = (index: number): string =>
    dice.chance(0.15)
      ? flowText(writer, 1)
      : dice.chance(0.5)
        ? scalarText(writer, true)
        : `"m${index}"`;
  const lines = Array.from({ length: 1 + dice.below(3) }, (_, index) => {
    const gap = dice.chance(0.1) ? `${inner()}# why${eol}` : dice.chance(0.08) ? eol : '';
    return `${gap}${inner()}${member(index)}`;
  });
  const comma = `,${comment(writer)}${eol}`;
  const end = `${dice.chance(0.3) ? ',' : ''}${comment(writer)}${eol}${pad(dice.pick([indent, indent, indent + 2, indent + 1]))}`;
  if (dice.chance(0.6)) return `[${comment(writer)}${eol}${lines.join(comma)}${end}]`;
  const entries = lines.map((line, index) =>
    line.replace(/(\S.*)$/, dice.chance(0.8) ? `k${index}: $1` : `"k${index}": $1`),
  );
  return `{${eol}${entries.join(comma)}${end}}`;
}

function listLines(writer: Writer, indent: number): string {
  const { dice } = writer;
  let text = '';
  const count = 1 + dice.below(3);
  for (let index = 0; index < count; index += 1) {
    writer.budget -= 1;
    text += `${pad(indent)}-`;
    if (writer.budget > 0 && dice.chance(0.35)) {
      const gap = dice.pick([1, 1, 3]);
      text += `${pad(gap)}${mapLines(writer, indent + 1 + gap)}`;
    } else text += valueText(writer, indent);
    if (dice.chance(0.1)) text += blanks(writer, indent);
  }
  return text;
}

function scalarText({ dice }: Writer, flow: boolean): string {
  const text = dice.pick(oddTexts);
  const roll = dice.below(10);
  if (roll < 3) return `"${dice.chance(0.2) ? `\\t${text}\\u00e9` : text}"`;
  if (roll < 5) return `'${dice.chance(0.2) ? `it''s ${text}` : text}'`;
  return flow ? text.replace(/[,[\]]|^[-?:]/g, '_') : text;
}

function blockText(writer: Writer, deeper: number): string {
  const { dice, eol } = writer;
  const header = dice.pick(['|', '>', '|-', '>-', '|+', '>+', `|${deeper > 9 ? '' : ''}`]);
  const lines = dice.chance(0.6) ? 1 : 1 + dice.below(3);
  let text = ` ${header}${comment(writer)}${eol}${dice.chance(0.08) ? eol : ''}`;
  for (let index = 0; index < lines; index += 1) {
    text += `${pad(deeper)}${dice.chance(0.1) && index > 0 ? '  ' : ''}${dice.chance(0.04) ? '\t' : ''}${dice.pick(oddTexts)}${dice.chance(0.05) ? ' ' : ''}${eol}`;
    if (dice.chance(0.12)) text += pad(dice.pick([0, 0, 0, deeper, deeper + 2, deeper - 1])) + eol;
  }
  return text;
}

function flowText(writer: Writer, depth: number): string {
  const { dice } = writer;
  const members = Array.from({ length: dice.below(4) }, (_, index) => {
    const value =
      depth < 2 && dice.chance(0.2)
        ? flowText(writer, depth + 1)
        : dice.chance(0.04)
          ? ''
          : scalarText(writer, true);
    return { key: dice.chance(0.2) ? `"f${index}"` : `f${index}`, value };
  });
  const gap = dice.chance(0.7) ? ' ' : '';
  if (dice.chance(0.5))
    return `[${gap}${members.map(({ value }) => value || 'x').join(',' + gap)}${gap}]`;
  return `{${gap}${members.map(({ key, value }) => `${key}: ${value}`).join(', ')}${gap}}`;
}

function anchor(writer: Writer): string {
  if (!writer.dice.chance(0.06)) return '';
  const name = `a${writer.anchors.length}`;
  writer.anchors.push(name);
  return ` &${name}`;
}

function comment({ dice }: Writer): string {
  if (dice.chance(0.04)) return '   ';
  return dice.chance(0.12)
    ? `${dice.pick([' ', '   '])}#${dice.pick([' why', '', ' {"x": 1} é', ': - x', '\ttab'])}`
    : '';
}

function blanks(writer: Writer, indent: number): string {
  const { dice, eol } = writer;
  if (!dice.chance(0.12)) return '';
  return dice.pick([
    eol,
    `${pad(indent)}# note${eol}`,
    `# at the side: x${eol}`,
    eol + eol,
    `  ${eol}`,
  ]);
}

function pad(count: number): string {
  return ' '.repeat(count);
}

const signs = [
  ' ',
  '  ',
  '\n',
  ':',
  ': ',
  '-',
  '- ',
  '#',
  ' #',
  '"',
  "'",
  '|',
  '>',
  '&a',
  '*a',
  '!',
  '{',
  '}',
  '[',
  ']',
  ',',
  '?',
  '? ',
  '\t',
  '\r',
  '%',
  '---',
  '...',
  '\\',
  '@',
  '=',
  '<<',
  '0',
  '\uFEFF',
  '\u0085',
] as const;

/** The text with a few signs put in, taken out or doubled, so that much of it is no longer YAML. */
export function mutate(text: string, dice: Random): string {
  let result = text;
  for (let count = dice.below(4); count > 0; count -= 1) {
    const at = dice.below(result.length + 1);
    const drop = dice.below(3);
    const insert = dice.chance(0.7) ? dice.pick(signs) : result.slice(at, at + dice.below(12));
    result = result.slice(0, at) + insert + result.slice(at + drop);
  }
  // Half an emoji cannot stand in a file.
  return result.replace(/\p{Surrogate}/gu, 'x');
}
