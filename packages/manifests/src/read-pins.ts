import { LanewiseError, type FormatName, type PinSelector } from '@lanewise/model';

import { formatOf } from './detect-format.js';
import { contentOf } from './edit/apply-edits.js';
import type { Holding } from './edit/holding.js';
import { outerOffset } from './edit/inner-text.js';
import { typedText } from './edit/typed-value.js';
import type { FormatTable, Manifest, PinReading } from './format.js';
import { formats } from './formats/table.js';
import { refuseSops } from './sops.js';
import { openSource, placeAt, type Source } from './source.js';
import type { Spot } from './spot.js';
import type { ScalarNode } from './yaml/outline.js';

/**
 * Reads any number of pins of one manifest, in the order of the selectors, parsing it once. Never
 * throws for what stands in the file: each reading carries its own error, with place and hint.
 */
export function readPins(
  manifest: Manifest,
  selectors: readonly PinSelector[],
  table: FormatTable = formats,
): readonly PinReading[] {
  let source: Source;
  try {
    source = openSource(manifest);
  } catch (error) {
    const failed = failedReading(error);
    return selectors.map(() => failed);
  }
  return readPinsIn(source, selectors, table);
}

/** The same for a source that is open already. */
export function readPinsIn(
  source: Source,
  selectors: readonly PinSelector[],
  table: FormatTable,
): readonly PinReading[] {
  return selectors.map((selector) => readPin(source, selector, table));
}

/**
 * Tells whether a pin holds a value already, so that writing it would change nothing. Right for
 * parts of a string too: `registry/docs:1.4.2` holds both `1.4.2` and `registry/docs:1.4.2`.
 */
export function holdsValue(reading: PinReading, value: string | number | boolean): boolean {
  return reading.kind === 'value' && reading.wholeAfter(value) === reading.whole;
}

function readPin(source: Source, selector: PinSelector, table: FormatTable): PinReading {
  try {
    const format = formatOf(source, selector, table);
    refuseSops(source);
    // Without `create`, so that a missing key is told with the keys that are there.
    const { create: _, ...present } = selector;
    return readSpot(source, format.locate(source, present), format.name);
  } catch (error) {
    return failedReading(error);
  }
}

function readSpot(source: Source, spot: Spot, format: FormatName): PinReading {
  switch (spot.kind) {
    case 'scalar':
      return valueReading(source, spot.node.start, {
        node: spot.node,
        text: contentOf(spot.node),
        holding: spot.holding,
        format,
      });
    case 'inner': {
      const { node, inner, spot: innerSpot } = spot;
      const start = outerOffset(source, node, inner, innerSpot.node.start);
      return valueReading(source, start, {
        node: innerSpot.node,
        text: contentOf(innerSpot.node),
        holding: innerSpot.holding,
        format,
      });
    }
    case 'range':
      return valueReading(source, spot.start, {
        text: source.text.slice(spot.start, spot.end),
        holding: spot.holding,
        format,
      });
    case 'absent':
      throw new LanewiseError('PIN_MISSING', `The pin is not in '${source.file}'.`, {
        place: { file: source.file },
      });
  }
}

function valueReading(
  source: Source,
  offset: number,
  found: { node?: ScalarNode; text: string; holding: Holding; format: FormatName },
): PinReading {
  const { node, text: whole, holding, format } = found;
  const { line, column } = placeAt(source, offset);
  const wholeAfter = (value: string | number | boolean): string | null => {
    if (typeof value !== 'string' && node) return typedText(node, value);
    const held = holding.write(whole, String(value));
    return held.kind === 'text' ? held.text : null;
  };
  return { kind: 'value', text: holding.read(whole), whole, line, column, format, wholeAfter };
}

function failedReading(error: unknown): PinReading {
  if (!(error instanceof LanewiseError)) throw error;
  return { kind: error.code === 'PIN_MISSING' ? 'missing' : 'refused', error };
}
