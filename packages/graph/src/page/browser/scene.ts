import { heightOf } from '../drawing.js';
import type { PageEdge } from '../page-content.js';
import { place, type Placed } from '../place.js';
import type { Book } from './content.js';
import { shapeFocus, type FocusShape } from './focus.js';
import type { State } from './state.js';

/** Above this many nodes edges are shown for the chosen node only: all at once say nothing. */
const mostWithEdges = 600;

/** Nodes with their places and the edges between them: what is drawn, and what is exported. */
export interface Scene {
  readonly placed: Placed;
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
  // Beside few others an edge that is implied tells how two nodes are tied: the focus shows them all.
  const telling =
    focus === null || shown.size > 60 ? edges.filter(([, , , implied]) => implied === 0) : edges;
  const drawn = state.allEdges ? edges : shown.size > mostWithEdges ? [] : telling;
  const placed = place({
    columns,
    loose,
    edges: telling,
    heightOf: (node) => heightOf(book.nodes[node]),
    aspect,
  });
  return { placed, order: [...columns.flat(), ...loose], columns, edges, drawn, focus };
}
