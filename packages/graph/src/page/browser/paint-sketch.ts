import { dashesOf } from '../draw-svg.js';
import { inset, type Curve } from '../drawing.js';
import type { PageEdge, PageNode } from '../page-content.js';
import type { Palette } from '../palette.js';
import type { Box } from '../place.js';
import type { CardLetters } from './lettering.js';
import type { ZoomLevel } from './zoom-level.js';

/** More lines at once are a veil, and each costs: beyond these they are drawn straight. */
const mostCurves = 700;
/** And of more than these, evenly, only so many. */
const mostLines = 1500;

export interface SketchCard {
  readonly node: PageNode;
  readonly number: number;
  readonly box: Box;
  readonly letters: CardLetters;
}

export interface SketchEdge {
  readonly edge: PageEdge;
  readonly curve: Curve;
  readonly isMarked: boolean;
}

/** All that a frame is painted from. */
export interface Frame {
  readonly pen: CanvasRenderingContext2D;
  readonly palette: Palette;
  readonly font: string;
  readonly level: ZoomLevel;
  readonly cards: readonly SketchCard[];
  readonly edges: readonly SketchEdge[];
  /** Which side of the lit node an edge or a card is on; null: neither. */
  readonly sideOf: (node: number) => 'down' | 'up' | null;
  readonly lit: number | null;
  readonly chosen: number | null;
  readonly isDim: (node: number) => boolean;
  readonly hasFound: boolean;
}

/** Paints lines, cards, texts and the lit lines above them, in the looks of the style sheet. */
export function paintSketch(frame: Frame): void {
  paintEdges(frame);
  paintCards(frame);
  if (frame.level !== 'far') paintText(frame);
  paintLitEdges(frame);
}

function paintEdges(frame: Frame): void {
  const { pen, palette, edges, lit, hasFound } = frame;
  const isStraight = edges.length > mostCurves;
  for (const isMarked of [false, true]) {
    for (const type of ['static', 'dynamic', 'implicit'] as const) {
      const some = edges.filter((one) => one.isMarked === isMarked && one.edge[2] === type);
      if (some.length === 0) continue;
      pen.globalAlpha = hasFound ? 0.4 : lit === null ? 1 : isMarked ? 0.6 : 0.4;
      pen.strokeStyle = isMarked ? palette.affectedBorder : palette.edge;
      pen.lineWidth = isMarked ? 2 : 1;
      stroke(frame, isMarked ? some : thinned(some), isStraight, dashesOf(type));
    }
  }
  pen.globalAlpha = 1;
}

function thinned(edges: readonly SketchEdge[]): readonly SketchEdge[] {
  const step = Math.ceil(edges.length / mostLines);
  return step <= 1 ? edges : edges.filter((_edge, place) => place % step === 0);
}

function paintLitEdges(frame: Frame): void {
  const { pen, palette, edges, lit } = frame;
  if (lit === null) return;
  for (const side of ['down', 'up'] as const) {
    pen.strokeStyle = palette[side];
    pen.lineWidth = 1.75;
    stroke(
      frame,
      edges.filter(({ edge }) => edge[side === 'down' ? 0 : 1] === lit),
      false,
      '',
    );
  }
}

function stroke(
  { pen }: Frame,
  edges: readonly SketchEdge[],
  isStraight: boolean,
  dashes: string,
): void {
  pen.setLineDash(isStraight || dashes === '' ? [] : dashes.split(' ').map(Number));
  pen.beginPath();
  for (const { curve } of edges) {
    const { from, bendFrom, bendTo, to } = curve;
    pen.moveTo(...from);
    if (isStraight) pen.lineTo(...to);
    else pen.bezierCurveTo(...bendFrom, ...bendTo, ...to);
  }
  pen.stroke();
  pen.setLineDash([]);
}

/** Cards of one look are one path. */
function paintCards(frame: Frame): void {
  const { pen, palette, level } = frame;
  for (const [look, cards] of byLook(frame)) {
    const [alpha, fill, border, thickness] = look.split(' ');
    pen.globalAlpha = Number(alpha);
    pen.fillStyle = fill ?? '';
    pen.beginPath();
    for (const { box } of cards) {
      if (level === 'far') pen.rect(box.x, box.y, box.width, box.height);
      else pen.roundRect(box.x, box.y, box.width, box.height, 6);
    }
    pen.fill();
    if (border === undefined || border === '-') continue;
    pen.strokeStyle = border;
    pen.lineWidth = Number(thickness);
    pen.stroke();
  }
  if (level === 'far') {
    pen.globalAlpha = 1;
    return;
  }
  for (const { node, number, box } of frame.cards) {
    pen.globalAlpha = frame.isDim(number) ? 0.3 : 1;
    if (node.kind === 'product') {
      pen.fillStyle = palette.product;
      pen.fillRect(box.x, box.y + 6, 3, box.height - 12);
    }
    if (!node.origin) continue;
    pen.fillStyle = palette.affectedBorder;
    pen.beginPath();
    pen.arc(box.x + box.width - 10, box.y + 10, 3.5, 0, 7);
    pen.fill();
  }
  pen.globalAlpha = 1;
}

function byLook(frame: Frame): Map<string, SketchCard[]> {
  const looks = new Map<string, SketchCard[]>();
  for (const card of frame.cards) {
    const look = lookOf(card, frame);
    const same = looks.get(look);
    if (same === undefined) looks.set(look, [card]);
    else same.push(card);
  }
  return looks;
}

/** `alpha fill border thickness`, as the style sheet has them. */
function lookOf({ node, number }: SketchCard, frame: Frame): string {
  const { palette, level, chosen, sideOf, isDim, hasFound } = frame;
  const dim = isDim(number) ? (hasFound ? 0.3 : 0.45) : 1;
  const isChosen = number === chosen;
  const side = sideOf(number);
  const border = isChosen ? palette.down : side === null ? null : palette[side];
  const thickness = isChosen ? 2.5 : 1;
  if (level !== 'far') {
    const fill = node.affected ? palette.affected : palette.node;
    const plain = node.affected ? palette.affectedBorder : palette.border;
    return `${dim} ${fill} ${border ?? plain} ${thickness}`;
  }
  if (node.affected) return `${dim} ${palette.affectedBorder} ${border ?? '-'} ${thickness}`;
  return node.kind === 'product'
    ? `${dim * 0.65} ${palette.product} ${border ?? '-'} ${thickness}`
    : `${dim} ${palette.block} ${border ?? '-'} ${thickness}`;
}

const labelShift = [0, 7, 15, 22];

function paintText(frame: Frame): void {
  const { pen, palette, font, level, cards, isDim } = frame;
  for (const { node, number, box, letters } of cards) {
    const { label, lines } = letters;
    pen.globalAlpha = isDim(number) ? 0.3 : 1;
    pen.fillStyle = node.affected ? palette.affectedText : palette.text;
    pen.font = `${node.kind === 'project' ? 400 : 600} 13px ${font}`;
    const shift = level === 'middle' ? (labelShift[lines.length] ?? 0) : 0;
    pen.fillText(label, box.x + inset, box.y + 18 + shift);
    if (level === 'middle') continue;
    pen.fillStyle = node.affected ? palette.affectedText : palette.quiet;
    lines.forEach(({ strong, rest, restAt }, place) => {
      const y = box.y + 33 + place * 15;
      pen.font = `600 11px ${font}`;
      pen.fillText(strong, box.x + inset, y);
      pen.font = `400 11px ${font}`;
      pen.fillText(rest, box.x + inset + restAt, y);
    });
  }
  pen.globalAlpha = 1;
}
