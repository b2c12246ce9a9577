import type { Book } from './content.js';
import type { Scene } from './scene.js';

export interface KeyEvents {
  readonly chosen: () => number | null;
  readonly scene: () => Scene;
  readonly onChoose: (node: number) => void;
  readonly onOpen: (node: number) => void;
  /** Keys that are no movement, by name. */
  readonly actions: Readonly<Record<string, () => void>>;
}

/** Keys of the whole page; while somebody types into a field only Escape is one. */
export function listenToKeys(book: Book, events: KeyEvents): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { target } = event;
    if (document.querySelector('dialog[open]') !== null) return;
    const types = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
    if (types && event.key !== 'Escape') return;
    const onControl = target instanceof HTMLButtonElement;
    if (onControl && (event.key === 'Enter' || event.key === ' ')) return;
    if (act(book, events, event.key)) event.preventDefault();
  });
}

function act(book: Book, events: KeyEvents, key: string): boolean {
  const chosen = events.chosen();
  const action = events.actions[key];
  if (action !== undefined) {
    action();
    return true;
  }
  if (key === 'Enter' || key === ' ') {
    if (chosen === null) return false;
    events.onOpen(chosen);
    return true;
  }
  const next = nextNode(book, events.scene(), chosen, key);
  if (next === null) return false;
  events.onChoose(next);
  return true;
}

/** Where an arrow key leads from a node; the first node where none is chosen. */
export function nextNode(
  book: Book,
  scene: Scene,
  from: number | null,
  key: string,
): number | null {
  if (!['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'].includes(key)) return null;
  const { boxes } = scene.placed;
  if (from === null || !boxes.has(from)) return scene.order[0] ?? null;
  if (key === 'ArrowUp' || key === 'ArrowDown')
    return beside(scene, from, key === 'ArrowUp' ? -1 : 1);
  const ends = scene.edges.flatMap(([source, target]) =>
    key === 'ArrowRight' ? (source === from ? [target] : []) : target === from ? [source] : [],
  );
  return nearest(scene, from, ends);
}

/** The next one in the same column; at its end there is none. */
function beside({ columns, order, placed }: Scene, from: number, step: 1 | -1): number | null {
  const column = columns.find((nodes) => nodes.includes(from)) ?? order;
  const sorted = [...column].sort((a, b) => topOf(placed, a) - topOf(placed, b));
  return sorted[sorted.indexOf(from) + step] ?? null;
}

function nearest({ placed }: Scene, from: number, ends: readonly number[]): number | null {
  const distance = (node: number): number => Math.abs(topOf(placed, node) - topOf(placed, from));
  const sorted = ends
    .filter((node) => placed.boxes.has(node))
    .sort((a, b) => distance(a) - distance(b));
  return sorted[0] ?? null;
}

function topOf(placed: Scene['placed'], node: number): number {
  return placed.boxes.get(node)?.y ?? 0;
}
