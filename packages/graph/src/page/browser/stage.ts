import { dashesOf } from '../draw-svg.js';
import { cardText, edgePath, inset } from '../drawing.js';
import { markedEdges } from '../marked-edges.js';
import type { PageEdge } from '../page-content.js';
import type { Box } from '../place.js';
import type { Book } from './content.js';
import { html, svg } from './element.js';
import { makeLettering, type CardLetters } from './lettering.js';
import type { Scene } from './scene.js';
import { makeSketch, type Sketch } from './sketch.js';

/** The drawing: an SVG whose nodes can be reached by pointer, keyboard and screen reader. */
export interface Stage {
  readonly root: SVGSVGElement;
  /** What zooming moves. */
  readonly world: SVGGElement;
  /** What is seen instead while the drawing moves. */
  readonly sketch: Sketch;
  readonly draw: (scene: Scene) => void;
  /** Marks the chosen node and lights the edges of `lit` (the chosen node, or the one pointed at). */
  readonly mark: (chosen: number | null, lit: number | null) => void;
  /** Dims all nodes but these; null: none. */
  readonly find: (found: ReadonlySet<number> | null) => void;
  readonly element: (node: number) => SVGGElement | undefined;
  /**
   * Takes cards that are out of sight out of the drawing, where there are many: text is the dearest
   * part of a zoom, whether it is seen or not.
   */
  readonly cull: (seen: Box) => void;
}

/** Up to here all cards are kept. */
const fewCards = 250;

export interface StageEvents {
  readonly onChoose: (node: number | null) => void;
  readonly onOpen: (node: number) => void;
  readonly onPoint: (node: number | null) => void;
}

export function makeStage(book: Book, events: StageEvents): Stage {
  const base = svg('g', { class: 'edges' });
  const light = svg('g', { class: 'edges lit' });
  const cards = svg('g', { class: 'nodes' });
  const world = svg('g', {}, base, cards, light);
  const root = svg(
    'svg',
    { id: 'stage', role: 'application', 'aria-label': 'Graph', 'aria-describedby': 'stage-help' },
    svg('defs', {}, arrow('down'), arrow('up')),
    world,
  );
  const marked = markedEdges(book.nodes);
  const letter = makeLettering(book);
  const sketch = makeSketch(book, letter);
  const elements = new Map<number, SVGGElement>();
  let scene: Scene | null = null;
  const away = new Set<number>();

  const nodeOf = (event: Event): number | null => {
    const card = event.target instanceof Element ? event.target.closest('.node') : null;
    return card === null ? null : Number(card.getAttribute('data-node'));
  };
  root.addEventListener('click', (event) => events.onChoose(nodeOf(event)));
  root.addEventListener('dblclick', (event) => {
    const node = nodeOf(event);
    if (node !== null) events.onOpen(node);
  });
  root.addEventListener('pointerover', (event) => {
    if (!sketch.isShown()) events.onPoint(nodeOf(event));
  });
  root.addEventListener('pointerleave', () => events.onPoint(null));

  return {
    root,
    world,
    sketch,
    element: (node) => elements.get(node),
    cull: (seen) => {
      if (elements.size <= fewCards) return;
      for (const [node, card] of elements) {
        const box = scene?.placed.boxes.get(node);
        const isAway = box === undefined || !touches(box, seen);
        if (isAway === away.has(node)) continue;
        card.classList.toggle('away', isAway);
        if (isAway) away.add(node);
        else away.delete(node);
      }
    },
    draw: (next) => {
      scene = next;
      elements.clear();
      away.clear();
      for (const node of next.order) {
        const box = next.placed.boxes.get(node);
        if (box !== undefined)
          elements.set(node, drawCard(book, node, box, letter(node, next.size, box.width)));
      }
      sketch.draw(next);
      base.replaceChildren(...drawEdges(next, marked));
      light.replaceChildren();
      cards.replaceChildren(...elements.values());
      root.classList.remove('has-lit', 'has-found');
      root.classList.toggle('many', elements.size > fewCards);
    },
    mark: (chosen, lit) => {
      for (const card of cards.querySelectorAll('.chosen, .near, .down, .up')) {
        card.classList.remove('chosen', 'near', 'down', 'up');
      }
      if (chosen !== null) elements.get(chosen)?.classList.add('chosen');
      const near = lit === null || scene === null ? [] : lightEdges(scene, lit, elements);
      light.replaceChildren(...near);
      sketch.mark(chosen, lit);
      root.classList.toggle('has-lit', lit !== null && elements.has(lit));
    },
    find: (found) => {
      root.classList.toggle('has-found', found !== null);
      sketch.find(found);
      for (const [node, card] of elements)
        card.classList.toggle('found', found?.has(node) === true);
    },
  };
}

