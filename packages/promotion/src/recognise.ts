import { isLanewiseError, isRecognising, renderPin, type Pin, type Release } from '@lanewise/model';
import type { Ancestry } from '@lanewise/git';
import type { PinValue } from './cell.js';

/** Finds the release that pins hold. Made once for a product: what releases write is rendered once. */
export type Recognise = (pins: readonly Pin[], values: readonly PinValue[]) => Release | null;

/**
 * Makes the recogniser of one product: a release is recognised if every pin (switches aside) holds
 * what the release writes there; of several the newest, which is the one that contains the others.
 */
export function makeRecogniser(releases: readonly Release[], ancestry: Ancestry): Recognise {
  const tables = new Map<string, Map<string, Release[]>>();
  return (pins, values) => {
    const first = pins.findIndex((pin, index) => isRecognising(pin) && values[index] !== undefined);
    const [pin, value] = [pins[first], values[first]];
    if (pin === undefined || value?.kind !== 'value') return null;
    const table = tableOf(tables, pin, releases);
    const { text, whole } = value;
    const found = table.get(text) ?? none;
    const candidates =
      text === whole ? found : [...new Set([...found, ...(table.get(whole) ?? none)])];
    const matching = candidates.filter((release) =>
      pins.every((other, index) => {
        const held = values[index];
        const asked = index > first && isRecognising(other) && held !== undefined;
        return !asked || holds(held, rendered(other, release));
      }),
    );
    return newest(matching, ancestry);
  };
}

const none: readonly Release[] = [];

/** Tells whether a pin's value is what would be written there. */
export function holds(value: PinValue, text: string | number | boolean | null): boolean {
  if (value.kind !== 'value' || text === null) return false;
  const written = String(text);
  if (value.text === written || value.whole === written) return true;
  // `name=reference`, as Kustomize overrides images: the value stands behind the sign
  return value.text !== value.whole && value.whole.endsWith(`=${written}`);
}

/** The one that contains all others; where they are unrelated, the highest version. */
function newest(releases: readonly Release[], ancestry: Ancestry): Release | null {
  if (releases.length < 2) return releases[0] ?? null;
  const top = releases.find((one) =>
    releases.every((other) => ancestry.contains(one.commit, other.commit)),
  );
  return top ?? releases[0] ?? null;
}

function tableOf(
  tables: Map<string, Map<string, Release[]>>,
  pin: Pin,
  releases: readonly Release[],
): Map<string, Release[]> {
  const template = String(pin.value);
  const local = /\{env\b/.test(template) ? pin.environment : '';
  const key =
    template === '{tag}' ? `{tag} ${pin.of}` : JSON.stringify([template, pin.of, pin.vars, local]);
  let table = tables.get(key);
  if (table === undefined) {
    table = new Map();
    for (const release of releases) {
      const text = template === '{tag}' ? plainTag(pin, release) : rendered(pin, release);
      if (text === null) continue;
      const written = table.get(String(text));
      if (written === undefined) table.set(String(text), [release]);
      else written.push(release);
    }
    tables.set(key, table);
  }
  return table;
}

/** What `renderPin` gives for the most common template, without taking the template apart. */
function plainTag(pin: Pin, release: Release): string | null {
  return release.pinText ?? release.images[pin.of]?.tag ?? null;
}

/** What a release writes at a pin; null where it has not what the template asks for. */
export function rendered(pin: Pin, release: Release): string | number | boolean | null {
  try {
    return renderPin(pin, release);
  } catch (error) {
    if (isLanewiseError(error)) return null;
    throw error;
  }
}
