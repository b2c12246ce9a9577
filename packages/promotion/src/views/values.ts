import type { EnvironmentName, ProductName } from '@lanewise/model';
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
    const texts = taken.get(product) ?? new Set<string>();
    taken.set(product, texts);
    const past = history?.texts ?? [];
    for (const { pin, value } of pins) {
      const seen = value.kind === 'value' ? [value.text, ...past] : past;
      for (const text of seen) {
        addText(texts, text);
        const words = wordsAt(pin, { kind: 'value', text, whole: text, line: 0, column: 0 });
        for (const word of words) addText(texts, word);
      }
    }
  }
  return taken;
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
