import { isImageDigest, LanewiseError, type PinSelector } from '@lanewise/model';

import type { PinEdit } from '../format.js';
import type { FoundPin } from '../find/found-pin.js';
import type { Source } from '../source.js';

/**
 * The path of the one pin that holds an image of this name; where tag and digest stand apart, the
 * one that the value is for. Throws PIN_MISSING with the images that are there, PIN_AMBIGUOUS.
 */
export function pathByImage(
  source: Source,
  selector: PinSelector,
  found: readonly FoundPin[],
  value?: PinEdit['value'],
): PinSelector {
  const { image, document } = selector;
  const inDocument = found.filter(
    (pin) => document === undefined || fits(pin.selector.document, document),
  );
  const named = inDocument.filter((pin) => pin.image === image);
  const digest = typeof value === 'string' && isImageDigest(value);
  const preferred = named.filter(({ holds }) => (holds === 'digest') === digest);
  const [pin, second] = preferred.length > 0 ? preferred : named;
  if (pin && !second)
    return { ...pin.selector, ...(selector.create !== undefined && { create: selector.create }) };
  if (pin) {
    throw new LanewiseError(
      'PIN_AMBIGUOUS',
      `The image '${image}' stands at several places of '${source.file}': ${named.map((other) => `'${other.selector.path}'`).join(', ')}.`,
      {
        place: { file: source.file, line: pin.line },
        hint: `Write one pin for each, with its path: ${pin.selector.path}.`,
      },
    );
  }
  const names = [
    ...new Set(inDocument.flatMap((other) => (other.image === null ? [] : [`'${other.image}'`]))),
  ];
  throw new LanewiseError('PIN_MISSING', `No image '${image}' was found in '${source.file}'.`, {
    place: { file: source.file },
    hint:
      names.length === 0
        ? 'Say where the value stands: path: image.tag.'
        : `There is ${names.slice(0, 6).join(', ')}.`,
  });
}

/** Whether a document is the one that is asked for, as far as it is said. */
export function fits(
  present: PinSelector['document'],
  wanted: NonNullable<PinSelector['document']>,
): boolean {
  if (present === undefined) return true;
  return (
    (wanted.kind === undefined || wanted.kind === present.kind) &&
    (wanted.name === undefined || wanted.name === present.name)
  );
}
