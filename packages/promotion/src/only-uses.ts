import type { Repository, TreeEntry } from '@lanewise/git';
import type { Pin, Placement, RepoPath } from '@lanewise/model';
import { readValues, type WantedValues } from './values.js';

/**
 * Leaves out the files that do not use the image, of pins on every use of one. Where no file does,
 * the first stays, so that the pin is told as missing.
 */
export async function onlyUses(
  gitops: Pick<Repository, 'readBlobs' | 'cacheDirectory'>,
  placements: readonly Placement[],
  files: ReadonlyMap<RepoPath, TreeEntry>,
): Promise<readonly Placement[]> {
  const isEvery = ({ selector }: Pin): boolean => selector.every === true;
  if (!placements.some(({ pins }) => pins.some(isEvery))) return placements;
  const wanted = (pin: Pin): WantedValues | null => {
    const entry = files.get(pin.file);
    if (!isEvery(pin) || entry?.type !== 'blob') return null;
    return { blob: entry.id, file: pin.file, selectors: [pin.selector] };
  };
  const asked = placements.flatMap(({ pins }) => pins.flatMap((pin) => wanted(pin) ?? []));
  if (asked.length === 0) return placements;
  const values = await readValues(gitops, asked);
  const isUnused = (pin: Pin): boolean => {
    const one = wanted(pin);
    return one !== null && values.in(one).get(one.blob)?.[0]?.kind === 'missing';
  };
  return placements.map((placement) => {
    const unused = new Set(placement.pins.filter(isUnused));
    if (unused.size === 0) return placement;
    const used = new Set(placement.pins.flatMap((pin) => (unused.has(pin) ? [] : [pin.index])));
    const kept = placement.pins.filter((pin) => {
      if (!unused.has(pin)) return true;
      if (used.has(pin.index) || pin.optional) return false;
      used.add(pin.index);
      return true;
    });
    return { ...placement, pins: kept };
  });
}