function touches(box: Box, seen: Box): boolean {
  return (
    box.x < seen.x + seen.width &&
    box.x + box.width > seen.x &&
    box.y < seen.y + seen.height &&
    box.y + box.height > seen.y
  );
}

/** Edges that nobody asked for, in one path for each look: thousands of elements would be slow. */
function drawEdges({ drawn, placed }: Scene, marked: ReadonlySet<string>): SVGPathElement[] {
  const paths = new Map<string, { readonly type: PageEdge[2]; d: string }>();
  for (const [source, target, type] of drawn) {
    const [from, to] = [placed.boxes.get(source), placed.boxes.get(target)];
    if (from === undefined || to === undefined) continue;
    const look = `${marked.has(`${source} ${target}`) ? 'marked' : 'plain'} ${type}`;
    const path = paths.get(look) ?? { type, d: '' };
    path.d += edgePath(from, to);
    paths.set(look, path);
  }
  return [...paths]
    .sort(([one], [other]) => (one < other ? 1 : -1))
    .map(([look, { type, d }]) =>
      svg('path', { class: look, d, 'stroke-dasharray': dashesOf(type) || null }),
    );
}

/** The edges of one node above everything, with arrows, and its neighbours brought forward. */
function lightEdges(
  { edges, placed }: Scene,
  node: number,
  elements: ReadonlyMap<number, SVGGElement>,
): SVGPathElement[] {
  elements.get(node)?.classList.add('near');
  return edges.flatMap(([source, target, type]) => {
    if (source !== node && target !== node) return [];
    const [from, to] = [placed.boxes.get(source), placed.boxes.get(target)];
    if (from === undefined || to === undefined) return [];
    const side = source === node ? 'down' : 'up';
    elements.get(side === 'down' ? target : source)?.classList.add('near', side);
    return [
      svg('path', {
        class: side,
        d: edgePath(from, to),
        'stroke-dasharray': dashesOf(type) || null,
        'marker-end': `url(#arrow-${side})`,
      }),
    ];
  });
}

function drawCard(
  book: Book,
  number: number,
  { x, y, width, height }: Box,
  { label, lines }: CardLetters,
): SVGGElement {
  const node = book.nodes[number];
  if (node === undefined) throw new Error('unreachable');
  const classes = [
    'node',
    node.kind,
    ...(node.affected ? ['affected'] : []),
    ...(node.origin ? ['origin'] : []),
    `tall-${lines.length}`,
  ];
  return svg(
    'g',
    {
      class: classes.join(' '),
      transform: `translate(${x} ${y})`,
      'data-node': number,
      tabindex: -1,
      role: 'button',
      'aria-label': describeNode(book, number),
    },
    svg('title', {}, node.name === node.label ? node.label : `${node.label} (${node.name})`),
    svg('rect', { class: 'card', width, height, rx: 6 }),
    node.kind === 'product'
      ? svg('rect', { class: 'bar', x: 0, y: 6, width: 3, height: height - 12, rx: 1.5 })
      : null,
    node.origin ? svg('circle', { class: 'dot', cx: width - 10, cy: 10, r: 3.5 }) : null,
    svg('text', { class: 'label', x: inset, y: 18 }, label),
    ...lines.map(({ strong, rest }, place) => {
      const version = svg('tspan', { class: 'strong' }, strong);
      return svg('text', { class: 'second', x: inset, y: 33 + place * 15 }, version, ` ${rest}`);
    }),
  );
}

/** What a screen reader says of a node. */
function describeNode(book: Book, number: number): string {
  const node = book.nodes[number];
  if (node === undefined) return '';
  const [needs, needed] = [book.down[number]?.length ?? 0, book.up[number]?.length ?? 0];
  return [
    `${node.label}, ${node.kind}`,
    ...(node.affected ? ['affected'] : []),
    `depends on ${needs}, ${needed} depend on it`,
    ...(cardText(node) === '' ? [] : [cardText(node)]),
  ].join('. ');
}

function arrow(side: 'down' | 'up'): SVGMarkerElement {
  const marker = svg(
    'marker',
    {
      id: `arrow-${side}`,
      class: `arrow ${side}`,
      viewBox: '0 0 8 8',
      refX: 7,
      refY: 4,
      markerWidth: 7,
      markerHeight: 7,
      markerUnits: 'userSpaceOnUse',
      orient: 'auto',
    },
    svg('path', { d: 'M0 0.5L8 4L0 7.5z' }),
  );
  return marker;
}

/** The sentence that says how the drawing is used without a pointer. */
export function stageHelp(): HTMLElement {
  return html(
    'p',
    { id: 'stage-help', class: 'unseen' },
    'Left and right arrows go along edges, up and down along a column. Enter shows one node alone, Escape goes back, slash searches, question mark lists all keys.',
  );
}
