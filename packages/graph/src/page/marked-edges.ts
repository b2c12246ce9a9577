import type { PageNode } from './page-content.js';

/** The steps of all ways that make something affected, each as `12 40`. */
export function markedEdges(nodes: readonly PageNode[]): Set<string> {
  const found = new Set<string>();
  for (const { reasons } of nodes) {
    for (const { path } of reasons) {
      path.slice(1).forEach((target, place) => found.add(`${path[place] ?? ''} ${target}`));
    }
  }
  return found;
}
