import type { ViewName } from '../page-content.js';
import { keyOf, type Book } from './content.js';

/** What the page shows. All of it but the theme stands in the address, so that it can be linked. */
export interface State {
  readonly view: ViewName;
  /** The node alone with what it depends on and what depends on it; null: the view. */
  readonly focus: number | null;
  /** Steps away from the focus; null: as many as can be read at once. */
  readonly depth: number | null;
  readonly chosen: number | null;
  readonly allEdges: boolean;
}

export function openingState({ opening }: Book): State {
  const { view, focus } = opening;
  return { view, focus, depth: null, chosen: focus, allEdges: false };
}

/** The state that an address asks for; what it names and is not there is left out. */
export function readHash(hash: string, book: Book): State {
  const opening = openingState(book);
  const words = new URLSearchParams(hash.replace(/^#/, ''));
  if ([...words].length === 0) return opening;
  const focus = book.numbers.get(words.get('focus') ?? '') ?? null;
  const view = book.views.find(({ name }) => name === words.get('view'))?.name;
  const depth = Number.parseInt(words.get('depth') ?? '', 10);
  return {
    view: view ?? opening.view,
    focus: focus !== null && book.nodes[focus]?.kind === 'folder' ? null : focus,
    depth: depth >= 1 ? depth : words.get('depth') === 'all' ? Infinity : null,
    chosen: book.numbers.get(words.get('chosen') ?? '') ?? focus,
    allEdges: words.has('edges'),
  };
}

export function writeHash(state: State, book: Book): string {
  const opening = openingState(book);
  const words = new URLSearchParams();
  const name = (number: number): string => {
    const node = book.nodes[number];
    return node === undefined ? '' : keyOf(node);
  };
  if (state.view !== opening.view) words.set('view', state.view);
  if (state.focus !== null) words.set('focus', name(state.focus));
  if (state.depth !== null && state.focus !== null) {
    words.set('depth', state.depth === Infinity ? 'all' : String(state.depth));
  }
  if (state.chosen !== null && state.chosen !== state.focus) {
    words.set('chosen', name(state.chosen));
  }
  if (state.allEdges) words.set('edges', 'all');
  const leavesOpening = opening.focus !== null && state.focus === null && words.size === 0;
  if (leavesOpening) words.set('view', state.view);
  return words.toString().replaceAll('%2F', '/').replaceAll('%40', '@').replaceAll('%3A', ':');
}
