import type { EnvironmentName, Release } from '@lanewise/model';
import { cellKey, type Cell } from '../cell.js';
import { releaseStays, sameInputs, takenBackBy, type ReleaseStay } from '../past.js';
import { rejectionOf } from '../judge-locks.js';
import type { GateAnswer, GateQuestion } from './gate.js';

/**
 * The cells of the environments before this one that the product is in. One that it is not in is
 * skipped: what comes before that one counts in its place, so that nothing lands by itself which ran
 * nowhere.
 */
export function cellsBefore({
  state,
  cell,
}: Pick<GateQuestion, 'state' | 'cell'>): readonly Cell[] {
  const found = new Map<EnvironmentName, Cell>();
  const seen = new Set<EnvironmentName>();
  const look = (from: EnvironmentName): void => {
    for (const name of state.config.environments.get(from)?.after.environments ?? []) {
      if (seen.has(name)) continue;
      seen.add(name);
      const before = state.cells.get(cellKey(name, cell.product));
      if (before === undefined || before.state.kind === 'outside') look(name);
      else found.set(name, before);
    }
  };
  look(cell.environment);
  return [...found.values()];
}

/** What is known of a release in an environment before: the stays that count, or why none does. */
export type Ran =
  | { readonly kind: 'ran'; readonly stays: readonly ReleaseStay[] }
  | { readonly kind: 'not'; readonly why: string };

/**
 * Whether the release, or one with equal inputs, ran there. One that was taken back or rejected
 * there counts as not having run, until it lands again.
 */
export function ranIn(question: GateQuestion, before: Cell): Ran {
  const { state, release } = question;
  const where = before.environment;
  const rejected = rejectionOf(state, where, release);
  if (rejected !== null)
    return { kind: 'not', why: `it was rejected in ${where}: ${rejected.reason}` };
  if (before.state.kind === 'missing') {
    const why = `the product's files are missing in ${where}; its 'environments:' says if it left`;
    return { kind: 'not', why };
  }
  const stays = releaseStays(before.history).filter((stay) =>
    sameInputs(stay.state.release, release),
  );
  const good = stays.filter(
    ({ state: { release: ran } }) =>
      back(question, before, ran) === null && rejectionOf(state, where, ran) === null,
  );
  if (good.length > 0) return { kind: 'ran', stays: good };
  const last = stays.at(-1);
  const refused = last === undefined ? null : rejectionOf(state, where, last.state.release);
  if (last !== undefined && refused !== null) {
    const why = `${last.state.release.version}, which has the same inputs, was rejected in ${where}: ${refused.reason}`;
    return { kind: 'not', why };
  }
  const step = last === undefined ? null : back(question, before, last.state.release);
  if (step === null) return { kind: 'not', why: `it has not been in ${where}` };
  return { kind: 'not', why: `it was taken back in ${where} ${by(step)}` };
}

function back({ state }: GateQuestion, before: Cell, ran: Release): ReleaseStay | null {
  return takenBackBy(before.history, ran, state.ancestry);
}

function by({ landed, state }: ReleaseStay): string {
  return `by ${landed.author} in ${landed.commit.slice(0, 8)}, to ${state.release.version}`;
}

/** Joins the answers of several environments: all of them must be open, or one where one is enough. */
export function joinAnswers(question: GateQuestion, answers: readonly GateAnswer[]): GateAnswer {
  const { state, cell } = question;
  const any = state.config.environments.get(cell.environment)?.after.mode === 'any';
  const open = answers.find(({ kind }) => kind === 'open');
  const closed = answers.find(({ kind }) => kind === 'closed');
  const waiting = answers.filter((answer) => answer.kind === 'waiting');
  const first = any ? open : (closed ?? longest(waiting));
  const other = any ? (shortest(waiting) ?? closed) : open;
  return (
    first ?? other ?? { kind: 'open', why: 'it comes after no environment that the product is in' }
  );
}

type Waiting = Extract<GateAnswer, { kind: 'waiting' }>;

function longest(answers: readonly Waiting[]): Waiting | undefined {
  return [...answers].sort((a, b) => (b.until ?? Infinity) - (a.until ?? Infinity))[0];
}

function shortest(answers: readonly Waiting[]): Waiting | undefined {
  return [...answers].sort((a, b) => (a.until ?? Infinity) - (b.until ?? Infinity))[0];
}
