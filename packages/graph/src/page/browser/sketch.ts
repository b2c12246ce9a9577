import { dashesOf } from '../draw-svg.js';
import { edgeCurve, inset, type Curve } from '../drawing.js';
import { markedEdges } from '../marked-edges.js';
import type { PageEdge, PageNode } from '../page-content.js';
import { palettes, type Palette } from '../palette.js';
import type { Box } from '../place.js';
import type { Book } from './content.js';
import { html } from './element.js';
import type { CardLetters, Lettering } from './lettering.js';
import type { Scene } from './scene.js';
import { zoomLevel, type ZoomLevel } from './zoom-level.js';

/** Where the drawing lies: as d3-zoom has it. */
export interface Lie {
  readonly k: number;
  readonly x: number;
  readonly y: number;
}

/**
 * The drawing as it is seen while it moves: on a canvas over the SVG, which stands still meanwhile.
 * To lay out a thousand texts of an SVG anew takes longer than a frame; to paint those in sight
 * does not.
 */
export interface Sketch {
  readonly root: HTMLCanvasElement;
  readonly draw: (scene: Scene) => void;
  readonly mark: (chosen: number | null, lit: number | null) => void;
  readonly find: (found: ReadonlySet<number> | null) => void;
  /** Whether the drawing is so large that moving it itself would not be smooth. */
  readonly isNeeded: () => boolean;
  readonly isShown: () => boolean;
  /** Paints what is seen from here, in a room of so many pixels. */
  readonly show: (lie: Lie, width: number, height: number) => void;
  /** Keeps the pointer from what is below, until the sketch is hidden. */
  readonly cover: () => void;
  readonly hide: () => void;
}

/** Up to here the SVG itself moves. */
const fewParts = 60;
/** More lines at once are a veil, and each costs: beyond these they are drawn straight. */
const mostCurves = 700;
/** And of more than these, evenly, only so many. */
const mostLines = 1500;

interface SketchCard {
  readonly node: PageNode;
  readonly number: number;
  readonly box: Box;
  readonly letters: CardLetters;
}

interface SketchEdge {
  readonly edge: PageEdge;
  readonly curve: Curve;
  readonly isMarked: boolean;
}

/** All that a frame is painted from. */
interface Frame {
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

export function makeSketch(book: Book, letter: Lettering): Sketch {
  const root = html('canvas', { id: 'sketch', 'aria-hidden': 'true' });
  const pen = root.getContext('2d', { alpha: false });
  const marked = markedEdges(book.nodes);
  const forced = matchMedia('(forced-colors: active)');
  let cards: SketchCard[] = [];
  let edges: SketchEdge[] = [];
  let ties: readonly PageEdge[] = [];
  let sides = new Map<number, 'down' | 'up'>();
  let marks: { chosen: number | null; lit: number | null } = { chosen: null, lit: null };
  let found: ReadonlySet<number> | null = null;
  let isShown = false;
  root.hidden = true;

  return {
    root,
    isShown: () => isShown,
    isNeeded: () => pen !== null && !forced.matches && cards.length + edges.length > fewParts,
    draw: ({ order, placed, size, drawn, edges: all }) => {
      cards = order.flatMap((number) => {
        const [node, box] = [book.nodes[number], placed.boxes.get(number)];
        if (node === undefined || box === undefined) return [];
        return [{ node, number, box, letters: letter(number, size, box.width) }];
      });
      ties = all;
      edges = drawn.flatMap((edge) => sketchEdge(edge, placed.boxes, marked));
      sides = new Map();
      marks = { chosen: null, lit: null };
      found = null;
    },
    mark: (chosen, lit) => {
      marks = { chosen, lit };
      sides = new Map();
      for (const [source, target] of ties) {
        if (source === lit) sides.set(target, 'down');
        else if (target === lit) sides.set(source, 'up');
      }
    },
    find: (next) => {
      found = next;
    },
    show: ({ k, x, y }, width, height) => {
      if (pen === null) return;
      const density = Math.min(2, devicePixelRatio);
      const [across, along] = [Math.round(width * density), Math.round(height * density)];
      if (root.width !== across) root.width = across;
      if (root.height !== along) root.height = along;
      const palette = document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light';
      const seen = { x: -x / k, y: -y / k, width: width / k, height: height / k };
      pen.setTransform(1, 0, 0, 1, 0, 0);
      pen.fillStyle = palettes[palette].page;
      pen.fillRect(0, 0, across, along);
      pen.setTransform(density * k, 0, 0, density * k, density * x, density * y);
      const level = zoomLevel(k);
      paint({
        pen,
        palette: palettes[palette],
        font: getComputedStyle(document.body).fontFamily,
        level,
        cards: cards.filter(({ box }) => isSeen(box, seen)),
        edges: edges.filter(({ curve }) => isSeen(boundsOf(curve), seen)),
        sideOf: (node) => sides.get(node) ?? null,
        ...marks,
        isDim: (node) =>
          found === null
            ? level === 'far' && marks.lit !== null && marks.lit !== node && !sides.has(node)
            : !found.has(node),
        hasFound: found !== null,
      });
      if (isShown) return;
      isShown = true;
      root.hidden = false;
    },
    cover: () => root.classList.add('covers'),
    hide: () => {
      isShown = false;
      root.hidden = true;
      root.classList.remove('covers');
    },
  };
}

function sketchEdge(
  edge: PageEdge,
  boxes: ReadonlyMap<number, Box>,
  marked: ReadonlySet<string>,
): SketchEdge[] {
  const [from, to] = [boxes.get(edge[0]), boxes.get(edge[1])];
  if (from === undefined || to === undefined) return [];
  return [{ edge, curve: edgeCurve(from, to), isMarked: marked.has(`${edge[0]} ${edge[1]}`) }];
}

function isSeen(box: Box, seen: Box): boolean {
  return (
    box.x <= seen.x + seen.width &&
    box.x + box.width >= seen.x &&
    box.y <= seen.y + seen.height &&
    box.y + box.height >= seen.y
  );
}

/** The curve lies within its four points. */
function boundsOf({ from, bendFrom, bendTo, to }: Curve): Box {
  const left = Math.min(from[0], bendFrom[0], bendTo[0], to[0]);
  const right = Math.max(from[0], bendFrom[0], bendTo[0], to[0]);
  const top = Math.min(from[1], to[1]);
  return { x: left, y: top, width: right - left, height: Math.max(from[1], to[1]) - top };
}

function paint(frame: Frame): void {
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
