import { scalarTypeOf } from '../yaml/scalar-type.js';
import type { ScalarNode } from '../yaml/outline.js';

const pairs: readonly (readonly [string, string])[] = [
  ['true', 'false'],
  ['yes', 'no'],
  ['on', 'off'],
  ['y', 'n'],
];

/**
 * How a constant (a switch) is written into a scalar whose type stays: a Boolean in the spelling
 * that the old one has (`yes` becomes `no`), a number as a number, and text where it was text. null:
 * the old value is of another type.
 */
export function typedText(node: ScalarNode, value: number | boolean): string | null {
  const type =
    node.style === 'plain' || node.style === 'empty' ? scalarTypeOf(node.text) : 'string';
  if (typeof value === 'number' && !Number.isFinite(value)) return null;
  if (type === 'string' || type === 'null') return String(value);
  if (typeof value === 'number') return type === 'number' ? sameNumber(node.text, value) : null;
  return type === 'boolean' ? sameSpelling(node.text, value) : null;
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
