import { LanewiseError, type Place } from './errors.js';
import { show, type Timestamp } from './ids.js';

/**
 * The words a template may use, by name. `committedAt` is what `{date:…}` formats: the source
 * commit's committer date, because "now" is never part of a name.
 */
export interface Words {
  readonly text: Readonly<Record<string, string>>;
  readonly committedAt?: Timestamp;
}

interface WordPart {
  readonly word: string;
  readonly argument: string | undefined;
}

type TemplatePart = string | WordPart;

/** The words a template uses, in order, each once. Throws CONFIG_INVALID where a brace is not closed. */
export function templateWords(template: string, place?: Place): readonly string[] {
  const words = splitTemplate(template, place).flatMap((part) =>
    typeof part === 'string' ? [] : [part.word],
  );
  return [...new Set(words)];
}

/**
 * Fills a template: `{product}`, `{commit:8}` (the first characters of a word), `{shortCommit}`
 * (always 8), `{date:%Y%m%d}` (UTC). `{{` and `}}` stand for single braces.
 * Throws CONFIG_INVALID for a word that has no value.
 */
export function renderTemplate(template: string, words: Words, place?: Place): string {
  let text = '';
  for (const part of splitTemplate(template, place)) {
    text += typeof part === 'string' ? part : renderWord(part, words, template, place);
  }
  return text;
}

/**
 * Fills the words that have a value and leaves the others as they stand, for a template that is
 * filled in two steps. Throws CONFIG_INVALID where a brace is not closed.
 */
export function bindTemplate(template: string, words: Readonly<Record<string, string>>): string {
  const escaped = (text: string): string => text.replace(/[{}]/g, (brace) => brace + brace);
  return splitTemplate(template, undefined)
    .map((part) => {
      if (typeof part === 'string') return escaped(part);
      if (own(words, part.word) !== undefined)
        return escaped(renderWord(part, { text: words }, template));
      return part.argument === undefined ? `{${part.word}}` : `{${part.word}:${part.argument}}`;
    })
    .join('');
}

/** A configuration has few templates and fills each for thousands of pins: they are taken apart once. */
const taken = new Map<string, readonly TemplatePart[]>();
const mostTaken = 5000;

function splitTemplate(template: string, place: Place | undefined): readonly TemplatePart[] {
  const known = taken.get(template);
  if (known !== undefined) return known;
  const parts: TemplatePart[] = [];
  const token = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;
  let from = 0;
  for (const match of template.matchAll(token)) {
    if (match.index > from) parts.push(template.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[0] === '{{' || match[0] === '}}') parts.push(match[0].charAt(0));
    else if (match[1] === undefined) throw unclosed(template, place);
    else parts.push(splitWord(match[1]));
  }
  if (from < template.length) parts.push(template.slice(from));
  if (taken.size >= mostTaken) taken.clear();
  taken.set(template, parts);
  return parts;
}

function splitWord(inside: string): WordPart {
  const colon = inside.indexOf(':');
  if (colon < 0) return { word: inside, argument: undefined };
  return { word: inside.slice(0, colon), argument: inside.slice(colon + 1) };
}

function renderWord(part: WordPart, words: Words, template: string, place?: Place): string {
  if (part.word === 'date' && words.committedAt !== undefined) {
    return formatDate(words.committedAt, part.argument ?? '%Y%m%d');
  }
  const value =
    part.word === 'shortCommit' ? words.text['commit']?.slice(0, 8) : own(words.text, part.word);
  if (value === undefined) throw unknownWord(part.word, template, words, place);
  if (part.argument === undefined) return value;
  if (!/^[1-9][0-9]?$/.test(part.argument)) {
    throw new LanewiseError(
      'CONFIG_INVALID',
      `In the template ${show(template)} the number of characters of '{${part.word}:…}' is no number.`,
      {
        place,
        hint: `Write '{${part.word}:8}' for the first eight characters.`,
      },
    );
  }
  return value.slice(0, Number(part.argument));
}

function own(record: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** A point in time by strftime's `%Y %y %m %d %H %M %S %j`, in UTC. */
function formatDate(at: Timestamp, format: string): string {
  const date = new Date(at * 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const yearStart = Date.UTC(date.getUTCFullYear(), 0, 1);
  const fields: Record<string, string> = {
    Y: String(date.getUTCFullYear()),
    y: two(date.getUTCFullYear() % 100),
    m: two(date.getUTCMonth() + 1),
    d: two(date.getUTCDate()),
    H: two(date.getUTCHours()),
    M: two(date.getUTCMinutes()),
    S: two(date.getUTCSeconds()),
    j: String(Math.floor((date.getTime() - yearStart) / 86_400_000) + 1).padStart(3, '0'),
    '%': '%',
  };
  return format.replace(/%(.)/g, (whole, letter: string) => fields[letter] ?? whole);
}

function unclosed(template: string, place: Place | undefined): LanewiseError {
  return new LanewiseError(
    'CONFIG_INVALID',
    `The template ${show(template)} has a brace without its partner.`,
    {
      place,
      hint: "Words stand in braces, such as '{product}'; a brace itself is written twice: '{{'.",
    },
  );
}

function unknownWord(word: string, template: string, words: Words, place?: Place): LanewiseError {
  const known = [...Object.keys(words.text), ...(words.committedAt === undefined ? [] : ['date'])];
  return new LanewiseError(
    'CONFIG_INVALID',
    `The template ${show(template)} uses the word '{${word}}', which is not known there.`,
    {
      place,
      hint: `Known here: ${known.sort().join(', ')}. Words of your own stand under 'vars'.`,
    },
  );
}
