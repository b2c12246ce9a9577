import type { Box } from './place.js';
import { sizes } from './place.js';
import type { PageNode, PageVersion } from './page-content.js';

/** Room for text inside a node, left and right. */
export const inset = 10;

/** A line below a node's name: what it says, and where that holds. */
export interface CardLine {
  readonly strong: string;
  readonly rest: string;
}

/** How much a card tells: beside many others one line is enough, and all of them fit. */
export type CardSize = 'full' | 'short';

const mostLines = 3;
/** Above this many nodes cards are short. */
const mostFull = 120;

export function cardSize(shown: number): CardSize {
  return shown > mostFull ? 'short' : 'full';
}

export function heightOf(node: PageNode | undefined, size: CardSize): number {
  return sizes.project + (node === undefined ? 0 : cardLines(node, size).length * sizes.line);
}

/** Wide enough for nineteen of twenty names, where cards are few: beside many, all of them fit as they are. */
export function widthOf(nodes: readonly (PageNode | undefined)[], size: CardSize): number {
  if (size === 'short') return sizes.width;
  const widths = nodes
    .map((node) => (node === undefined ? 0 : estimate(node.label, 13, node.kind !== 'project')))
    .sort((one, other) => one - other);
  const most = widths[Math.ceil(widths.length * 0.95) - 1] ?? 0;
  return Math.round(Math.max(sizes.width, Math.min(most + 2 * inset, sizes.widest)));
}

/** The lines of a node: what runs where, or how many projects a folder holds. */
export function cardLines(node: PageNode, size: CardSize): readonly CardLine[] {
  if (node.kind === 'folder') {
    const { length } = node.members;
    return [{ strong: '', rest: length === 1 ? '1 project' : `${length} projects` }];
  }
  return versionLines(node.versions, size);
}

/** The same as one text. */
export function cardText(node: PageNode): string {
  return cardLines(node, 'full')
    .map(({ strong, rest }) => `${strong} ${rest}`.trim())
    .join(', ');
}

/**
 * `1.4.2 dev, staging` and `1.4.1 prod`: a line for each version, environments that follow each
 * other and agree on one. What is too much for a card is counted; the details show all of it.
 */
function versionLines(versions: readonly PageVersion[], size: CardSize): CardLine[] {
  const runs: { readonly text: string; readonly environments: string[] }[] = [];
  for (const { environment, text } of versions) {
    const last = runs.at(-1);
    if (last?.text === text) last.environments.push(environment);
    else runs.push({ text, environments: [environment] });
  }
  const lines = runs.map(({ text, environments }) => ({
    strong: text,
    rest: runs.length === 1 && environments.length > 2 ? 'everywhere' : span(environments),
  }));
  if (size === 'short' && runs.length > 1) {
    return [{ strong: `${runs[0]?.text ?? ''} … ${runs.at(-1)?.text ?? ''}`, rest: '' }];
  }
  if (lines.length <= mostLines) return lines;
  const shown = lines.slice(0, mostLines - 1);
  return [...shown, { strong: '', rest: `and ${lines.length - shown.length} more` }];
}

function span(environments: readonly string[]): string {
  const [first = ''] = environments;
  return environments.length > 2
    ? `${first} – ${environments.at(-1) ?? ''}`
    : environments.join(', ');
}

/** Width of a text in pixels. */
export type Measure = (text: string, fontSize: number, isBold: boolean) => number;

/** A line cut to its room: the version whole if it can be, then what is left of the rest. */
export function fitLine({ strong, rest }: CardLine, width: number, measure: Measure): CardLine {
  const first = fitText(strong, width, (text) => measure(text, 11, true));
  const left = width - measure(`${first} `, 11, true);
  const fits = (text: string): number => measure(text, 11, false);
  return { strong: first, rest: left < 22 ? '' : fitText(rest, left, fits) };
}

/** A node's name, cut to its room. */
export function fitLabel(node: PageNode, width: number, measure: Measure): string {
  return fitText(node.label, width, (text) => measure(text, 13, node.kind !== 'project'));
}

/** Text cut in its middle, as the ends of names say most. */
export function fitText(text: string, width: number, measure: (text: string) => number): string {
  if (measure(text) <= width) return text;
  const letters = [...text];
  const cut = (kept: number): string => {
    const head = Math.ceil(kept / 2);
    return `${letters.slice(0, head).join('')}…${letters.slice(letters.length - (kept - head)).join('')}`;
  };
  let [fits, tooMany] = [0, letters.length];
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1;
    if (measure(cut(middle)) <= width) fits = middle;
    else tooMany = middle;
  }
  return cut(fits);
}

/** Where a line begins and ends, and the two points that bend it: of a cubic Bézier curve. */
export interface Curve {
  readonly from: Point;
  readonly bendFrom: Point;
  readonly bendTo: Point;
  readonly to: Point;
}

type Point = readonly [x: number, y: number];

/** A line from one box to the other: out at the right and in at the left, or around where it goes back. */
export function edgeCurve(from: Box, to: Box): Curve {
  const [y1, y2] = [middle(from), middle(to)];
  const [right, left] = [from.x + from.width, to.x];
  const end = to.x + to.width;
  if (left >= right) {
    const bend = Math.max(24, Math.min((left - right) / 2, 140));
    return curve([right, y1], [right + bend, y1], [left - bend, y2], [left, y2]);
  }
  if (end <= from.x) {
    const bend = Math.max(24, Math.min((from.x - end) / 2, 140));
    return curve([from.x, y1], [from.x - bend, y1], [end + bend, y2], [end, y2]);
  }
  // One above the other: a bow at the right side.
  const bow = Math.max(right, end) + 34;
  return curve([right, y1], [bow, y1], [bow, y2], [end, y2]);
}

/** The same as the `d` of an SVG path. */
export function edgePath(fromBox: Box, toBox: Box): string {
  const { from, bendFrom, bendTo, to } = edgeCurve(fromBox, toBox);
  return `M${from.join(' ')}C${[bendFrom, bendTo, to].map((point) => point.join(' ')).join(' ')}`;
}

function curve(from: Point, bendFrom: Point, bendTo: Point, to: Point): Curve {
  return { from, bendFrom, bendTo, to };
}

function middle({ y, height }: Box): number {
  return Math.round(y + height / 2);
}

/** Widths where no font is at hand: those of a wide sans-serif one, to be on the safe side. */
export const estimate: Measure = (text, fontSize, isBold) =>
  [...text].reduce((sum, letter) => sum + letterWidth(letter), 0) * fontSize * (isBold ? 1.1 : 1);

function letterWidth(letter: string): number {
  if (/[ijltfrI.,:;'|!()[\]/ -]/.test(letter)) return 0.36;
  if (/[mwMW@%]/.test(letter)) return 0.92;
  if (/[A-Z]/.test(letter)) return 0.74;
  return /[\u1100-\u115f\u2e80-\u{3ffff}]/u.test(letter) ? 1.05 : 0.62;
}
