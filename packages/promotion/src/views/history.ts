import type { EnvironmentName, ProductName } from '@lanewise/model';
import type { Cell, CommitNote, Stay } from '../cell.js';
import { isNewer, releaseStays } from '../past.js';
import type { PromotionState } from '../state.js';

/** One landing, as `history` shows it. */
export interface HistoryEntry {
  readonly product: ProductName;
  readonly environment: EnvironmentName;
  readonly stay: Stay;
  /** How it compares with the release before: told by the pins, not by words. */
  readonly step: 'first' | 'forward' | 'back' | 'sideways' | 'unknown';
}

/** The landings of a product, newest first, in one environment or in all. */
export function readHistory(
  state: PromotionState,
  product: ProductName,
  environment: EnvironmentName | null = null,
): readonly HistoryEntry[] {
  const cells = [...state.cells.values()].filter(
    (cell) =>
      cell.product === product && (environment === null || cell.environment === environment),
  );
  return cells
    .flatMap((cell) => entriesOf(state, cell))
    .sort((a, b) => b.stay.landed.at - a.stay.landed.at);
}

function entriesOf(state: PromotionState, cell: Cell): readonly HistoryEntry[] {
  const { product, environment, history } = cell;
  const known = releaseStays(history);
  return (history?.stays ?? [])
    .map((stay): HistoryEntry => {
      const at = known.findIndex((one) => one === stay);
      const before = known[at - 1];
      if (stay.state.kind !== 'release') return { product, environment, stay, step: 'unknown' };
      if (before === undefined) return { product, environment, stay, step: 'first' };
      const { release } = stay.state;
      const step = isNewer(release, before.state.release, state.ancestry)
        ? 'forward'
        : isNewer(before.state.release, release, state.ancestry)
          ? 'back'
          : 'sideways';
      return { product, environment, stay, step };
    })
    .reverse();
}

/**
 * Commits that touched the files of a product's pins since a release was last there, besides the
 * landings themselves: what a rollback does not take back. Newest first.
 */
export function otherChangesSince(cell: Cell, version: string): readonly CommitNote[] {
  const stays = cell.history?.stays ?? [];
  const target = releaseStays(cell.history).findLast(
    ({ state }) => state.release.version === version,
  );
  if (target === undefined || cell.history === null) return [];
  const landings = new Set(stays.map(({ landed }) => landed.commit));
  const since: CommitNote[] = [];
  for (const touch of cell.history.touches) {
    if (touch.commit === target.landed.commit) break;
    if (!landings.has(touch.commit)) since.push(touch);
  }
  return since;
}
