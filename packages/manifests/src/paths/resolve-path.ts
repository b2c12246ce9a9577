import { LanewiseError } from '@lanewise/model';

import { errorAt, placeAt, type Source } from '../source.js';
import {
  nodesOf,
  type ListNode,
  type MapEntry,
  type MapNode,
  type OutlineDocument,
  type OutlineNode,
} from '../yaml/outline.js';
import { entryText, missingHint } from './missing-key.js';
import { formatPinPath, type PathStep } from './parse-path.js';

/** Where a path leads in one document. */
export type Resolved =
  | {
      readonly kind: 'node';
      readonly node: OutlineNode;
      /** The last key's name, null for a list entry. */
      readonly key: string | null;
      /** The entry the node is the value of, where it is one. */
      readonly entry: MapEntry | null;
      readonly inFlow: boolean;
      /** From the document's root down to the node itself. */
      readonly way: readonly OutlineNode[];
    }
  | {
      readonly kind: 'absent';
      /** The deepest node that exists; null: the document is empty. */
      readonly deepest: OutlineNode | null;
      readonly deepestEntry: MapEntry | null;
      readonly inFlow: boolean;
      readonly missing: readonly PathStep[];
      readonly error: LanewiseError;
    };

interface Walk {
  readonly source: Source;
  readonly document: OutlineDocument;
  readonly steps: readonly PathStep[];
}

/**
 * Follows a path from a document's root. Throws PIN_REFUSED where it passes an alias, a merged or a
 * doubled key, or a value that other places share; PIN_AMBIGUOUS where two list entries match.
 */
export function resolvePath(
  source: Source,
  document: OutlineDocument,
  steps: readonly PathStep[],
): Resolved {
  const walk: Walk = { source, document, steps };
  const [first] = steps;
  const shared = first?.kind === 'anchor';
  let node = shared ? anchoredNode(walk, first.name) : document.root;
  let entry: MapEntry | null = null;
  let inFlow = false;
  const way: OutlineNode[] = node === null ? [] : [node];
  for (let depth = shared ? 1 : 0; depth < steps.length; depth += 1) {
    const step = steps[depth];
    if (step === undefined) break;
    if (node !== null && !shared) refuseShared(walk, node, depth);
    inFlow ||= node !== null && 'flow' in node && node.flow;
    const next: Next = node === null ? { kind: 'none' } : takeStep(walk, node, step, depth);
    if (next.kind === 'none') {
      const missing = steps.slice(depth);
      const error = missingError(walk, node, depth);
      return { kind: 'absent', deepest: node, deepestEntry: entry, inFlow, missing, error };
    }
    node = next.node;
    entry = next.entry;
    way.push(node);
  }
  if (node === null)
    throw new LanewiseError('CONFIG_INVALID', 'The path of a pin is empty.', {
      place: { file: source.file },
    });
  if (!shared) refuseShared(walk, node, steps.length);
  return { kind: 'node', node, key: entry?.key ?? null, entry, inFlow, way };
}

type Next =
  | { readonly kind: 'none' }
  | { readonly kind: 'some'; readonly node: OutlineNode; readonly entry: MapEntry | null };

function takeStep(walk: Walk, node: OutlineNode, step: PathStep, depth: number): Next {
  if (node.kind === 'map' && (step.kind === 'key' || step.kind === 'pointer')) {
    return takeKey(walk, node, step.kind === 'key' ? step.key : step.text, depth);
  }
  if (node.kind === 'list') return takeItem(walk, node, step, depth);
  return { kind: 'none' };
}

function takeKey(walk: Walk, node: MapNode, key: string, depth: number): Next {
  const [entry, second] = node.entries.filter((candidate) => candidate.key === key);
  if (second) {
    throw errorAt(walk.source, second.keyStart, {
      code: 'PIN_REFUSED',
      message: `'${walked(walk, depth + 1)}' stands twice in '${walk.source.file}': readers disagree which one counts.`,
      hint: 'Remove one of the two lines.',
    });
  }
  if (entry) {
    if (entry.value !== null) return { kind: 'some', node: entry.value, entry };
    throw errorAt(walk.source, entry.keyStart, {
      code: 'PIN_REFUSED',
      message: `'${walked(walk, depth + 1)}' in '${walk.source.file}' is a key without a colon, so there is no place for a value.`,
      hint: 'Write a colon and a value behind the key once, by hand.',
    });
  }
  const merge = node.entries.find((candidate) => candidate.key === '<<');
  if (!merge) return { kind: 'none' };
  throw errorAt(walk.source, merge.keyStart, {
    code: 'PIN_REFUSED',
    message: `'${walked(walk, depth + 1)}' in '${walk.source.file}' may come through the merge key '<<', so changing it would change other places too.`,
    hint: `Write the key here by hand once (it then overrides the merged one), or pin the value where the anchor is.`,
  });
}

