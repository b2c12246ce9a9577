import { isRecognising, type Pin, type Placement } from '@lanewise/model';
import { pinsAgree } from './agree.js';
import type { CellState, PinValue } from './cell.js';
import type { Recognise } from './recognise.js';

/**
 * What the pins of one product in one environment say: the state of that cell. Recognises only what
 * records name; images told by a promotion are found in the cell's history.
 */
export function recogniseCell(
  placement: Placement,
  values: readonly PinValue[],
  recognise: Recognise,
): CellState {
  if (placement.membership === 'outside') return { kind: 'outside' };
  if (placement.missing.length > 0) {
    return { kind: 'missing', files: placement.missing.map(({ file }) => file) };
  }
  return recogniseValues(placement.pins, values, recognise);
}

/** The same for pins whose files are all there. */
export function recogniseValues(
  pins: readonly Pin[],
  values: readonly PinValue[],
  recognise: Recognise,
): CellState {
  for (const [index, value] of values.entries()) {
    const pin = pins[index];
    if (value.kind === 'refused') {
      const { message, hint = null, place } = value;
      return { kind: 'unreadable', message, hint, place };
    }
    if (value.kind === 'missing' && pin?.selector.create !== true) {
      return { kind: 'missing', files: pin === undefined ? [] : [pin.file] };
    }
  }
  const texts: string[] = [];
  for (const [index, pin] of pins.entries())
    if (isRecognising(pin)) texts.push(textOf(values[index]));
  if (texts.length === 0) return noVersion(pins);
  if (texts.every((text) => text === '')) return { kind: 'empty' };
  const release = recognise(pins, values);
  if (release !== null) return { kind: 'release', release, told: null };
  if (texts.some((text) => text === '') || !pinsAgree(pins, values)) return { kind: 'mixed' };
  return { kind: 'image', text: texts[0] ?? '' };
}

/** Pins that are all switches say nothing of what runs: no state may be guessed from them. */
function noVersion(pins: readonly Pin[]): CellState {
  const message = 'None of the pins holds a version: each of them is a constant.';
  return { kind: 'unreadable', message, place: pins[0]?.place ?? null };
}

/** The text of a value; '' where the key is not there yet. */
function textOf(value: PinValue | undefined): string {
  return value?.kind === 'value' ? value.text : '';
}
