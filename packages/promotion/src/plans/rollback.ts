import type { Release } from '@lanewise/model';
import { judgeRelease } from '../candidates.js';
import type { Cell } from '../cell.js';
import { isOpen } from '../gates/table.js';
import { decided, decideToPromote, type Decided } from '../intents.js';
import { ownImage } from '../judge-requests.js';
import { rejectionOf } from '../judge-locks.js';
import { lockKey } from '../lock-places.js';
import type { LockChange, LockEntry } from '../lock.js';
import { everRan, isNewer, isTakenBack, releaseStays } from '../past.js';
import type { PromotionRequest } from '../plan.js';
import { reason, reasonNotToWrite } from '../reasons.js';
import { resolveCells, resolveRelease } from '../resolve.js';
import type { PromotionState } from '../state.js';

type RollbackRequest = Extract<PromotionRequest, { kind: 'rollback' }>;

/** Back to the last good release before, with a lock in the same commit. */
export function planRollback(state: PromotionState, request: RollbackRequest): readonly Decided[] {
  const cells = resolveCells(state, request.product, request.environment);
  const inside = cells.filter((cell) => cell.state.kind !== 'outside');
  if (inside.length > 0) return inside.map((cell) => decideRollback(state, request, cell));
  return cells.slice(0, 1).map((cell) => {
    const why = reason('outside', `${request.product} is not in ${request.environment}`);
    return decided(cell, 'refused', why);
  });
}

/**
 * The request with the releases that it takes back by name. 'One back' is counted from what ran when
 * it was asked: planned again on a branch that moved, it must not count from what runs by then.
 */
export function nameWhatIsLeft(
  request: PromotionRequest,
  decided: readonly Decided[],
): PromotionRequest {
  if (request.kind !== 'rollback' || request.leave !== undefined) return request;
  const left = decided.flatMap(({ intent }) => {
    if (intent === null) return [];
    const entry = intent.locks.find(({ kind }) => kind === 'append');
    const text = intent.from ?? (entry?.kind === 'append' ? entry.entry.rolledBackFrom : null);
    return text === null ? [] : [[intent.environment, text] as const];
  });
  return left.length === 0 ? request : { ...request, leave: Object.fromEntries(left) };
}

function decideRollback(state: PromotionState, request: RollbackRequest, cell: Cell): Decided {
  const blocked = reasonNotToWrite(cell);
  if (blocked !== null) return decided(cell, 'refused', blocked);
  const already = request.to === null ? null : runsAlready(state, request.to, cell);
  if (already !== null) return decided(cell, 'done', already.why, { release: already.release });
  const elsewhere = runsElse(state, request, cell);
  if (elsewhere !== null) return elsewhere;
  const target =
    request.to === null ? goodBefore(state, cell) : namedBefore(state, request.to, cell);
  if ('code' in target) return decided(cell, 'refused', target);
  const own = everRan(cell.history, target) ? null : ownImage(state, cell, target);
  if (own !== null) return decided(cell, 'refused', own, { release: target });
  const question = {
    state,
    cell,
    origin: 'rollback',
    force: request.force,
    landing: new Map(),
  } as const;
  const { gates } = judgeRelease(question, target);
  if (!isOpen(gates)) {
    const names = gates.filter(({ answer }) => answer.kind !== 'open').map(({ gate }) => gate);
    const why = reason(
      'gates',
      `${names.join(' and ')} holds it`,
      `--force ${names[0] ?? ''} --reason '…' passes it, on record`,
    );
    return decided(cell, 'held', why, { release: target, gates });
  }
  return decideToPromote({
    state,
    cell,
    release: target,
    origin: 'rollback',
    gates,
    told: null,
    reason: request.reason,
    request: null,
    locks: lockBehind(state, request, cell),
    why: reason('lands', `it is the last one before ${running(cell)} that was not taken back`),
  });
}

