import { isDeepStrictEqual } from 'node:util';
import { LanewiseError, oneLine } from '@lanewise/model';
import { cellKey } from './cell.js';
import type { LockChange } from './lock.js';
import { lockKey } from './lock-places.js';
import { holds } from './recognise.js';
import type { Intent, PromotionPlan } from './plan.js';
import type { Landed } from './promotion-result.js';
import type { PromotionState } from './state.js';

/**
 * Compares a saved plan with what its request comes to now. Gives the products in environments
 * where the saved plan was carried out already: they are left alone. Throws PLAN_STALE where the
 * two mean different things.
 */
export function compareWithSaved(
  state: PromotionState,
  saved: PromotionPlan,
  fresh: PromotionPlan,
  landed: readonly Landed[],
): ReadonlySet<string> {
  const settled = new Set<string>(
    landed.map(({ environment, product }) => cellKey(environment, product)),
  );
  for (const intent of saved.intents) if (isCarriedOut(state, intent)) settled.add(keyOf(intent));
  const wanted = new Map(saved.intents.map((intent) => [keyOf(intent), intent]));
  const found = new Map(fresh.intents.map((intent) => [keyOf(intent), intent]));
  const differences = [...new Set([...wanted.keys(), ...found.keys()])]
    .filter((key) => !settled.has(key))
    .flatMap((key) => difference(key, wanted.get(key), found.get(key), fresh));
  if (differences.length === 0) return settled;
  throw new LanewiseError('PLAN_STALE', `The plan is out of date: ${differences.join('; ')}.`, {
    hint: 'Nothing was written. Plan again, and look at the difference.',
  });
}

function isCarriedOut(state: PromotionState, intent: Intent): boolean {
  if (intent.kind === 'lock') return intent.locks.every((change) => isMade(state, change));
  if (intent.origin === 'again') return false;
  const cell = state.cells.get(cellKey(intent.environment, intent.product));
  if (cell === undefined || cell.pins.length === 0) return false;
  const changes = cell.pins.some((_, at) => intent.values[at] !== intent.fromValues[at]);
  return changes && cell.pins.every(({ value }, at) => holds(value, intent.values[at] ?? null));
}

/** Whether a lock file says already what the change would make it say. */
function isMade(state: PromotionState, change: LockChange): boolean {
  const { environment, product } = change.where;
  const file = state.locks.get(lockKey(environment, product));
  if (file?.content.kind === 'malformed') return false;
  if (change.kind === 'settle') return file?.text.includes(`# ${oneLine(change.note)}`) === true;
  const there = file?.content.entries.some((entry) => isDeepStrictEqual(entry, change.entry));
  return (there === true) === (change.kind === 'append');
}

function difference(
  key: string,
  wanted: Intent | undefined,
  found: Intent | undefined,
  fresh: PromotionPlan,
): readonly string[] {
  if (wanted === undefined) return [`${key} would change too, and is not in the plan`];
  if (found === undefined) {
    const why = fresh.decisions.find((one) => keyOf(one) === key)?.reason.text;
    return [`${key} would not change any more${why === undefined ? '' : `: ${why}`}`];
  }
  if (isDeepStrictEqual(meaningOf(wanted), meaningOf(found))) return [];
  if (wanted.kind === 'promote' && found.kind === 'promote') {
    const from =
      wanted.from === found.from
        ? ''
        : `, from ${found.from ?? 'nothing'} and not ${wanted.from ?? 'nothing'}`;
    const to = wanted.to === found.to ? '' : `, to ${found.to} and not ${wanted.to}`;
    return [`${key} would change in another way${from}${to}`];
  }
  return [`${key} would change in another way`];
}

/** What a person agreed to: what is written, from what, and what is passed by force. */
function meaningOf(intent: Intent): unknown {
  if (intent.kind === 'lock') return { word: intent.word, locks: intent.locks };
  const { product, environment, from, fromValues, to, source, values, images, builtFrom, locks } =
    intent;
  const forced = intent.forced.map(({ gate }) => gate).sort();
  return {
    product,
    environment,
    from,
    fromValues,
    to,
    source,
    values,
    images,
    builtFrom,
    locks,
    forced,
  };
}

function keyOf({ environment, product }: Pick<Intent, 'environment' | 'product'>): string {
  return `${environment ?? '_all'}/${product ?? '_all'}`;
}
