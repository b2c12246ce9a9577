import type { EnvironmentConfig, Release } from '@lanewise/model';
import { formatDuration } from '@lanewise/model';
import {
  chooseCandidate,
  landsThere,
  newerThanPresent,
  type CandidateQuestion,
} from '../candidates.js';
import { cellKey, type Cell } from '../cell.js';
import { decided, decideToPromote, landsBecause, type Decided } from '../intents.js';
import { cellsBefore } from '../gates/before.js';
import { ownImage } from '../judge-requests.js';
import { rejectionOf } from '../judge-locks.js';
import { everRan, isNewer, releaseStays } from '../past.js';
import type { PromotionRequest, Reason } from '../plan.js';
import { reason, reasonToWait } from '../reasons.js';
import type { PromotionState } from '../state.js';
import { planRequests } from './tags.js';

type ReadyRequest = Extract<PromotionRequest, { kind: 'ready' }>;
type Landing = ReadonlyMap<string, Release>;

/** What lands by itself: open requests, and the newest waiting release of every cell that takes releases by itself. */
export function planReady(
  state: PromotionState,
  request: ReadyRequest,
  landing: Landing,
): readonly Decided[] {
  const named = (product: string): boolean =>
    request.products?.some((one) => one === product) ?? true;
  const requested =
    request.released === null
      ? planRequests(state, landing).filter(({ decision }) => named(decision.product ?? ''))
      : [];
  const taken = new Set(
    requested.flatMap(({ intent }) =>
      intent === null ? [] : [cellKey(intent.environment, intent.product)],
    ),
  );
  const automatic = [...state.config.environments.values()].flatMap((environment) =>
    state.products.flatMap((product) => {
      const cell = state.cells.get(cellKey(environment.name, product));
      const skipped = cell === undefined || cell.state.kind === 'outside' || !named(product);
      if (skipped || taken.has(cellKey(environment.name, product))) return [];
      return landsByItself(environment, product, request)
        ? [decideByItself(state, environment, cell, landing)]
        : [];
    }),
  );
  return [...requested, ...automatic];
}

function landsByItself(
  { on }: EnvironmentConfig,
  product: string,
  { released }: ReadyRequest,
): boolean {
  if (on === 'command') return false;
  return on === 'release' || released === null || released.some((one) => one === product);
}

/** The decision of automation about one cell; also what `why` asks. */
export function decideByItself(
  state: PromotionState,
  environment: EnvironmentConfig,
  cell: Cell,
  landing: Landing,
): Decided {
  const question: CandidateQuestion = { state, cell, origin: 'automation', force: [], landing };
  const { chosen, rivals, waiting } = chooseCandidate(question);
  const [first] = waiting;
  if (chosen === null && rivals.length === 0 && first === undefined) return nothingNew(state, cell);
  const judged = chosen ?? rivals[0] ?? first;
  const wait =
    reasonToWait(cell) ??
    rewritten(state, cell) ??
    (rivals.length > 0 ? rivalry(rivals.map(({ release }) => release)) : null) ??
    (judged === undefined ? null : ownImage(state, cell, judged.release)) ??
    (chosen === null
      ? reason('gates', 'its gates are not open')
      : protectedUntil(state, environment, cell));
  if (wait !== null || chosen === null) {
    return decided(cell, 'waiting', wait ?? reason('gates', 'its gates are not open'), judged);
  }
  return decideToPromote({
    state,
    cell,
    ...chosen,
    origin: 'automation',
    told: null,
    reason: null,
    request: null,
    locks: [],
    why: landsBecause(cell),
  });
}

function nothingNew(state: PromotionState, cell: Cell): Decided {
  const stuck = reasonToWait(cell) ?? straying(state, cell);
  if (stuck !== null) return decided(cell, 'waiting', stuck);
  const newer = newerThanPresent(state, cell);
  if (newer !== null) {
    const hint = `lanewise promote ${cell.product}@${newer.version} --to ${cell.environment}`;
    const text = `${newer.version} was there before, and nothing lands a second time by itself`;
    return decided(cell, 'done', reason('ran-before', text, hint), { release: newer });
  }
  if (cell.state.kind === 'release') {
    const { release } = cell.state;
    return decided(
      cell,
      'done',
      reason('no-candidate', `${release.version} runs there, and nothing newer is waiting`),
      { release },
    );
  }
  const none = state.book.releases(cell.product).length === 0;
  const why = none
    ? reason(
        'no-release',
        `${cell.product} has no release`,
        `lanewise adopt, or lanewise release ${cell.product} --first`,
      )
    : reason(
        'no-candidate',
        'every release was there before',
        `lanewise promote ${cell.product}@VERSION --to ${cell.environment}`,
      );
  return decided(cell, 'done', why);
}

/** A release that would go if it were on a release branch: that is no "nothing to do". */
function straying(state: PromotionState, cell: Cell): Reason | null {
  const present = cell.state.kind === 'release' ? cell.state.release : null;
  const stray = state.book
    .releases(cell.product)
    .find(
      (release) =>
        state.strayReleases.has(release) &&
        landsThere(state, cell, release) &&
        !everRan(cell.history, release) &&
        (present === null || isNewer(release, present, state.ancestry)),
    );
  if (stray === undefined) return null;
  const hint = `lanewise promote ${cell.product}@${stray.version} --to ${cell.environment}`;
  return reason('stray', `${stray.version} is newer, and its commit is on no release branch`, hint);
}

function rewritten(state: PromotionState, cell: Cell): Reason | null {
  const lost = state.rewritten.get(cell.environment);
  if (lost === undefined) return null;
  return reason(
    'rewritten',
    lost.why,
    `lanewise promote ${cell.product}@VERSION --to ${cell.environment}`,
  );
}

function rivalry(releases: readonly Release[]): Reason {
  const names = releases.map(({ version }) => version).join(' and ');
  return reason(
    'unrelated',
    `${names} could both go, and neither contains the other`,
    'Name one with lanewise promote.',
  );
}

/**
 * Under `after-soak` what runs is left alone until every soak that looks at it has had its time:
 * else a stream of new releases would keep each from ever becoming old enough.
 */
function protectedUntil(
  state: PromotionState,
  environment: EnvironmentConfig,
  cell: Cell,
): Reason | null {
  if (environment.displace !== 'after-soak' || cell.state.kind !== 'release') return null;
  const { release } = cell.state;
  const stay = releaseStays(cell.history).at(-1);
  if (stay === undefined || rejectionOf(state, environment.name, release) !== null) return null;
  const soaks = [...state.config.environments.values()].filter(({ name, gates }) => {
    const behind = state.cells.get(cellKey(name, cell.product));
    if (gates.soak === 0 || behind === undefined || behind.state.kind === 'outside') return false;
    return cellsBefore({ state, cell: behind }).includes(cell);
  });
  const longest = Math.max(0, ...soaks.map(({ gates }) => gates.soak));
  // Without a soak nothing is protected, even where the clock that landed it was ahead of this one.
  if (longest === 0) return null;
  const left = stay.landed.at + longest - state.now;
  if (left <= 0) return null;
  return reason(
    'protected',
    `${release.version} has ${formatDuration(left)} of its soak left and is not displaced before`,
  );
}
