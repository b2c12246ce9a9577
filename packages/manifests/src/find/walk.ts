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
    const naming = entrySteps(node);
    for (const [index, item] of node.items.entries()) {
      if (item.kind === 'scalar') texts.push({ node: item, index, steps, key });
      else visit(item, [...steps, naming[index] ?? { kind: 'index', index }], key);
    }
  };
  if (root !== null) visit(root, from, null);
  return { maps, texts };
}

const naming = ['name', 'metadata.name', 'alias', 'repoURL', 'chart'] as const;

/** Each list entry by what names it, if nothing else in the list has that name; else by its number. */
function entrySteps(list: ListNode): readonly PathStep[] {
  const steps: PathStep[] = list.items.map((_, index) => ({ kind: 'index', index }));
  for (const key of [...naming].reverse()) {
    const path = key.split('.');
    const names = list.items.map((item) => (item.kind === 'map' ? textAt(item, ...path) : null));
    const counts = new Map<string, number>();
    for (const name of names) if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
    for (const [index, value] of names.entries()) {
      if (value !== null && value !== '' && counts.get(value) === 1)
        steps[index] = { kind: 'entry', key, value };
    }
  }
  return steps;
}
