import type { EnvironmentName, Pin, ProductName } from '@lanewise/model';
import { wordsAt } from '../agree.js';
import type { CellState, PinState } from '../cell.js';
import type { PromotionState } from '../state.js';

/**
 * Texts found in a product's pins, now and in their history: version numbers among them are never
 * given again. A text is there as it stands, and as the words of the pin's template in it.
 */
export function takenVersions(
  state: PromotionState,
): ReadonlyMap<ProductName, ReadonlySet<string>> {
  const taken = new Map<ProductName, Set<string>>();
  for (const { product, pins, history } of state.cells.values()) {
    const versions = taken.get(product) ?? new Set<string>();
    taken.set(product, versions);
    const now = pins.flatMap(({ value }) => (value.kind === 'value' ? [value.text] : []));
    const texts = new Set([...now, ...(history?.texts ?? [])]);
    addVersions(
      versions,
      pins.map(({ pin }) => pin),
      texts,
    );
  }
  return taken;
}

/** Adds texts as they stand, and the words that the templates of pins find in them. */
export function addVersions(
  versions: Set<string>,
  pins: readonly Pin[],
  texts: ReadonlySet<string>,
): void {
  for (const text of texts) addText(versions, text);
  const templates = new Map(pins.map((pin) => [pin.value, pin]));
  for (const pin of templates.values()) {
    for (const text of texts) {
      const words = wordsAt(pin, { kind: 'value', text, whole: text, line: 0, column: 0 });
      for (const word of words) addText(versions, word);
    }
  }
}

/** `1.4.2@sha256:…` holds the tag `1.4.2`. */
function addText(texts: Set<string>, text: string): void {
  if (text === '') return;
  texts.add(text);
  const at = text.indexOf('@');
  if (at > 0) texts.add(text.slice(0, at));
}

/** What a product's pins hold in one environment: what `adopt` makes releases of. */
export interface PresentValue {
  readonly product: ProductName;
  readonly environment: EnvironmentName;
  readonly state: CellState;
  readonly pins: readonly PinState[];
}

export function presentValues(state: PromotionState): readonly PresentValue[] {
  return [...state.cells.values()]
    .filter((cell) => cell.state.kind !== 'outside')
    .map(({ product, environment, state: present, pins }) => ({
      product,
      environment,
      state: present,
      pins,
    }));
}
