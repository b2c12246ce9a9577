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

/**
 * Nodes up to so many steps away, in columns: each as far from the focus as the longest way leads, so
 * that lines go one way. A node on a cycle with the focus stands among what it depends on.
 */
export function shapeFocus(book: Book, focus: number, depth: number | null): FocusShape {
  const below = distances(focus, book.down);
  const above = distances(focus, book.up);
  const deepest = Math.max(deepestOf(below), deepestOf(above));
  const shapeAt = (steps: number): FocusShape => {
    const down = within(below, steps);
    const up = within(above, steps);
    const right = columnsFrom(focus, down, book.down);
    const left = columnsFrom(focus, new Set([...up].filter((one) => !down.has(one))), book.up);
    const columns = untangle([...left.reverse(), [focus], ...right], book);
    return { columns, depth: steps, deepest, down, up };
  };
  if (depth !== null) return shapeAt(Math.max(1, Math.min(depth, deepest)));
  let shape = shapeAt(1);
  while (shape.depth < deepest) {
    const next = shapeAt(shape.depth + 1);
    const { nodes, columns } = comfortable;
    if (next.down.size + next.up.size > nodes || next.columns.length > columns) break;
    shape = next;
  }
  return shape;
}

/** Nodes by the length of the longest way to them; those on a cycle, where there is none, by the shortest. */
function columnsFrom(
  focus: number,
  inside: ReadonlySet<number>,
  ties: readonly (readonly Tie[])[],
): number[][] {
  const nextOf = (node: number): number[] => [
    ...new Set((ties[node] ?? []).map((tie) => tie.node).filter((one) => inside.has(one))),
  ];
  const open = new Map<number, number>();
  for (const node of [focus, ...inside]) {
    for (const next of nextOf(node)) open.set(next, (open.get(next) ?? 0) + 1);
  }
  const steps = new Map([[focus, 0]]);
  const ready = [focus];
  for (const node of ready) {
    for (const next of nextOf(node)) {
      steps.set(next, Math.max(steps.get(next) ?? 0, (steps.get(node) ?? 0) + 1));
      const left = (open.get(next) ?? 0) - 1;
      open.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  const settled = new Set(ready);
  const shortest = settled.size > inside.size ? null : distances(focus, ties);
  const columns: number[][] = [];
  for (const node of inside) {
    const step = (settled.has(node) ? steps.get(node) : shortest?.get(node)) ?? 1;
    (columns[step - 1] ??= []).push(node);
  }
  return columns.filter((column) => column !== undefined);
}

function deepestOf(steps: ReadonlyMap<number, number>): number {
  return Math.max(0, ...steps.values());
}

/** Without the start. */
function within(steps: ReadonlyMap<number, number>, depth: number): Set<number> {
  return new Set([...steps].flatMap(([node, step]) => (step > 0 && step <= depth ? [node] : [])));
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
