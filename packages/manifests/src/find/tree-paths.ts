import type { OutlineNode } from '../yaml/outline.js';

export function itemsOf(node: OutlineNode | null): readonly OutlineNode[] {
  return node?.kind === 'list' ? node.items : [];
}

/** A path from the repository's root without `.` and `..`; null where it leaves it. */
export function fromRoot(path: string): string | null {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}
