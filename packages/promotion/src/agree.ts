import { isRecognising, type Pin } from '@lanewise/model';
import type { PinValue } from './cell.js';

/**
 * Tells whether pins that hold no known release hold one thing: each template is read backwards,
 * and the words that several pins hold (`tag` of the same image, say) must be the same.
 */
export function pinsAgree(pins: readonly Pin[], values: readonly PinValue[]): boolean {
  const known = new Map<string, string>();
  return pins.every((pin, index) => {
    const value = values[index];
    if (!isRecognising(pin) || value?.kind !== 'value') return true;
    const words = invert(String(pin.value), value);
    if (words === null) return false;
    return words.every(([word, text]) => {
      const key = wordKey(word, pin);
      const before = known.get(key);
      if (before === undefined) known.set(key, text);
      return before === undefined || before === text;
    });
  });
}

/** The words that a pin's value stands for, read backwards through its template; none where it does not fit. */
export function wordsAt(pin: Pin, value: PinValue): readonly string[] {
  if (!isRecognising(pin) || value.kind !== 'value') return [];
  return (invert(String(pin.value), value) ?? []).map(([, text]) => text);
}

const imageWords = ['image', 'tag', 'digest'];

/** Words of an image belong to that image; the others are the release's. */
function wordKey(word: string, pin: Pin): string {
  return imageWords.includes(word) ? `${pin.of} ${word}` : word;
}

function invert(
  template: string,
  value: Extract<PinValue, { kind: 'value' }>,
): readonly (readonly [string, string])[] | null {
  const { words, shape } = shapeOf(template);
  const match = shape.exec(value.text) ?? shape.exec(value.whole);
  if (match === null) return null;
  return words.map((word, index) => [word, match[index + 1] ?? ''] as const);
}

/** A template read backwards: its words in order, and what finds them. */
interface Shape {
  readonly words: readonly string[];
  readonly shape: RegExp;
}

/** A configuration has few templates, and thousands of texts are read through them. */
const shapes = new Map<string, Shape>();
const mostShapes = 1000;

function shapeOf(template: string): Shape {
  const known = shapes.get(template);
  if (known !== undefined) return known;
  const words: string[] = [];
  const source = template
    .split(/(\{\{|\}\}|\{[^{}]*\})/)
    .map((part) => {
      if (part === '{{' || part === '}}') return escape(part.charAt(0));
      if (!/^\{.*\}$/.test(part)) return escape(part);
      const word = part.slice(1, -1);
      words.push(word);
      // a registry may have a port: an image's name goes up to the last sign that can follow it
      return word === 'image' ? '(.+)' : '(.+?)';
    })
    .join('');
  const made = { words, shape: new RegExp(`^${source}$`, 's') };
  if (shapes.size >= mostShapes) shapes.clear();
  shapes.set(template, made);
  return made;
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