function takeItem(walk: Walk, node: ListNode, step: PathStep, depth: number): Next {
  const matches = node.items.filter((item, index) => matchesItem(walk, item, index, step));
  const [item, second] = matches;
  if (second) {
    throw errorAt(walk.source, second.start, {
      code: 'PIN_AMBIGUOUS',
      message: `'${walked(walk, depth + 1)}' fits ${matches.length} entries in '${walk.source.file}'.`,
      hint: 'Remove the entry that is not meant, or choose by a key that only one entry has.',
    });
  }
  return item === undefined ? { kind: 'none' } : { kind: 'some', node: item, entry: null };
}

function matchesItem(walk: Walk, item: OutlineNode, index: number, step: PathStep): boolean {
  switch (step.kind) {
    case 'index':
      return step.index === index;
    case 'pointer':
      return step.text === String(index);
    case 'prefix':
      return item.kind === 'scalar' && item.text.startsWith(step.prefix);
    case 'entry':
      return entryText(item, step.key) === step.value;
    default:
      return false;
  }
}

function refuseShared(walk: Walk, node: OutlineNode, depth: number): void {
  const where = depth === 0 ? 'the whole document' : `'${walked(walk, depth)}'`;
  if (node.kind === 'alias') {
    const anchor = findAnchor(walk, node.name);
    const line = anchor === undefined ? '' : ` (line ${placeAt(walk.source, anchor.start).line})`;
    throw errorAt(walk.source, node.start, {
      code: 'PIN_REFUSED',
      message: `${where} in '${walk.source.file}' is the alias '*${node.name}': its value stands at the anchor '&${node.name}'${line}.`,
      hint: `Pin the anchor, if all its users should follow: path: '${sharedPath(walk, node.name, depth)}'. Or write the value here by hand once.`,
    });
  }
  if (node.anchor === null) return;
  const users = countAliases(walk, node.anchor);
  if (users === 0) return;
  throw errorAt(walk.source, node.start, {
    code: 'PIN_REFUSED',
    message: `${where} in '${walk.source.file}' is the anchor '&${node.anchor}', which ${users} other ${users === 1 ? 'place follows' : 'places follow'}.`,
    hint: `If they should all follow, say so: path: '${sharedPath(walk, node.anchor, depth)}'.`,
  });
}

function sharedPath(walk: Walk, anchor: string, depth: number): string {
  return formatPinPath([{ kind: 'anchor', name: anchor }, ...walk.steps.slice(depth)]);
}

function anchoredNode(walk: Walk, name: string): OutlineNode | null {
  const found = [...nodesOf(walk.document.root)].filter(
    (node) => node.kind !== 'alias' && node.anchor === name,
  );
  const [node, second] = found;
  if (second) {
    throw errorAt(walk.source, second.start, {
      code: 'PIN_AMBIGUOUS',
      message: `The anchor '&${name}' is set ${found.length} times in '${walk.source.file}'.`,
      hint: 'Give the anchors different names.',
    });
  }
  if (node) return node;
  throw new LanewiseError(
    'PIN_MISSING',
    `There is no anchor '&${name}' in '${walk.source.file}'.`,
    {
      place: { file: walk.source.file },
    },
  );
}

function findAnchor(walk: Walk, name: string): OutlineNode | undefined {
  for (const node of nodesOf(walk.document.root))
    if (node.kind !== 'alias' && node.anchor === name) return node;
  return undefined;
}

function countAliases(walk: Walk, name: string): number {
  let count = 0;
  for (const node of nodesOf(walk.document.root))
    if (node.kind === 'alias' && node.name === name) count += 1;
  return count;
}

function walked(walk: Walk, depth: number): string {
  return formatPinPath(walk.steps.slice(0, depth));
}

function missingError(walk: Walk, node: OutlineNode | null, depth: number): LanewiseError {
  const { source, steps } = walk;
  const path = formatPinPath(steps);
  const here = depth === 0 ? '' : ` under '${walked(walk, depth)}'`;
  const message = `'${path}' is not in '${source.file}': there is no '${formatPinPath(steps.slice(depth, depth + 1))}'${here}.`;
  const hint = missingHint(node, steps[depth]);
  if (node === null)
    return new LanewiseError('PIN_MISSING', message, { place: { file: source.file }, hint });
  return errorAt(source, node.start, { code: 'PIN_MISSING', message, hint });
}
