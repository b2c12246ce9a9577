import type { EnvironmentName, Release } from '@lanewise/model';
import type { Cell } from './cell.js';
import type { LockEntry, LockFile } from './lock.js';
import { lockKey, lockPlacesFor } from './lock-places.js';
import type { Origin } from './plan.js';
import type { PromotionState } from './state.js';

/** The lock files that stand for a cell, the nearest first. */
export function lockFilesFor(
  state: PromotionState,
  cell: Pick<Cell, 'environment' | 'product'>,
): readonly LockFile[] {
  if (state.locks.size === 0) return [];
  return lockPlacesFor(cell.environment, cell.product).flatMap(({ environment, product }) => {
    const file = state.locks.get(lockKey(environment, product));
    return file === undefined ? [] : [file];
  });
}

/** Whether an entry's time is over: it stays in the file and does nothing. */
function isOver(entry: LockEntry, now: number): boolean {
  return entry.until !== null && entry.until <= now;
}

/** Whether an entry closes the way of a release, asked for in this way. */
export function binds(entry: LockEntry, release: Release, origin: Origin, now: number): boolean {
  if (isOver(entry, now)) return false;
  if (origin === 'rollback' && !entry.bindsRollbacks) return false;
  if (entry.rolledBackFrom !== null && (origin === 'name' || origin === 'again')) return false;
  if (entry.not !== null) return names(entry.not, release);
  return entry.only === null || !names(entry.only, release);
}

/** The entry that rejects a release in an environment; null: none does. */
export function rejectionOf(
  state: PromotionState,
  environment: EnvironmentName,
  release: Release,
): LockEntry | null {
  const files = lockFilesFor(state, { environment, product: release.product });
  const entries = files.flatMap(({ content }) =>
    content.kind === 'entries' ? content.entries : [],
  );
  return (
    entries.find(
      (entry) => entry.not !== null && !isOver(entry, state.now) && names(entry.not, release),
    ) ?? null
  );
}

/** By version, with or without the product, or by 7 or more digits of the commit, as people type it. */
function names(list: readonly string[], release: Release): boolean {
  return list.some((text) => isNamed(text, release));
}

/** Whether a text in a lock, or on a command line, names a release. */
export function isNamed(text: string, { product, version, commit }: Release): boolean {
  const own = text.startsWith(`${product}@`) ? text.slice(product.length + 1) : text;
  return own === version || (/^[0-9a-f]{7,64}$/.test(own) && commit.startsWith(own));
}
