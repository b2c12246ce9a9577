import { nearest } from '@lanewise/model';

import type { ListNode, OutlineNode } from '../yaml/outline.js';
import { textAt } from './node-at.js';
import type { PathStep } from './parse-path.js';

/** What to do about a step that leads nowhere: the names that are there, or why there are none. */
export function missingHint(node: OutlineNode | null, step: PathStep | undefined): string {
  const add = 'Add the key by hand, or say create: true on the pin.';
  if (node === null) return `The document is empty. ${add}`;
  if (node.kind === 'list') {
    const names = step?.kind === 'entry' ? entryValues(node, step.key) : [];
    return names.length === 0
      ? `It is a list of ${node.items.length}; choose an entry by a key's value: [name=…].`
      : `The list has ${listed(names, step?.kind === 'entry' ? step.value : '')}.`;
  }
  if (node.kind !== 'map') return `There is a single value there, no map.`;
  const keys = node.entries.flatMap(({ key }) => (key === null ? [] : [key]));
  const wanted = step?.kind === 'key' ? step.key : step?.kind === 'pointer' ? step.text : '';
  return keys.length === 0
    ? `The map is empty. ${add}`
    : `There is ${listed(keys, wanted)}. ${add}`;
}

function entryValues(node: ListNode, key: string): string[] {
  return node.items.map((item) => entryText(item, key)).filter((text) => text !== null);
}

/** The text by which an entry is chosen: of a key of that name, else of a way of keys (`metadata.name`). */
export function entryText(item: OutlineNode, key: string): string | null {
  const direct = item.kind === 'map' && item.entries.some((entry) => entry.key === key);
  return direct ? textAt(item, key) : textAt(item, ...key.split('.'));
}

/** The names that exist, the most alike first, at most five. */
function listed(names: readonly string[], wanted: string): string {
  const all = [...new Set([...nearest(wanted, names), ...names])];
  const more = all.length > 5 ? ` and ${all.length - 5} more` : '';
  return (
    all
      .slice(0, 5)
      .map((name) => `'${name}'`)
      .join(', ') + more
  );
}
