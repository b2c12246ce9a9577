import { LanewiseError, type FormatName, type PinSelector } from '@lanewise/model';

import { formatOf } from './detect-format.js';
import { contentOf } from './edit/apply-edits.js';
import type { Holding } from './edit/holding.js';
import { outerOffset } from './edit/inner-text.js';
import { typedText } from './edit/typed-value.js';
import { agreedReading, joinReading, usesOf } from './every-use.js';
import type { FormatTable, Manifest, PinReading } from './format.js';
import { formats } from './formats/table.js';
import { refuseSops } from './sops.js';
import { openSource, placeAt, type Source } from './source.js';
import type { Spot } from './spot.js';

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
 * Tells whether a pin holds a value already. Right for parts of a string too: where the file says
 * `registry/docs:1.4.2`, the pin holds both `1.4.2` and `registry/docs:1.4.2`. Asks for the two
 * texts of a reading only, so that readings may be kept as plain data.
 */
export function holdsValue(
  reading: { readonly text: string; readonly whole: string },
  value: string | number | boolean,
): boolean {
  const text = String(value);
  return (
    reading.text === text ||
    reading.whole === text ||
    typedText(reading.text, value) === reading.text
  );
}

function readPin(source: Source, selector: PinSelector, table: FormatTable): PinReading {
  try {
    if (selector.every === true) {
      const uses = usesOf(source, selector, table);
      refuseSops(source);
      const readings = uses.map(({ place, digest }) =>
        joinReading(
          readPin(source, place, table),
          digest === null ? null : readPin(source, digest, table),
        ),
      );
      return agreedReading(source, selector, readings);
    }
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
        text: contentOf(spot.node),
        holding: spot.holding,
        format,
      });
    case 'inner': {
      const { node, inner, spot: innerSpot } = spot;
      const start = outerOffset(source, node, inner, innerSpot.node.start);
      return valueReading(source, start, {
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
  { text, holding, format }: { text: string; holding: Holding; format: FormatName },
): PinReading {
  const { line, column } = placeAt(source, offset);
  const whole = holding.readWhole?.(text) ?? text;
  return { kind: 'value', text: holding.read(text), whole, line, column, format };
}

function failedReading(error: unknown): PinReading {
  if (!(error instanceof LanewiseError)) throw error;
  return { kind: error.code === 'PIN_MISSING' ? 'missing' : 'refused', error };
}
