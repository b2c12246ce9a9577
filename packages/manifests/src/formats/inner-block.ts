import { LanewiseError, type PinSelector } from '@lanewise/model';

import { whole } from '../edit/holding.js';
import { openInner } from '../edit/inner-text.js';
import type { FoundPin } from '../find/found-pin.js';
import { findImagePins, type SearchArea } from '../find/image-pins.js';
import { formatPinPath, type PathStep } from '../paths/parse-path.js';
import type { Source } from '../source.js';
import type { Spot } from '../spot.js';
import type { OutlineNode } from '../yaml/outline.js';
import { locateAt } from './by-path.js';

/**
 * A value in the YAML that a `|` block holds: the first `into` steps lead to the block, the others go
 * on inside, as if it were a map. Throws as `locateAt` does, PIN_REFUSED for a block of another style.
 */
export function locateInBlock(
  source: Source,
  selector: PinSelector,
  steps: readonly PathStep[],
  into: number,
): Spot {
  const { create: _, ...present } = selector;
  const outer = locateAt(source, present, steps.slice(0, into), {
    language: 'yaml',
    holding: () => whole,
  });
  if (outer.kind !== 'scalar')
    throw new LanewiseError('INTERNAL', 'A block was not found as a scalar.');
  const inner = openInner(source, outer.node);
  const spot = locateAt(inner, {}, steps.slice(into), { language: 'yaml' });
  if (spot.kind !== 'scalar')
    throw new LanewiseError('INTERNAL', 'A value in a block was not found as a scalar.');
  return { kind: 'inner', node: outer.node, inner, spot };
}

/** The images in the YAML of a block at `steps`; none where it cannot be read or changed inside. */
export function findInBlock(
  area: SearchArea,
  block: OutlineNode | null,
  steps: readonly PathStep[],
): readonly FoundPin[] {
  if (block?.kind !== 'scalar' || block.style !== 'literal') return [];
  try {
    const inner = openInner(area.source, block);
    const [document] = inner.yaml().documents;
    const root = document?.root ?? null;
    const found = findImagePins({ ...area, source: inner, root, from: steps });
    const outerLine = area.source.text.slice(0, block.start).split('\n').length;
    // A path that begins at an anchor of the inner text cannot be told from outside.
    return found
      .filter(({ selector }) => selector.path?.startsWith(formatPinPath(steps)) === true)
      .map((pin) => ({ ...pin, line: pin.line + outerLine }));
  } catch (error) {
    if (error instanceof LanewiseError) return [];
    throw error;
  }
}
