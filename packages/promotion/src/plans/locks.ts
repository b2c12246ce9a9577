import { isDeepStrictEqual } from 'node:util';
import { LanewiseError, oneLine, type EnvironmentName, type ProductName } from '@lanewise/model';
import { cellKey, type CellKey } from '../cell.js';
import { judgeRequests } from '../judge-requests.js';
import { isNamed, lockFilesFor } from '../judge-locks.js';
import { lockKey, settledNote, showPlace } from '../lock-places.js';
import type { LockChange, LockEntry, LockPlace } from '../lock.js';
import { handMadeStepBack } from '../past.js';
import type { Decision, LockIntent, PromotionRequest } from '../plan.js';
import { reason } from '../reasons.js';
import { requireProduct, resolveRelease, resolveTarget } from '../resolve.js';
import type { PromotionState } from '../state.js';

type LockRequest = Extract<PromotionRequest, { kind: 'lock' }>;
type UnlockRequest = Extract<PromotionRequest, { kind: 'unlock' }>;

interface PlannedLocks {
  readonly intents: readonly LockIntent[];
  readonly decisions: readonly Decision[];
}

/** What `lock`, `hold`, `reject`, `freeze` and `unlock` come to. */
export function planLocks(state: PromotionState, request: PromotionRequest): PlannedLocks {
  if (request.kind !== 'lock' && request.kind !== 'unlock') return { intents: [], decisions: [] };
  if (request.product !== null) requireProduct(state, request.product);
  const planned = placesOf(state, request).map((where) =>
    request.kind === 'lock' ? planLock(state, request, where) : planUnlock(state, request, where),
  );
  return {
    intents: planned.flatMap(({ intent }) => intent ?? []),
    decisions: planned.map(({ decision }) => decision),
  };
}

interface Planned {
  readonly intent: LockIntent | null;
  readonly decision: Decision;
}

function placesOf(
  state: PromotionState,
  { environment, product }: { environment: string | null; product: ProductName | null },
): readonly LockPlace[] {
  if (environment === null) return [{ environment: null, product }];
  return resolveTarget(state, environment).map((name) => ({ environment: name, product }));
}

function planLock(state: PromotionState, request: LockRequest, where: LockPlace): Planned {
  const entry: LockEntry = {
    reason: oneLine(request.reason),
    by: request.by,
    until: request.until,
    ...releasesOf(state, request, where),
    rolledBackFrom: null,
    bindsRollbacks: request.bindsRollbacks,
  };
  refuseMalformed(state, where);
  const content = state.locks.get(lockKey(where.environment, where.product))?.content;
  if (content?.kind === 'entries' && content.entries.some((one) => isDeepStrictEqual(one, entry))) {
    const why = reason(
      'locked',
      `${showPlace(where)} is locked like that already`,
      unlockCommand(where),
    );
    return { intent: null, decision: lockDecision(where, 'done', why) };
  }
  const intent = toIntent(request.word, where, [{ kind: 'append', where, entry }], request.reason);
  const text = `${showPlace(where)} is locked: ${entry.reason}`;
  return {
    intent,
    decision: lockDecision(where, 'lock', reason('locked', text, unlockCommand(where))),
  };
}

function releasesOf(
  state: PromotionState,
  { word, product, version }: LockRequest,
  { environment }: LockPlace,
): Pick<LockEntry, 'not' | 'only'> {
  if (word !== 'hold' && word !== 'reject') return { not: null, only: null };
  if (product === null)
    throw refused(`'${word}' is about one product.`, `lanewise ${word} PRODUCT --env ENVIRONMENT`);
  const named = version === null ? null : resolveRelease(state, product, version).version;
  if (word === 'reject') {
    if (named === null)
      throw refused(
        'No release is named that should be rejected.',
        `lanewise reject ${product}@VERSION`,
      );
    return { not: [named], only: null };
  }
  const present =
    environment === null ? undefined : state.cells.get(cellKey(environment, product))?.state;
  const held = named ?? (present?.kind === 'release' ? present.release.version : null);
  if (held === null) {
    throw refused(
      `No known release of ${product} runs there that it could be held at.`,
      `lanewise hold ${product}@VERSION --env ENVIRONMENT`,
    );
  }
  return { not: null, only: [held] };
}

/** Takes entries away, settles a step back by hand, and says which requests can land then. */
function planUnlock(state: PromotionState, request: UnlockRequest, where: LockPlace): Planned {
  refuseMalformed(state, where);
  const changes = unlockChanges(state, request, where);
  if (changes.length === 0) {
    const what = where.product === null ? `${showPlace(where)} together` : showPlace(where);
    const why = reason('no-lock', `there is no lock on ${what}`, otherLocks(state, where));
    return { intent: null, decision: lockDecision(where, 'done', why) };
  }
  const opened = openedRequests(state, where, changes);
  const tail = opened.length === 0 ? '' : `, which opens ${opened.join(', ')}`;
  const why = reason('unlocked', `${showPlace(where)} is unlocked${tail}`);
  return {
    intent: toIntent('unlock', where, changes, request.reason),
    decision: lockDecision(where, 'lock', why),
  };
}

