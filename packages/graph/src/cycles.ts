import { byText, type ProjectName } from '@lanewise/model';
import type { Edge } from './workspace-graph.js';

/**
 * Finds the cycles over build edges (`static` and `dynamic`): for each set of projects that reach
 * one another, a shortest cycle through its first project by name. Cycles are no error: a build
 * set is a set, but people want to know.
 */
export function findCycles(edges: readonly Edge[]): ProjectName[][] {
  const targets = buildTargets(edges);
  return stronglyConnected(targets)
    .filter((group) => group.length > 1)
    .map((group) => shortestCycle(group.sort(byText), targets))
    .sort((a, b) => byText(a[0] ?? '', b[0] ?? ''));
}

function buildTargets(edges: readonly Edge[]): Map<ProjectName, ProjectName[]> {
  const targets = new Map<ProjectName, ProjectName[]>();
  for (const { source, target, type } of edges) {
    if (type === 'implicit' || source === target) continue;
    const known = targets.get(source);
    if (known === undefined) targets.set(source, [target]);
    else known.push(target);
  }
  for (const list of targets.values()) list.sort(byText);
  return targets;
}

/** Tarjan's algorithm with a stack of our own: a chain of 100,000 projects must not end the process. */
function stronglyConnected(
  targets: ReadonlyMap<ProjectName, readonly ProjectName[]>,
): ProjectName[][] {
  const order = new Map<ProjectName, number>();
  const low = new Map<ProjectName, number>();
  const open: ProjectName[] = [];
  const isOpen = new Set<ProjectName>();
  const groups: ProjectName[][] = [];
  const lower = (node: ProjectName, value: number): void => {
    low.set(node, Math.min(low.get(node) ?? value, value));
  };
  const enter = (node: ProjectName): { node: ProjectName; next: number } => {
    order.set(node, order.size);
    low.set(node, order.get(node) ?? 0);
    open.push(node);
    isOpen.add(node);
    return { node, next: 0 };
  };
  for (const start of targets.keys()) {
    if (order.has(start)) continue;
    const walk = [enter(start)];
    for (let frame = walk.at(-1); frame !== undefined; frame = walk.at(-1)) {
      const target = targets.get(frame.node)?.[frame.next];
      frame.next += 1;
      if (target !== undefined) {
        if (!order.has(target)) walk.push(enter(target));
        else if (isOpen.has(target)) lower(frame.node, order.get(target) ?? 0);
        continue;
      }
      walk.pop();
      const parent = walk.at(-1);
      if (parent !== undefined) lower(parent.node, low.get(frame.node) ?? 0);
      if (low.get(frame.node) !== order.get(frame.node)) continue;
      const group = open.splice(open.lastIndexOf(frame.node));
      for (const member of group) isOpen.delete(member);
      groups.push(group);
    }
  }
  return groups;
}

function shortestCycle(
  group: readonly ProjectName[],
  targets: ReadonlyMap<ProjectName, readonly ProjectName[]>,
): ProjectName[] {
  const inside = new Set(group);
  const [first] = group;
  if (first === undefined) return [];
  const parent = new Map<ProjectName, ProjectName>();
  const queue = [first];
  for (const node of queue) {
    for (const target of targets.get(node) ?? []) {
      if (target === first) return pathTo(node, parent);
      if (!inside.has(target) || parent.has(target)) continue;
      parent.set(target, node);
      queue.push(target);
    }
  }
  return [first];
}

function pathTo(end: ProjectName, parent: ReadonlyMap<ProjectName, ProjectName>): ProjectName[] {
  const path = [end];
  for (let node = parent.get(end); node !== undefined; node = parent.get(node)) path.unshift(node);
  return path;
}
