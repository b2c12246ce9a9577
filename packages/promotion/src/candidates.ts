import type { Release } from '@lanewise/model';
import { isPrerelease } from '@lanewise/release';
import type { Cell } from './cell.js';
import type { GateResult } from './gates/gate.js';
import { askGates, isOpen } from './gates/table.js';
import { everRan, isNewer } from './past.js';
import type { Force, Origin } from './plan.js';
import type { PromotionState } from './state.js';

/** A release that could be brought into a cell, with what the gates say of it. */
export interface Judged {
  readonly release: Release;
  readonly gates: readonly GateResult[];
}

/** Which release goes next. */
export interface Candidacy {
  /** The newest whose gates are open; null: none, or several that are unrelated. */
  readonly chosen: Judged | null;
  /** Open ones of which none contains the others: no automation chooses between them. */
  readonly rivals: readonly Judged[];
  /** Releases that wait, newest first: those that the chosen one does not contain. */
  readonly waiting: readonly Judged[];
}

export interface CandidateQuestion {
  readonly state: PromotionState;
  readonly cell: Cell;
  readonly origin: Origin;
  readonly force: readonly Force[];
  readonly landing: ReadonlyMap<string, Release>;
}

/** So many waiting releases are judged and shown; older ones can only wait behind them. */
const shown = 5;

/**
 * Looks for the newest release that may go in: it is no prerelease, which only a name or an
 * environment tag asks for (unless the environment takes them); it strictly contains what runs, never ran there
 * before, is on a release branch, and all its gates are open.
 */
export function chooseCandidate(question: CandidateQuestion): Candidacy {
  const { state } = question;
  const open: Judged[] = [];
  const waiting: Judged[] = [];
  for (const release of eligibleReleases(question)) {
    const behind = open.some((one) => state.ancestry.contains(one.release.commit, release.commit));
    if (behind) continue;
    const judged = judgeRelease(question, release);
    if (isOpen(judged.gates)) open.push(judged);
    else waiting.push(judged);
  }
  const chosen = open.find((one) =>
    open.every((other) => state.ancestry.contains(one.release.commit, other.release.commit)),
  );
  return {
    chosen: chosen ?? null,
    rivals: chosen === undefined ? open : [],
    waiting: waiting.slice(0, shown),
  };
}

export function judgeRelease(question: CandidateQuestion, release: Release): Judged {
  const { state, cell, origin, force, landing } = question;
  return { release, gates: askGates({ state, cell, release, origin, landing }, force) };
}

function eligibleReleases({ state, cell }: CandidateQuestion): readonly Release[] {
  const present = cell.state.kind === 'release' ? cell.state.release : null;
  return state.book.releases(cell.product).filter((release) => {
    if (!landsThere(state, cell, release)) return false;
    if (state.strayReleases.has(release) || everRan(cell.history, release)) return false;
    return present === null || isNewer(release, present, state.ancestry);
  });
}

/** Whether a release of its kind lands there by itself: prereleases only where that is said. */
export function landsThere(
  { config }: Pick<PromotionState, 'config'>,
  { environment }: Pick<Cell, 'environment'>,
  { version }: Pick<Release, 'version'>,
): boolean {
  return !isPrerelease(version) || config.environments.get(environment)?.prereleases === true;
}

/** The newest release that is newer than what runs; null: there is none. Why it is no candidate is another question. */
export function newerThanPresent(state: PromotionState, cell: Cell): Release | null {
  const { book, ancestry } = state;
  const present = cell.state.kind === 'release' ? cell.state.release : null;
  if (present === null) return null;
  const full = book.releases(cell.product).filter((release) => landsThere(state, cell, release));
  return full.find((one) => isNewer(one, present, ancestry)) ?? null;
}
