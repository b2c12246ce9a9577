import type { Live, Moves } from './parts.js';
import { saveSvg } from './save.js';
import { show } from './show.js';
import { writeHash } from './state.js';
import { applyTheme, keepTheme } from './theme.js';

/** Everything that changes the page: each makes a new state, which is written and drawn. */
export function makeMoves(live: () => Live): Moves {
  const moves: Moves = {
    change: (part) => {
      const page = live();
      const before = page.state;
      page.state = { ...before, ...part };
      writeAddress(page, before.focus !== page.state.focus);
      show(page, before, moves);
    },
    go: (node) => {
      const { book, parts, scene } = live();
      if (scene.placed.boxes.has(node)) moves.change({ chosen: node });
      else if (book.nodes[node]?.kind === 'folder') {
        moves.change({ view: 'folders', focus: null, depth: null, chosen: node });
      } else moves.change({ focus: node, depth: null, chosen: node });
      const box = live().scene.placed.boxes.get(node);
      if (box !== undefined) parts.camera.reveal(box);
      parts.stage.element(node)?.focus({ preventScroll: true });
    },
    open: (node) => {
      const { book, parts } = live();
      if (book.nodes[node]?.kind === 'folder') {
        // A folder is no project: its projects are listed, and can be opened from there.
        moves.change({ chosen: node });
        parts.details.querySelector<HTMLElement>('.ties button')?.focus();
        return;
      }
      moves.change({ focus: node, depth: null, chosen: node });
      parts.stage.element(node)?.focus({ preventScroll: true });
    },
    leave: () => leave(live(), moves),
    deepen: (step) => {
      const { focus } = live().scene;
      if (focus === null) return;
      const next = Math.max(1, Math.min(focus.deepest, focus.depth + step));
      moves.change({ depth: next === focus.deepest ? Infinity : next });
    },
    switchTheme: () => {
      const page = live();
      page.theme = page.theme === 'dark' ? 'light' : 'dark';
      applyTheme(page.theme);
      keepTheme(page.theme);
    },
    save: () => {
      const { book, scene, theme, state } = live();
      const shown = state.focus === null ? state.view : (book.nodes[state.focus]?.label ?? '');
      saveSvg(book, scene, theme, `${book.title === '' ? 'graph' : book.title} ${shown}`);
    },
  };
  return moves;
}

/** A focus is a page of its own, that going back leaves; everything else replaces. */
function writeAddress({ state, book }: Live, isNewPage: boolean): void {
  const hash = writeHash(state, book);
  if (hash === location.hash.slice(1)) return;
  history[isNewPage ? 'pushState' : 'replaceState'](null, '', `#${hash}`);
}

function leave({ parts, state }: Live, { change }: Moves): void {
  const { search, stage } = parts;
  if (search.input.value !== '' || document.activeElement === search.input) {
    search.clear();
    search.input.blur();
  } else if (state.focus !== null) {
    const { focus } = state;
    change({ focus: null, depth: null });
    stage.element(focus)?.focus({ preventScroll: true });
  } else if (state.chosen !== null) {
    change({ chosen: null });
  }
}
