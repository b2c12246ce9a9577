import {
  cardLines,
  estimate,
  fitLabel,
  fitLine,
  inset,
  type CardSize,
  type Measure,
} from '../drawing.js';
import type { Book } from './content.js';

/** The texts of a card, cut to its width. */
export interface CardLetters {
  readonly label: string;
  readonly lines: readonly CardLetterLine[];
}

export interface CardLetterLine {
  readonly strong: string;
  readonly rest: string;
  /** Where the rest begins, from where the line does. */
  readonly restAt: number;
}

export type Lettering = (node: number, size: CardSize, width: number) => CardLetters;

/** Cuts texts in the page's own font, each card's once. */
export function makeLettering(book: Book): Lettering {
  const measure = makeMeasure();
  const known = new Map<string, CardLetters>();
  return (number, size, width) => {
    const key = `${number} ${size} ${width}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const node = book.nodes[number];
    if (node === undefined) throw new Error('unreachable');
    const room = width - 2 * inset;
    const lines = cardLines(node, size).map((line): CardLetterLine => {
      const { strong, rest } = fitLine(line, room, measure);
      return { strong, rest, restAt: strong === '' ? 0 : measure(`${strong} `, 11, true) };
    });
    const letters = { label: fitLabel(node, room, measure), lines };
    known.set(key, letters);
    return letters;
  };
}

function makeMeasure(): Measure {
  const pen = document.createElement('canvas').getContext('2d');
  if (pen === null) return estimate;
  const { fontFamily } = getComputedStyle(document.body);
  return (text, fontSize, isBold) => {
    pen.font = `${isBold ? 600 : 400} ${fontSize}px ${fontFamily}`;
    return pen.measureText(text).width;
  };
}
