import { readContent } from './content.js';
import { listenToKeys } from './keys.js';
import { makeMoves } from './moves.js';
import { makeParts, type Live } from './parts.js';
import { printWhole } from './print.js';
import { makeScene } from './scene.js';
import { show } from './show.js';
import { readHash } from './state.js';
import { applyTheme, followSystem, openingTheme } from './theme.js';

/** Puts the page together. State goes one way: a move makes a new state, and `show` draws it. */
export function openPage(): void {
  const book = readContent();
  const theme = openingTheme();
  applyTheme(theme);
  const state = readHash(location.hash, book);
  const live = (): Live => page;
  const moves = makeMoves(live);
  const parts = makeParts(book, live, moves);
  const scene = makeScene(book, state, parts.camera.aspect());
  const page: Live = { book, parts, state, scene, theme };
  listen(page, moves);
  printWhole(live);
  show(page, null, moves);
  document.documentElement.dataset['ready'] = 'true';
}

function listen(page: Live, moves: ReturnType<typeof makeMoves>): void {
  const { book, parts } = page;
  listenToKeys(book, {
    chosen: () => page.state.chosen,
    scene: () => page.scene,
    onChoose: moves.go,
    onOpen: moves.open,
    actions: {
      '/': () => parts.search.input.focus(),
      '?': () => parts.help.showModal(),
      Escape: moves.leave,
      '[': () => moves.deepen(-1),
      ']': () => moves.deepen(1),
      e: () => moves.change({ allEdges: !page.state.allEdges }),
      t: moves.switchTheme,
      s: moves.save,
      '+': () => parts.camera.scaleBy(1.3),
      '-': () => parts.camera.scaleBy(1 / 1.3),
      '0': () => parts.camera.fit(page.scene.placed),
      ...viewKeys(page, moves),
    },
  });
  followSystem((theme) => {
    page.theme = theme;
    applyTheme(theme);
  });
  addEventListener('popstate', () => {
    const before = page.state;
    page.state = readHash(location.hash, book);
    show(page, before, moves);
  });
  addEventListener('resize', () => parts.camera.refit(page.scene.placed));
}

/** Each view has a number of its own, whether it is there or not. */
function viewKeys(
  { book }: Live,
  moves: ReturnType<typeof makeMoves>,
): Readonly<Record<string, () => void>> {
  const names = ['all', 'products', 'folders', 'affected'] as const;
  return Object.fromEntries(
    names.flatMap((name, place) =>
      book.views.some((view) => view.name === name)
        ? [[place + 1, () => moves.change({ view: name, focus: null, depth: null })] as const]
        : [],
    ),
  );
}
