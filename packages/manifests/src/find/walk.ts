import type { PathStep } from '../paths/parse-path.js';
import {
  nodesOf,
  type ListNode,
  type MapNode,
  type OutlineNode,
  type ScalarNode,
} from '../yaml/outline.js';
import { textAt } from '../paths/node-at.js';

/** A map on the way through a document, with the path that finds it again. */
export interface WalkedMap {
  readonly map: MapNode;
  readonly steps: readonly PathStep[];
  /** Name of the key that it is the value of; of its list, where it is a list entry. */
  readonly key: string | null;
}

/** A text in a list, such as an image override. */
export interface WalkedText {
  readonly node: ScalarNode;
  readonly index: number;
  /** The list's path. */
  readonly steps: readonly PathStep[];
  readonly key: string | null;
}

export interface Walked {
  readonly maps: readonly WalkedMap[];
  readonly texts: readonly WalkedText[];
}

/**
 * All maps of a document from the top, and the texts that stand in lists. Below an anchor that
 * others follow, paths begin at the anchor: so they say that more than one place changes.
 */
export function walkDocument(root: OutlineNode | null, from: readonly PathStep[] = []): Walked {
  const used = new Set<string>();
  for (const node of nodesOf(root)) if (node.kind === 'alias') used.add(node.name);
  const maps: WalkedMap[] = [];
  const texts: WalkedText[] = [];
  const visit = (node: OutlineNode, way: readonly PathStep[], key: string | null): void => {
    if (node.kind === 'alias') return;
    const steps =
      node.anchor !== null && used.has(node.anchor)
        ? [{ kind: 'anchor', name: node.anchor } as const]
        : way;
    if (node.kind === 'map') {
      maps.push({ map: node, steps, key });
      for (const entry of node.entries) {
        if (entry.key !== null && entry.value !== null)
          visit(entry.value, [...steps, { kind: 'key', key: entry.key }], entry.key);
      }
    }
    if (node.kind !== 'list') return;
    for (const [index, item] of node.items.entries()) {
      if (item.kind === 'scalar') texts.push({ node: item, index, steps, key });
      else visit(item, [...steps, entryStep(node, item, index)], key);
    }
  };
  if (root !== null) visit(root, from, null);
  return { maps, texts };
}

const naming = ['name', 'metadata.name', 'alias', 'repoURL', 'chart'] as const;

/** A list entry by what names it, if nothing else in the list has that name; else by its number. */
function entryStep(list: ListNode, item: OutlineNode, index: number): PathStep {
  for (const key of naming) {
    const value = textAt(item, ...key.split('.'));
    if (value === null || value === '') continue;
    const same = list.items.filter((other) => textAt(other, ...key.split('.')) === value);
    if (same.length === 1) return { kind: 'entry', key, value };
  }
  return { kind: 'index', index };
}
