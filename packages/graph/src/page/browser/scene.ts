import { cardSize, heightOf, widthOf, type CardSize } from '../drawing.js';
import { markedEdges } from '../marked-edges.js';
import type { PageEdge } from '../page-content.js';
import { place, type Placed } from '../place.js';
import type { Book } from './content.js';
import { shapeFocus, type FocusShape } from './focus.js';
import type { State } from './state.js';

/** Above this many nodes edges are shown for the chosen node only: all at once say nothing. */
export const mostWithEdges = 600;

/** Nodes with their places and the edges between them: what is drawn, and what is exported. */
export interface Scene {
  readonly placed: Placed;
  readonly size: CardSize;
  /** The nodes, from left to right and from top to bottom. */
  readonly order: readonly number[];
  readonly columns: readonly (readonly number[])[];
  /** All edges between the nodes, and those of them that are drawn when nothing is chosen. */
  readonly edges: readonly PageEdge[];
  readonly drawn: readonly PageEdge[];
  readonly focus: FocusShape | null;
}

export function makeScene(book: Book, state: State, aspect: number): Scene {
  const focus = state.focus === null ? null : shapeFocus(book, state.focus, state.depth);
  const view = book.views.find(({ name }) => name === state.view) ?? book.views[0];
  const columns = focus?.columns ?? view?.columns ?? [];
  const loose = focus === null ? (view?.loose ?? []) : [];
  const shown = new Set([...columns.flat(), ...loose]);
  const all = (focus === null ? view?.edges : null) ?? book.edges;
  const edges = all.filter(([source, target]) => shown.has(source) && shown.has(target));
  const telling = new Set(edges.filter((edge) => isTelling(edge, state, shown.size)));
  const marked = markedEdges(book.nodes);
  const onWay = ([source, target]: PageEdge): boolean => marked.has(`${source} ${target}`);
  // The way by which something is affected is always drawn, even where others imply it.
  const drawn = state.allEdges
    ? edges
    : shown.size > mostWithEdges
      ? edges.filter(onWay)
      : edges.filter((edge) => telling.has(edge) || onWay(edge));
  const size = cardSize(shown.size);
  const placed = place({
    columns,
    loose,
    edges: [...telling],
    heightOf: (node) => heightOf(book.nodes[node], size),
    cardWidth: widthOf(
      [...shown].map((node) => book.nodes[node]),
      size,
    ),
    aspect,
  });
  return { placed, size, order: [...columns.flat(), ...loose], columns, edges, drawn, focus };
}

/**
 * Whether an edge is drawn when nobody asks for it. Beside few others one that is implied tells how
 * two nodes are tied, so a focus shows it; between folders needs at run time lead everywhere.
 */
function isTelling([, , type, implied]: PageEdge, state: State, shown: number): boolean {
  if (state.focus !== null) return implied === 0 || shown <= 60;
  return implied === 0 && (state.view !== 'folders' || type !== 'implicit');
}
