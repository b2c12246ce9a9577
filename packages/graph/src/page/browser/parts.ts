import type { Theme } from '../palette.js';
import { makeCamera, type Camera, type Covered } from './camera.js';
import type { Book } from './content.js';
import { button, html } from './element.js';
import { makeHelp } from './help.js';
import { makeMinimap } from './minimap.js';
import type { Scene } from './scene.js';
import { makeSearch, type Search } from './search.js';
import { makeStage, stageHelp, type Stage } from './stage.js';
import type { State } from './state.js';
import { makeLegend, makeToolbar } from './toolbar.js';

/** What people can do with the page, by pointer or by key. */
export interface Moves {
  /** Takes over a part of the state, writes the address and draws. */
  readonly change: (part: Partial<State>) => void;
  /** Chooses a node and brings it into sight; one that is not drawn now is shown in focus. */
  readonly go: (node: number) => void;
  /** Shows a node alone with what it is tied to. */
  readonly open: (node: number) => void;
  /** Goes one step back out: of the search, the focus, the choice. */
  readonly leave: () => void;
  /** Shows one step more or less around the focus. */
  readonly deepen: (step: number) => void;
  readonly switchTheme: () => void;
  readonly save: () => void;
}

/** The page as it stands, with what of it changes. */
export interface Live {
  readonly book: Book;
  readonly parts: Parts;
  state: State;
  scene: Scene;
  theme: Theme;
}

export interface Parts {
  readonly stage: Stage;
  readonly camera: Camera;
  readonly search: Search;
  readonly toolbar: ReturnType<typeof makeToolbar>;
  readonly minimap: ReturnType<typeof makeMinimap>;
  readonly details: HTMLElement;
  readonly status: HTMLElement;
  /** What is said where there is nothing to draw. */
  readonly empty: HTMLElement;
  readonly help: HTMLDialogElement;
}

/** Makes the elements of the page and puts them into it. */
export function makeParts(book: Book, live: () => Live, moves: Moves): Parts {
  const details = html('aside', { id: 'details', 'aria-label': 'Details', tabindex: -1 });
  details.hidden = true;
  const status = html('p', { id: 'status', role: 'status' });
  const empty = html(
    'p',
    { id: 'empty' },
    html('strong', {}, 'The graph has no projects.'),
    ' Without Nx they are those of “products” and “projects” in lanewise.yaml.',
  );
  const help = makeHelp();
  const stage = makeStage(book, {
    onChoose: (node) => moves.change({ chosen: node }),
    onOpen: moves.open,
    onPoint: (node) => stage.mark(live().state.chosen, node ?? live().state.chosen),
  });
  const search = makeSearch(book, { onFind: stage.find, onTake: moves.go });
  const toolbar = makeToolbar(book, search.root, {
    onView: (view) => moves.change({ view, focus: null, depth: null }),
    onLeave: () => moves.change({ focus: null, depth: null }),
    onDepth: (depth) => moves.change({ depth }),
    onEdges: () => moves.change({ allEdges: !live().state.allEdges }),
    onTheme: moves.switchTheme,
    onSave: moves.save,
    onHelp: () => help.showModal(),
  });
  const minimap = makeMinimap(book, () => camera);
  const camera = makeCamera(stage, () => coveredBy(details, stage.root), {
    onMove: minimap.follow,
    onRest: stage.cull,
  });
  const main = html(
    'main',
    {},
    stageHelp(),
    stage.root,
    stage.sketch.root,
    empty,
    html('div', { id: 'foot' }, makeLegend(book), status),
    html('div', { id: 'corner' }, minimap.root, zoomButtons(live)),
    details,
  );
  document.getElementById('app')?.replaceChildren(toolbar.root, main, help);
  return { stage, camera, search, toolbar, minimap, details, status, empty, help };
}

function zoomButtons(live: () => Live): HTMLElement {
  const camera = (): Camera => live().parts.camera;
  return html(
    'div',
    { id: 'tools', role: 'group', 'aria-label': 'Zoom' },
    button('Larger', () => camera().scaleBy(1.3), { class: 'icon' }, '+'),
    button('Smaller', () => camera().scaleBy(1 / 1.3), { class: 'icon' }, '−'),
    button('All of it', () => camera().fit(live().scene.placed), { class: 'icon' }, '⤢'),
  );
}

/** The details lie over the right side of the drawing; on a small screen over its lower part. */
function coveredBy(details: HTMLElement, stage: Element): Covered {
  if (details.hidden) return { right: 0, bottom: 0 };
  const { width, height } = details.getBoundingClientRect();
  return width >= stage.clientWidth ? { right: 0, bottom: height } : { right: width, bottom: 0 };
}
