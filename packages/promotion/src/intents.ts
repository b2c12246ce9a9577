import {
  LanewiseError,
  type Images,
  type CommitId,
  type Release,
  type Version,
} from '@lanewise/model';
import type { Cell } from './cell.js';
import type { GateResult } from './gates/gate.js';
import { lockKey } from './lock-places.js';
import type { LockChange } from './lock.js';
import type { Decision, Force, Origin, PromoteIntent, Reason } from './plan.js';
import { reason, reasonOf } from './reasons.js';
import type { PromotionState } from './state.js';
import { toldBefore, writtenValues } from './written-values.js';

/** A decision with the intent that it comes to, if any. */
export interface Decided {
  readonly decision: Decision;
  readonly intent: PromoteIntent | null;
}

export interface Wish {
  readonly state: PromotionState;
  readonly cell: Cell;
  readonly release: Release;
  readonly origin: Origin;
  readonly gates: readonly GateResult[];
  readonly told: { readonly images: Images; readonly builtFrom: CommitId | null } | null;
  readonly reason: string | null;
  readonly request: string | null;
  readonly locks: readonly LockChange[];
  readonly why: Reason;
}

/** The decision to bring a release into a cell; a template that cannot be filled refuses it. */
export function decideToPromote(wish: Wish): Decided {
  const { cell, release, gates, request } = wish;
  const told = wish.told ?? toldBefore(cell, release);
  try {
    const values = writtenValues(cell, release, told?.images ?? null);
    return {
      decision: decide(cell, 'promote', wish.why, {
        release,
        gates,
        request,
        takesBack: takesBack(wish),
      }),
      intent: toIntent(wish, values, told),
    };
  } catch (error) {
    if (!(error instanceof LanewiseError)) throw error;
    const why = reasonOf(error, 'template');
    return { decision: decide(cell, 'refused', why, { release, gates, request }), intent: null };
  }
}

interface Details {
  readonly release?: Release | null;
  readonly gates?: readonly GateResult[];
  readonly request?: string | null;
  readonly takesBack?: Decision['takesBack'];
}

export function decide(
  cell: Pick<Cell, 'product' | 'environment'>,
  verdict: Decision['verdict'],
  why: Reason,
  details: Details = {},
): Decision {
  return {
    product: cell.product,
    environment: cell.environment,
    verdict,
    version: details.release?.version ?? null,
    reason: why,
    gates: details.gates ?? [],
    request: details.request ?? null,
    takesBack: details.takesBack ?? null,
  };
}

/** A decision that changes nothing. */
export function decided(
  cell: Pick<Cell, 'product' | 'environment'>,
  verdict: Decision['verdict'],
  why: Reason,
  details: Details = {},
): Decided {
  return { decision: decide(cell, verdict, why, details), intent: null };
}

/** Why a release lands, in a sentence. */
export function landsBecause(cell: Cell): Reason {
  const there =
    cell.state.kind === 'release'
      ? `in place of ${cell.state.release.version}`
      : 'where nothing known runs';
  return reason(
    'lands',
    cell.state.kind === 'empty' ? 'it is the first one there' : `it lands ${there}`,
  );
}

/** What a promotion by name takes away: the locks that rollbacks left for this product there. */
export function rollbackLocks(state: PromotionState, cell: Cell): readonly LockChange[] {
  const { environment, product } = cell;
  const content = state.locks.get(lockKey(environment, product))?.content;
  if (content?.kind !== 'entries') return [];
  return content.entries
    .filter(({ rolledBackFrom }) => rolledBackFrom !== null)
    .map((entry) => ({ kind: 'remove', where: { environment, product }, entry }));
}

function toIntent(wish: Wish, values: PromoteIntent['values'], told: Wish['told']): PromoteIntent {
  const { cell, release, origin, gates, request } = wish;
  return {
    kind: 'promote',
    product: cell.product,
    environment: cell.environment,
    origin,
    to: release.version,
    source: release.commit,
    from: presentVersion(cell),
    fromValues: presentTexts(cell),
    values,
    images: told?.images ?? null,
    builtFrom: told?.builtFrom ?? null,
    forced: gates.flatMap(({ gate, forced }): Force[] =>
      forced === null ? [] : [{ gate, reason: forced }],
    ),
    reason: wish.reason,
    locks: wish.locks,
    request,
  };
}

function presentVersion({ state }: Cell): Version | null {
  return state.kind === 'release' ? state.release.version : null;
}

/** What a decision stands on: when another text is there, it is made anew. */
function presentTexts(cell: Cell): readonly (string | null)[] {
  return cell.pins.map(({ value }) => (value.kind === 'value' ? value.whole : null));
}

function takesBack({ cell, release, origin, gates }: Wish): Decision['takesBack'] {
  const forced = gates.some(({ gate, forced: why }) => gate === 'contains' && why !== null);
  if (cell.state.kind !== 'release' || (!forced && origin !== 'rollback')) return null;
  return { from: cell.state.release.commit, to: release.commit };
}