/** Locks on more than was named hold it too, those on a part of it are there besides: each is for whoever set it to take away. */
function otherLocks(state: PromotionState, where: LockPlace): string | null {
  const { environment, product } = where;
  const files =
    environment === null || product === null
      ? [...state.locks.values()].filter((one) => isPartOf(one, where))
      : lockFilesFor(state, { environment, product });
  const others = files.filter(
    ({ content }) => content.kind === 'malformed' || content.entries.length > 0,
  );
  if (others.length === 0) return null;
  const commands = others.map((one) => `${showPlace(one)} (${unlockCommand(one)})`);
  return `Locked is: ${commands.join(', ')}.`;
}

function isPartOf(one: LockPlace, whole: LockPlace): boolean {
  const isThere = whole.environment === null || one.environment === whole.environment;
  return isThere && (whole.product === null || one.product === whole.product);
}

function unlockChanges(
  state: PromotionState,
  { version, by, reason: why }: UnlockRequest,
  where: LockPlace,
): readonly LockChange[] {
  const { environment, product } = where;
  const content = state.locks.get(lockKey(environment, product))?.content;
  const entries = content?.kind === 'entries' ? content.entries : [];
  const asked = entries.filter(
    ({ not }) => version === null || rejects(state, not, where, version),
  );
  if (asked.length > 0) return asked.map((entry) => ({ kind: 'remove', where, entry }));
  if (environment === null || product === null || version !== null) return [];
  const cell = state.cells.get(cellKey(environment, product));
  const step = cell === undefined ? null : handMadeStepBack(cell, state.ancestry);
  if (step === null) return [];
  const begin = settledNote(step.from.version).slice('# '.length);
  const note = `${begin}${step.to.landed.author}; unlocked by ${by}${why === null ? '' : `: ${why}`}`;
  return [{ kind: 'settle', where, note }];
}

/** Whether an entry is about the release that a command line names, in whatever way it is written. */
function rejects(
  state: PromotionState,
  not: LockEntry['not'],
  { product }: LockPlace,
  version: string,
): boolean {
  if (not === null) return false;
  const release = product === null ? null : state.book.find(product, version);
  return not.some(
    (text) =>
      text === version ||
      text.endsWith(`@${version}`) ||
      (release !== null && isNamed(text, release)),
  );
}

function openedRequests(
  state: PromotionState,
  where: LockPlace,
  changes: readonly LockChange[],
): readonly string[] {
  const { environment, product } = where;
  const key = lockKey(environment, product);
  const cells = new Map(state.cells);
  const cell = cells.get(key as CellKey);
  if (cell !== undefined && cell.history !== null)
    cells.set(key as CellKey, { ...cell, history: { ...cell.history, lockTouched: true } });
  const locks = new Map(state.locks);
  const file = locks.get(key);
  if (file?.content.kind === 'entries') {
    const gone = new Set(changes.flatMap((one) => (one.kind === 'remove' ? [one.entry] : [])));
    const entries = file.content.entries.filter((entry) => !gone.has(entry));
    locks.set(key, { ...file, content: { kind: 'entries', entries } });
  }
  const landable = (one: PromotionState): Set<string> =>
    new Set(
      judgeRequests(one).flatMap(({ kind, wait, tag }) =>
        kind === 'open' && wait === null ? [tag.name] : [],
      ),
    );
  const before = landable(state);
  return [...landable({ ...state, locks, cells })].filter((name) => !before.has(name));
}

function refuseMalformed(state: PromotionState, where: LockPlace): void {
  const content = state.locks.get(lockKey(where.environment, where.product))?.content;
  if (content?.kind !== 'malformed') return;
  throw new LanewiseError('PROMOTION_REFUSED', content.message, {
    place: content.place,
    hint: 'Correct the file by hand first.',
  });
}

function toIntent(
  word: LockIntent['word'],
  { environment, product }: LockPlace,
  locks: readonly LockChange[],
  why: string | null,
): LockIntent {
  return { kind: 'lock', word, product, environment, locks, reason: why };
}

function lockDecision(
  { environment, product }: LockPlace,
  verdict: Decision['verdict'],
  why: Decision['reason'],
): Decision {
  return {
    product,
    environment,
    verdict,
    version: null,
    reason: why,
    gates: [],
    request: null,
    takesBack: null,
  };
}

function unlockCommand({
  environment,
  product,
}: {
  environment: EnvironmentName | null;
  product: ProductName | null;
}): string {
  const env = environment === null ? [] : [`--env ${environment}`];
  return ['lanewise unlock', ...(product === null ? [] : [product]), ...env].join(' ');
}

function refused(message: string, hint: string): LanewiseError {
  return new LanewiseError('USAGE', message, { hint });
}