/** A rollback that names where it goes may be run again: the second finds it done. */
function runsAlready(
  state: PromotionState,
  text: string,
  cell: Cell,
): { readonly release: Release; readonly why: ReturnType<typeof reason> } | null {
  const release = resolveRelease(state, cell.product, text);
  if (cell.state.kind !== 'release' || cell.state.release.version !== release.version) return null;
  return { release, why: reason('runs-already', `${release.version} runs in ${cell.environment}`) };
}

/** What becomes of a cell where the release to be taken back does not run; null: it runs there. */
function runsElse(state: PromotionState, request: RollbackRequest, cell: Cell): Decided | null {
  const { environment, product } = cell;
  const text = request.leave?.[environment];
  if (text === undefined || text === running(cell)) return null;
  const locked = lockEntries(state, cell).some(({ rolledBackFrom }) => rolledBackFrom === text);
  const release = locked ? state.book.find(product, text) : resolveRelease(state, product, text);
  const version = release?.version ?? text;
  if (version === running(cell)) return null;
  const there = `${running(cell)} runs in ${environment}`;
  const gone = release !== null && isTakenBack(cell.history, release, state.ancestry);
  if (locked || gone) {
    const why = reason('runs-already', `${version} was taken back already: ${there}`);
    return decided(cell, 'done', why, { release });
  }
  const command = `lanewise rollback ${product} --env ${environment}`;
  const why = reason('not-running', `${there}, and not ${version}`, `${command} takes that back.`);
  const several = Object.keys(request.leave ?? {}).length > 1;
  return decided(cell, several ? 'done' : 'refused', why, { release });
}

function lockEntries(state: PromotionState, { environment, product }: Cell): readonly LockEntry[] {
  const content = state.locks.get(lockKey(environment, product))?.content;
  return content?.kind === 'entries' ? content.entries : [];
}

type Answer = Release | ReturnType<typeof reason>;

/** The last release before the present one that nobody went back from, and that is not rejected. */
function goodBefore(state: PromotionState, cell: Cell): Answer {
  const present = cell.state.kind === 'release' ? cell.state.release : null;
  const found = releaseStays(cell.history).findLast(({ state: { release } }) => {
    if (release.version === present?.version) return false;
    const rejected = rejectionOf(state, cell.environment, release) !== null;
    return !rejected && !isTakenBack(cell.history, release, state.ancestry);
  });
  if (found !== undefined) return found.state.release;
  const hint = `Name one: lanewise rollback ${cell.product} --env ${cell.environment} --to VERSION`;
  return reason(
    'nothing-before',
    `nothing that was in ${cell.environment} before can be gone back to`,
    hint,
  );
}

function namedBefore(state: PromotionState, text: string, cell: Cell): Answer {
  const target = resolveRelease(state, cell.product, text);
  const present = cell.state.kind === 'release' ? cell.state.release : null;
  if (present === null || isNewer(present, target, state.ancestry)) return target;
  const ran = releaseStays(cell.history).some(
    ({ state: { release } }) => release.version === target.version,
  );
  if (ran) return target;
  const hint = `lanewise promote ${cell.product}@${target.version} --to ${cell.environment} brings it there.`;
  return reason('not-earlier', `${target.version} is not earlier than ${present.version}`, hint);
}

function running({ state }: Cell): string {
  return state.kind === 'release'
    ? state.release.version
    : state.kind === 'image'
      ? state.text
      : 'what runs';
}

/** A lock file that cannot be read closes the cell by itself, and must not keep anybody from going back. */
function lockBehind(
  state: PromotionState,
  request: RollbackRequest,
  cell: Cell,
): readonly LockChange[] {
  const { environment, product } = cell;
  if (state.locks.get(lockKey(environment, product))?.content.kind === 'malformed') return [];
  const from = running(cell);
  const entry = {
    reason: request.reason ?? `rolled back from ${from}`,
    by: request.by,
    until: null,
    not: null,
    only: null,
    rolledBackFrom: from,
    bindsRollbacks: false,
  };
  return [{ kind: 'append', where: { environment, product }, entry }];
}
