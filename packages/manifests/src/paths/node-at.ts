import type { MapNode, OutlineNode } from '../yaml/outline.js';

/** The text at a way of plain keys, or null: for reading what a document says of itself. */
export function textAt(root: OutlineNode | null, ...keys: readonly string[]): string | null {
  const node = nodeAt(root, ...keys);
  return node?.kind === 'scalar' ? node.text : null;
}

/** The node at a way of plain keys, or null. */
export function nodeAt(root: OutlineNode | null, ...keys: readonly string[]): OutlineNode | null {
  let node = root;
  for (const key of keys) {
    if (node?.kind !== 'map') return null;
    node = valueOf(node, key);
  }
  return node;
}

/** The value of a key, or null where it is absent or stands there twice. */
export function valueOf(map: MapNode, key: string): OutlineNode | null {
  const [entry, second] = map.entries.filter((candidate) => candidate.key === key);
  return entry && !second ? entry.value : null;
}
