import type { Outline, OutlineNode, ScalarNode } from '../yaml/outline.js';
import type { AddedKeys } from './insert-key.js';
import { sourceOf } from '../source.js';
import type { RepoPath } from '@lanewise/model';
import type { Expected } from './apply-edits.js';

/**
 * Compares a file with what an edit made of it: same documents, same keys in the same order, same
 * anchors, tags and aliases, and every scalar says the same but for those that were to change.
 * Gives the first difference in words, or null.
 */
export function compareOutlines(
  before: Outline,
  after: Outline,
  expected: Expected,
  added: AddedKeys | null = null,
): string | null {
  if (before.documents.length !== after.documents.length && before.documents.length > 0)
    return 'the number of documents';
  for (const [index, { root }] of after.documents.entries()) {
    const difference = compareNodes(before.documents[index]?.root ?? null, root, {
      expected,
      added,
    });
    if (difference !== null) return difference;
  }
  return null;
}

interface Comparison {
  readonly expected: Expected;
  readonly added: AddedKeys | null;
}

function compareNodes(
  before: OutlineNode | null,
  after: OutlineNode | null,
  comparison: Comparison,
): string | null {
  const { added } = comparison;
  if (added !== null && added.parent === before && before?.kind !== 'map')
    return compareChain(after, added.keys, added.text);
  if (before === null || after === null)
    return before === after ? null : 'a value that is there or not';
  if (before.kind === 'alias' || after.kind === 'alias') {
    return before.kind === 'alias' && after.kind === 'alias' && before.name === after.name
      ? null
      : 'an alias';
  }
  if (before.anchor !== after.anchor || before.tag !== after.tag) return 'an anchor or a tag';
  if (before.kind === 'scalar') return compareScalars(before, after, comparison);
  if (before.kind === 'list' && after.kind === 'list') {
    return firstDifference(Math.max(before.items.length, after.items.length), (index) =>
      compareNodes(before.items[index] ?? null, after.items[index] ?? null, comparison),
    );
  }
  if (before.kind !== 'map' || after.kind !== 'map') return 'the kind of a value';
  const extra = added?.parent === before ? 1 : 0;
  if (after.entries.length !== before.entries.length + extra) return 'the keys of a map';
  return firstDifference(after.entries.length, (index) => {
    const [old, now] = [before.entries[index], after.entries[index]];
    if (old === undefined)
      return compareChain(
        { ...after, entries: after.entries.slice(index) },
        added?.keys ?? [],
        added?.text ?? '',
      );
    return old.key === now?.key ? compareNodes(old.value, now.value, comparison) : 'a key';
  });
}

function compareScalars(
  before: ScalarNode,
  after: OutlineNode,
  { expected }: Comparison,
): string | null {
  if (after.kind !== 'scalar') return 'the kind of a value';
  const changes = expected.texts.has(before);
  if (after.text !== (expected.texts.get(before) ?? before.text))
    return changes ? 'the value that was to be written' : 'another value';
  if (!changes && before.style !== after.style) return 'the style of another value';
  const inner = expected.inner.get(before);
  if (!inner) return null;
  const result = sourceOf('' as RepoPath, after.text).yaml();
  return compareOutlines(inner.outline, result, { texts: inner.texts, inner: new Map() });
}

/** Compares with what was added: one key in one map, down to the text. */
function compareChain(
  node: OutlineNode | null,
  keys: readonly string[],
  text: string,
): string | null {
  const [key, ...rest] = keys;
  if (key === undefined)
    return node?.kind === 'scalar' && node.text === text ? null : 'the value that was added';
  if (node?.kind !== 'map' || node.entries.length !== 1 || node.entries[0]?.key !== key)
    return 'the key that was added';
  return compareChain(node.entries[0].value, rest, text);
}

function firstDifference(length: number, compare: (index: number) => string | null): string | null {
  for (let index = 0; index < length; index += 1) {
    const difference = compare(index);
    if (difference !== null) return difference;
  }
  return null;
}
