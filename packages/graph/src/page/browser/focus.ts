import type { Book, Tie } from './content.js';

/** As many nodes and columns as can be taken in at once: a focus opens as deep as it stays below. */
const comfortable = { nodes: 45, columns: 7 };

/** A node with all that it depends on (to the right) and all that depends on it (to the left). */
export interface FocusShape {
  readonly columns: readonly (readonly number[])[];
  readonly depth: number;
  /** Steps to the farthest node either way. */
  readonly deepest: number;
  readonly down: ReadonlySet<number>;
  readonly up: ReadonlySet<number>;
}

/** Columns by distance from the focus; a node on a cycle with it stands among what it depends on. */
export function shapeFocus(book: Book, focus: number, depth: number | null): FocusShape {
  const below = distances(focus, book.down);
  const above = distances(focus, book.up);
  const deepest = Math.max(deepestOf(below), deepestOf(above));
  const wanted = Math.min(depth ?? comfortableDepth(below, above, deepest), Math.max(1, deepest));
  const down = within(below, wanted);
  const up = within(above, wanted);
  const columns: number[][] = [];
  for (let step = -wanted; step <= wanted; step += 1) {
    const column = [...(step < 0 ? up : down)].filter(
      (node) =>
        (step < 0 ? -(above.get(node) ?? 0) : below.get(node)) === step &&
        (step >= 0 || !down.has(node)),
    );
    if (step === 0) column.splice(0, column.length, focus);
    if (column.length > 0) columns.push(column);
  }
  down.delete(focus);
  up.delete(focus);
  return { columns: untangle(columns, book), depth: wanted, deepest, down, up };
}

function comfortableDepth(
  below: ReadonlyMap<number, number>,
  above: ReadonlyMap<number, number>,
  deepest: number,
): number {
  let depth = 1;
  while (depth < deepest) {
    const next = depth + 1;
    const columns = 1 + Math.min(next, deepestOf(below)) + Math.min(next, deepestOf(above));
    const nodes = within(below, next).size + within(above, next).size;
    if (nodes > comfortable.nodes || columns > comfortable.columns) break;
    depth = next;
  }
  return depth;
}

function deepestOf(steps: ReadonlyMap<number, number>): number {
  return Math.max(0, ...steps.values());
}

function within(steps: ReadonlyMap<number, number>, depth: number): Set<number> {
  return new Set([...steps].flatMap(([node, step]) => (step <= depth ? [node] : [])));
}

function distances(start: number, ties: readonly (readonly Tie[])[]): Map<number, number> {
  const steps = new Map([[start, 0]]);
  for (const [node, step] of steps) {
    for (const { node: next } of ties[node] ?? []) if (!steps.has(next)) steps.set(next, step + 1);
  }
  return steps;
}

/** Orders columns by where their neighbours stand: a few rounds there and back take most crossings out. */
function untangle(columns: number[][], book: Book): number[][] {
  const places = new Map<number, number>();
  const settle = (column: readonly number[]): void =>
    column.forEach((node, place) => places.set(node, (place + 0.5) / column.length));
  columns.forEach(settle);
  const rounds = [columns, [...columns].reverse(), columns, [...columns].reverse()];
  for (const column of rounds.flat()) {
    const wished = new Map(
      column.map((node) => {
        const ties = [...(book.down[node] ?? []), ...(book.up[node] ?? [])];
        const known = ties.flatMap((tie) => places.get(tie.node) ?? []);
        const sum = known.reduce((total, one) => total + one, 0);
        return [node, known.length === 0 ? (places.get(node) ?? 0) : sum / known.length] as const;
      }),
    );
    column.sort((a, b) => (wished.get(a) ?? 0) - (wished.get(b) ?? 0));
    settle(column);
  }
  return columns;
}
