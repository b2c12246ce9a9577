import type { ViewName } from '../page-content.js';
import type { Book } from './content.js';
import { button, html } from './element.js';
import type { Scene } from './scene.js';
import type { State } from './state.js';

const viewLabels: Readonly<Record<ViewName, string>> = {
  all: 'Everything',
  products: 'Products',
  folders: 'Folders',
  affected: 'Affected',
};

export interface ToolbarEvents {
  readonly onView: (view: ViewName) => void;
  readonly onLeave: () => void;
  readonly onDepth: (depth: number) => void;
  readonly onEdges: () => void;
  readonly onTheme: () => void;
  readonly onSave: () => void;
  readonly onHelp: () => void;
}

/** What is shown, and how: the views, or the focus with its depth. */
export function makeToolbar(book: Book, search: HTMLElement, events: ToolbarEvents) {
  const views = html('div', { class: 'segments', role: 'group', 'aria-label': 'Show' });
  for (const { name } of book.views) {
    views.append(button(viewLabels[name], () => events.onView(name), { 'data-view': name }));
  }
  const edges = button('All edges', events.onEdges, { id: 'all-edges' });
  const focus = html('div', { class: 'focus', role: 'group', 'aria-label': 'Focus' });
  const root = html(
    'header',
    { id: 'toolbar' },
    html(
      'h1',
      {},
      book.title === '' ? 'Graph' : book.title,
      book.commit === '' ? null : html('span', { class: 'commit' }, book.commit.slice(0, 8)),
    ),
    search,
    book.views.length > 1 ? views : null,
    focus,
    html('span', { class: 'space' }),
    edges,
    button('SVG', events.onSave, { id: 'save', title: 'Save as SVG (s)' }),
    button('Light or dark', events.onTheme, { id: 'theme', class: 'icon' }, '◐'),
    button('Keys', events.onHelp, { id: 'keys', class: 'icon' }, '?'),
  );
  return {
    root,
    update: (state: State, scene: Scene): void => {
      for (const one of views.children) {
        const isShown = state.focus === null && one.getAttribute('data-view') === state.view;
        one.setAttribute('aria-pressed', String(isShown));
      }
      edges.setAttribute('aria-pressed', String(state.allEdges));
      edges.hidden = scene.edges.length === scene.drawn.length && !state.allEdges;
      focus.replaceChildren(
        ...(state.focus === null ? [] : focusParts(book, state, scene, events)),
      );
    },
  };
}

function focusParts(
  book: Book,
  state: State,
  { focus }: Scene,
  events: ToolbarEvents,
): HTMLElement[] {
  const label = book.nodes[state.focus ?? 0]?.label ?? '';
  const { depth, deepest } = focus ?? { depth: 1, deepest: 1 };
  const steps = html('select', { id: 'depth', 'aria-label': 'Steps around the focus' });
  for (let step = 1; step <= Math.max(1, deepest); step += 1) {
    const words = step === deepest ? 'all steps' : step === 1 ? '1 step' : `${step} steps`;
    steps.append(html('option', { value: step, selected: step === depth }, words));
  }
  steps.addEventListener('change', () => {
    const step = Number(steps.value);
    events.onDepth(step === deepest ? Infinity : step);
  });
  return [
    html('span', { class: 'name' }, label),
    ...(deepest > 1 ? [steps] : []),
    button('Leave the focus (Esc)', events.onLeave, { class: 'icon' }, '×'),
  ];
}

/** What colours and lines mean: only what is there. */
export function makeLegend(book: Book): HTMLElement {
  const item = (look: string, words: string): HTMLElement =>
    html('li', {}, html('i', { class: look }), words);
  const has = (type: string): boolean => book.edges.some((edge) => edge[2] === type);
  const products = book.nodes.some(({ kind }) => kind === 'product');
  return html(
    'ul',
    { id: 'legend', 'aria-label': 'Legend' },
    products ? item('product', 'product') : null,
    book.nodes.some(({ affected }) => affected) ? item('affected', 'affected') : null,
    book.nodes.some(({ origin }) => origin) ? item('origin', 'changed') : null,
    has('implicit') ? item('dotted', 'needs at run time') : null,
    has('dynamic') ? item('dashed', 'loaded later') : null,
    book.edges.length > 0 ? item('down', 'what it depends on') : null,
    book.edges.length > 0 ? item('up', 'what depends on it') : null,
  );
}
