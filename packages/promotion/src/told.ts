import {
  isLanewiseError,
  isRecognising,
  parseCommitId,
  parseImageReference,
  type CommitId,
  type ImageReference,
  type Images,
  type Placement,
  type ProductName,
  type Release,
} from '@lanewise/model';
import type { CellState, CommitNote, PinValue } from './cell.js';
import { holds, rendered } from './recognise.js';

/** Finds the release behind an image that a promotion told, by the commit that wrote it. */
export type ToldBy = (
  placement: Placement,
  values: readonly PinValue[],
  commit: CommitNote,
) => Extract<CellState, { kind: 'release' }> | null;

/**
 * Believes the trailers of a commit only where the rest agrees: the commit changed the pins (the
 * caller's to ensure), its words name this product and environment and a release with a record,
 * and that release with these images writes exactly what the pins hold.
 */
export function makeToldBy(
  find: (product: ProductName, version: string) => Release | null,
): ToldBy {
  return (placement, values, { trailers }) => {
    const one = (name: string): string | null => {
      const all = trailers[name] ?? [];
      return all.length === 1 ? (all[0] ?? null) : null;
    };
    const version = one('To');
    if (one('Product') !== placement.product || one('Environment') !== placement.environment)
      return null;
    const release = version === null ? null : find(placement.product, version);
    const images = readImages(trailers['Image'] ?? []);
    if (release === null || images === null) return null;
    const told: Release = { ...release, images: { ...release.images, ...images }, pinText: null };
    const exact = placement.pins.every((pin, index) => {
      const value = values[index];
      return !isRecognising(pin) || (value !== undefined && holds(value, rendered(pin, told)));
    });
    if (!exact) return null;
    return { kind: 'release', release, told: { images, builtFrom: readCommit(one('Built-From')) } };
  };
}

function readImages(lines: readonly string[]): Images | null {
  const images = new Map<string, ImageReference>();
  for (const line of lines) {
    const sign = line.indexOf('=');
    if (sign < 1) return null;
    try {
      images.set(line.slice(0, sign), parseImageReference(line.slice(sign + 1)));
    } catch (error) {
      if (isLanewiseError(error)) return null;
      throw error;
    }
  }
  return images.size === 0 ? null : Object.fromEntries(images);
}

function readCommit(text: string | null): CommitId | null {
  if (text === null) return null;
  try {
    return parseCommitId(text);
  } catch {
    return null;
  }
}
