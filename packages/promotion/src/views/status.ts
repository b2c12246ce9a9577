import type { CommitId, EnvironmentName, ProductName, RefName, Timestamp } from '@lanewise/model';
import type { Cell, CellState, CommitNote, PinState, Rewritten } from '../cell.js';
import { judgeRequests, type JudgedRequest } from '../judge-requests.js';
import { lockFilesFor } from '../judge-locks.js';
import type { LockFile } from '../lock.js';
import { handMadeStepBack, type StepBack } from '../past.js';
import type { Decision } from '../plan.js';
import { decideCandidateByName } from '../plans/by-name.js';
import { decideByItself } from '../plans/ready.js';
import type { PromotionState } from '../state.js';

/** One product in one environment, as `status` shows it. */
export interface StatusCell {
  readonly product: ProductName;
  readonly environment: EnvironmentName;
  readonly state: CellState;
  /** Where the state is not one release: pin by pin. */
  readonly pins: readonly PinState[];
  /** Since when; null: the past was not read. */
  readonly since: Timestamp | null;
  readonly landed: CommitNote | null;
  /** What comes next: the candidate with the answers of its gates, or why there is none. */
  readonly next: Decision;
  readonly requests: readonly JudgedRequest[];
  readonly locks: readonly LockFile[];
  readonly stepBack: StepBack | null;
}

export interface Status {
  readonly branch: RefName;
  readonly tip: CommitId;
  readonly environments: readonly EnvironmentName[];
  readonly products: readonly ProductName[];
  /** By environment in the order of the configuration, then by product; cells outside are left out. */
  readonly cells: readonly StatusCell[];
  readonly requests: readonly JudgedRequest[];
  readonly locks: readonly LockFile[];
  readonly rewritten: ReadonlyMap<EnvironmentName, Rewritten>;
}

/** What runs where, since when, what waits and for what. */
export function readStatus(state: PromotionState): Status {
  const requests = judgeRequests(state);
  const cells = [...state.config.environments.keys()].flatMap((environment) =>
    state.products.flatMap((product) => {
      const cell = state.cells.get(`${environment}/${product}`);
      return cell === undefined || cell.state.kind === 'outside'
        ? []
        : [statusCell(state, cell, requests)];
    }),
  );
  return {
    branch: state.branch,
    tip: state.tip,
    environments: [...state.config.environments.keys()],
    products: state.products,
    cells,
    requests,
    locks: [...state.locks.values()],
    rewritten: state.rewritten,
  };
}

function statusCell(
  state: PromotionState,
  cell: Cell,
  requests: readonly JudgedRequest[],
): StatusCell {
  const { product, environment } = cell;
  const landed = cell.history?.stays.at(-1)?.landed ?? null;
  return {
    product,
    environment,
    state: cell.state,
    pins: cell.pins,
    since: landed?.at ?? null,
    landed,
    next: nextFor(state, cell),
    requests: requests.filter(
      (one) => one.environment === environment && one.tag.product === product,
    ),
    locks: lockFilesFor(state, cell),
    stepBack: handMadeStepBack(cell, state.ancestry),
  };
}

/** What automation would do, or what `promote` without a version would take. */
function nextFor(state: PromotionState, cell: Cell): Decision {
  const environment = state.config.environments.get(cell.environment);
  if (environment !== undefined && environment.on !== 'command') {
    return decideByItself(state, environment, cell, new Map()).decision;
  }
  const decision = decideCandidateByName(state, cell);
  return decision.verdict === 'held' ? { ...decision, verdict: 'waiting' } : decision;
}
