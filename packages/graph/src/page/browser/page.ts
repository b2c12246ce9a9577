import type { Theme } from '../palette.js';
import { makeCamera, type Camera } from './camera.js';
import { readContent } from './content.js';
import { drawDetails } from './details.js';
import { button, html } from './element.js';
import { makeHelp } from './help.js';
import { listenToKeys } from './keys.js';
import { makeMinimap } from './minimap.js';
import { saveSvg } from './save.js';
import { makeScene, mostWithEdges } from './scene.js';
import { makeSearch } from './search.js';
import { makeStage, stageHelp } from './stage.js';
import { readHash, writeHash, type State } from './state.js';
import { applyTheme, followSystem, keepTheme, openingTheme } from './theme.js';
import { makeLegend, makeToolbar } from './toolbar.js';

/** Puts the page together. State goes one way: an event makes a new state, and `show` draws it. */
export function openPage(): void {
  const book = readContent();
  let theme = openingTheme();
  applyTheme(theme);
  let state = readHash(location.hash, book);

  const details = html('aside', { id: 'details', 'aria-label': 'Details', tabindex: -1 });
  const status = html('p', { id: 'status', role: 'status' });
  const help = makeHelp();
  const stage = makeStage(book, {
    onChoose: (node) => change({ chosen: node }),
    onOpen: (node) => open(node),
    onPoint: (node) => stage.mark(state.chosen, node ?? state.chosen),
  });
  const search = makeSearch(book, {
    onFind: (found) => stage.find(found),
    onTake: (node) => go(node),
  });
  const toolbar = makeToolbar(book, search.root, {
    onView: (view) => change({ view, focus: null, depth: null }),
    onLeave: () => change({ focus: null, depth: null }),
    onDepth: (depth) => change({ depth }),
    onEdges: () => change({ allEdges: !state.allEdges }),
    onTheme: () => setTheme(theme === 'dark' ? 'light' : 'dark', true),
    onSave: () => saveSvg(book, scene, theme, pictureName()),
    onHelp: () => help.showModal(),
  });
  const minimap = makeMinimap(book, () => camera);
  const tools = html(
    'div',
    { id: 'tools', role: 'group', 'aria-label': 'Zoom' },
    button('Larger', () => camera.scaleBy(1.3), { class: 'icon' }, '+'),
    button('Smaller', () => camera.scaleBy(1 / 1.3), { class: 'icon' }, '−'),
    button('All of it', () => camera.fit(scene.placed), { class: 'icon', id: 'fit' }, '⤢'),
  );
  const app = html(
    'main',
    {},
    stageHelp(),
    stage.root,
    html('div', { id: 'foot' }, makeLegend(book), status),
    html('div', { id: 'corner' }, minimap.root, tools),
    details,
  );
  document.getElementById('app')?.replaceChildren(toolbar.root, app, help);
  const covered = (): number =>
    details.hidden || innerWidth < 760 ? 0 : details.getBoundingClientRect().width + 12;
  const camera: Camera = makeCamera(stage, covered, () => minimap.follow());
  let scene = makeScene(book, state, camera.aspect());
  let isDrawn = false;

  function change(part: Partial<State>): void {
    const before = state;
    state = { ...state, ...part };
    const hash = writeHash(state, book);
    if (hash !== location.hash.slice(1)) {
      const entry = before.focus === state.focus ? 'replaceState' : 'pushState';
      history[entry](null, '', `#${hash}`);
    }
    show(before);
  }

  /** Draws what differs from the state before; null: all. */
  function show(before: State | null): void {
    const isSame =
      before !== null &&
      before.view === state.view &&
      before.focus === state.focus &&
      before.depth === state.depth &&
      before.allEdges === state.allEdges;
    showDetails();
    if (!isSame) {
      scene = makeScene(book, state, camera.aspect());
      stage.draw(scene);
      isDrawn = true;
      minimap.draw(scene);
      const onlyEdges =
        before !== null &&
        before.view === state.view &&
        before.focus === state.focus &&
        before.depth === state.depth;
      if (!onlyEdges) camera.fit(scene.placed);
      status.textContent = counts();
    }
    toolbar.update(state, scene);
    stage.mark(state.chosen, state.chosen);
    for (const card of stage.root.querySelectorAll('.node[tabindex="0"]'))
      card.setAttribute('tabindex', '-1');
    const entry = stage.element(state.chosen ?? -1) ?? stage.element(scene.order[0] ?? -1);
    entry?.setAttribute('tabindex', '0');
  }

  function showDetails(): void {
    const { chosen } = state;
    const wasHidden = details.hidden;
    details.hidden = chosen === null;
    if (wasHidden !== details.hidden && isDrawn) camera.refit(scene.placed);
    if (chosen === null) return;
    const events = {
      onGo: go,
      onFocus: open,
      onClose: () => change({ chosen: null }),
    };
    details.replaceChildren(...drawDetails(book, chosen, state.focus === chosen, events));
    details.scrollTop = 0;
  }

  /** Chooses a node and brings it into sight; one that is not drawn now is shown in focus. */
  function go(node: number): void {
    const isFolder = book.nodes[node]?.kind === 'folder';
    if (scene.placed.boxes.has(node)) change({ chosen: node });
    else if (isFolder) change({ view: 'folders', focus: null, depth: null, chosen: node });
    else change({ focus: node, depth: null, chosen: node });
    const box = scene.placed.boxes.get(node);
    if (box !== undefined) camera.reveal(box);
    stage.element(node)?.focus({ preventScroll: true });
  }

  function open(node: number): void {
    if (book.nodes[node]?.kind === 'folder') {
      change({ chosen: node });
      details.querySelector<HTMLElement>('.ties button')?.focus();
      return;
    }
    change({ focus: node, depth: null, chosen: node });
    stage.element(node)?.focus({ preventScroll: true });
  }

  function leave(): void {
    if (search.input.value !== '' || document.activeElement === search.input) {
      search.clear();
      search.input.blur();
    } else if (state.focus !== null) {
      const { focus } = state;
      change({ focus: null, depth: null });
      const box = scene.placed.boxes.get(focus);
      if (box !== undefined) stage.element(focus)?.focus({ preventScroll: true });
    } else if (state.chosen !== null) {
      change({ chosen: null });
    }
  }

  function deepen(step: number): void {
    if (scene.focus === null) return;
    const { depth, deepest } = scene.focus;
    const next = Math.max(1, Math.min(deepest, depth + step));
    change({ depth: next === deepest ? Infinity : next });
  }

  function setTheme(next: Theme, keep: boolean): void {
    theme = next;
    applyTheme(next);
    if (keep) keepTheme(next);
  }

  function showView(place: number): void {
    const names = ['all', 'products', 'folders', 'affected'] as const;
    const view = book.views.find(({ name }) => name === names[place]);
    if (view !== undefined) change({ view: view.name, focus: null, depth: null });
  }

  function pictureName(): string {
    const shown = state.focus === null ? state.view : (book.nodes[state.focus]?.label ?? '');
    return `${book.title === '' ? 'graph' : book.title} ${shown}`;
  }

  function counts(): string {
    const shown = scene.order.map((node) => book.nodes[node]);
    const affected = shown.filter((node) => node?.affected === true).length;
    const hidden = scene.edges.length - scene.drawn.length;
    return [
      `${scene.order.length} shown`,
      ...(affected > 0 ? [`${affected} affected`] : []),
      ...(scene.order.length > mostWithEdges && hidden > 0
        ? ['edges of what is chosen or pointed at']
        : hidden > 0
          ? [`${hidden} edges that others imply are left out`]
          : []),
    ].join(' · ');
  }

  listenToKeys(book, {
    chosen: () => state.chosen,
    scene: () => scene,
    onChoose: go,
    onOpen: open,
    actions: {
      '/': () => search.input.focus(),
      '?': () => help.showModal(),
      Escape: leave,
      '[': () => deepen(-1),
      ']': () => deepen(1),
      '1': () => showView(0),
      '2': () => showView(1),
      '3': () => showView(2),
      '4': () => showView(3),
      e: () => change({ allEdges: !state.allEdges }),
      t: () => setTheme(theme === 'dark' ? 'light' : 'dark', true),
      s: () => saveSvg(book, scene, theme, pictureName()),
      '+': () => camera.scaleBy(1.3),
      '-': () => camera.scaleBy(1 / 1.3),
      '0': () => camera.fit(scene.placed),
    },
  });
  followSystem((next) => setTheme(next, false));
  addEventListener('popstate', () => {
    const before = state;
    state = readHash(location.hash, book);
    show(before);
  });
  addEventListener('resize', () => camera.refit(scene.placed));
  show(null);
  document.documentElement.dataset['ready'] = 'true';
}
