/**
 * Which edges say nothing that a longer way does not say too (`web → log` beside `web → ui → log`),
 * by their place in the list. Within a cycle, and between a cycle and the rest, none is implied:
 * leaving one out could leave out the other as well.
 *
 * Sets of reachable nodes are bits: 2,000 nodes with 5,000 edges take 0.5 MB and a few milliseconds.
 */
export function impliedEdges(
  count: number,
  edges: readonly (readonly [number, number, ...unknown[]])[],
): boolean[] {
  const targets = Array.from({ length: count }, (): number[] => []);
  for (const [source, target] of edges) targets[source]?.push(target);
  const order = acyclicOrder(targets);
  const words = (count + 31) >> 5;
  const reached = new Map<number, Uint32Array>();
  for (const node of order) {
    const bits = new Uint32Array(words);
    for (const target of targets[node] ?? []) {
      const further = reached.get(target);
      further?.forEach((word, place) => (bits[place] = (bits[place] ?? 0) | word));
      bits[target >> 5] = (bits[target >> 5] ?? 0) | (1 << (target & 31));
    }
    reached.set(node, bits);
  }
  const leads = (from: number, to: number): boolean =>
    (((reached.get(from)?.[to >> 5] ?? 0) >>> (to & 31)) & 1) === 1;
  return edges.map(([source, target]) => {
    if (!reached.has(source)) return false;
    return (targets[source] ?? []).some((next) => next !== target && leads(next, target));
  });
}

/** Nodes behind all that they lead to; those that are on a cycle, or lead to one, are left out. */
function acyclicOrder(targets: readonly (readonly number[])[]): number[] {
  const sources = targets.map((): number[] => []);
  const open = targets.map((list) => list.length);
  targets.forEach((list, source) => list.forEach((target) => sources[target]?.push(source)));
  const order = open.flatMap((left, node) => (left === 0 ? [node] : []));
  for (const node of order) {
    for (const source of sources[node] ?? []) {
      const left = (open[source] ?? 0) - 1;
      open[source] = left;
      if (left === 0) order.push(source);
    }
  }
  return order;
}
