import { scalarTypeOf } from '../yaml/scalar-type.js';

const pairs: readonly (readonly [string, string])[] = [
  ['true', 'false'],
  ['yes', 'no'],
  ['on', 'off'],
  ['y', 'n'],
];

/**
 * How a constant (a switch) is written over a text: a Boolean in the spelling that the old one has
 * (`yes` becomes `no`), a number as a number. null: the old text is of another type. A text that is
 * quoted in the file, or is a word like any other, takes the constant as text.
 */
export function typedText(old: string, value: string | number | boolean): string | null {
  if (typeof value === 'string') return value;
  const type = scalarTypeOf(old);
  if (typeof value === 'number' && !Number.isFinite(value)) return null;
  if (type === 'string' || type === 'null') return String(value);
  if (typeof value === 'number') return type === 'number' ? sameNumber(old, value) : null;
  return type === 'boolean' ? sameSpelling(old, value) : null;
}

function sameNumber(text: string, value: number): string {
  return Number(text) === value ? text : String(value);
}

function sameSpelling(text: string, value: boolean): string {
  const pair = pairs.find((spellings) => spellings.includes(text.toLowerCase())) ?? pairs[0];
  const word = pair?.[value ? 0 : 1] ?? String(value);
  if (text.length > 1 && text === text.toUpperCase()) return word.toUpperCase();
  return /^[A-Z]/.test(text) ? word.charAt(0).toUpperCase() + word.slice(1) : word;
}
