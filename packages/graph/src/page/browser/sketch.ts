import { edgeCurve, type Curve } from '../drawing.js';
import { markedEdges } from '../marked-edges.js';
import type { PageEdge } from '../page-content.js';
import { palettes } from '../palette.js';
import type { Box } from '../place.js';
import type { Book } from './content.js';
import { html } from './element.js';
import type { Lettering } from './lettering.js';
import { paintSketch, type SketchCard, type SketchEdge } from './paint-sketch.js';
import type { Scene } from './scene.js';
import { zoomLevel } from './zoom-level.js';

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
      paintSketch({
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
