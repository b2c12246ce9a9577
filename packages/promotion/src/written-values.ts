import { renderPin, type Images, type Release } from '@lanewise/model';
import type { Cell, Told } from './cell.js';
import { releaseStays } from './past.js';

/** What a promotion writes at a cell's pins, in their order. Throws CONFIG_INVALID where a template cannot be filled. */
export function writtenValues(
  cell: Cell,
  release: Release,
  images: Images | null,
): readonly (string | number | boolean)[] {
  const written: Release =
    images === null
      ? release
      : { ...release, images: { ...release.images, ...images }, pinText: null };
  return cell.pins.map(({ pin }) => renderPin(pin, written));
}

/** The images that were told for a release when it was last in this cell: a repeat takes the same. */
export function toldBefore(cell: Cell, release: Release): Told | null {
  return (
    releaseStays(cell.history).findLast(({ state }) => state.release.version === release.version)
      ?.state.told ?? null
  );
}
