import type { Release } from '@lanewise/model';
import { cellKey } from '../cell.js';
import { requireEnvironmentTag } from '../environment-tag.js';
import { decide, decideToPromote, landsBecause, type Decided } from '../intents.js';
import { judgeRequests, type JudgedRequest } from '../judge-requests.js';
import type { Decision, PromotionRequest } from '../plan.js';
import { reason } from '../reasons.js';
import type { PromotionState } from '../state.js';

type Landing = ReadonlyMap<string, Release>;

/** Every open request that can land, and those that wait. */
export function planRequests(state: PromotionState, landing: Landing): readonly Decided[] {
  const open = judgeRequests(state, landing).filter(({ kind }) => kind === 'open');
  return withoutRepeats(open.map((request) => decideRequest(state, request, 'waiting')));
}

/** The requests of the named tags, whatever has become of them. */
export function planTags(
  state: PromotionState,
  request: Extract<PromotionRequest, { kind: 'tag' }>,
  landing: Landing,
): readonly Decided[] {
  const products = new Set<string>(state.products);
  const judged = judgeRequests(state, landing);
  return request.tags.flatMap((text) => {
    const { name, product, environments } = requireEnvironmentTag(
      text,
      state.config.targets,
      products,
    );
    const found = judged.filter(({ tag }) => tag.name === name);
    if (found.length > 0) return found.map((one) => decideRequest(state, one, 'held'));
    const recorded = state.environmentTags.has(name);
    return environments.map((environment): Decided => {
      const why = recorded
        ? reason('request-done', `${name} records what was promoted and asks for nothing`)
        : reason(
            'request-invalid',
            `there is no tag ${name} in the remote`,
            `git push origin ${name}`,
          );
      return {
        decision: decide({ product, environment }, recorded ? 'done' : 'refused', why, {
          request: name,
        }),
        intent: null,
      };
    });
  });
}

function decideRequest(
  state: PromotionState,
  judged: JudgedRequest,
  whenHeld: 'waiting' | 'held',
): Decided {
  const { tag, environment, release, gates } = judged;
  const cell = state.cells.get(cellKey(environment, tag.product));
  const details = { release, gates, request: tag.name };
  if (judged.kind === 'open' && judged.wait === null && cell !== undefined && release !== null) {
    return decideToPromote({
      state,
      cell,
      release,
      origin: 'request',
      gates,
      told: null,
      reason: null,
      request: tag.name,
      locks: [],
      why: landsBecause(cell),
    });
  }
  const verdict = verdictOf(judged, whenHeld);
  return {
    decision: decide({ product: tag.product, environment }, verdict, judged.reason, details),
    intent: null,
  };
}

function verdictOf({ kind }: JudgedRequest, whenHeld: 'waiting' | 'held'): Decision['verdict'] {
  switch (kind) {
    case 'open':
      return whenHeld;
    case 'stale':
    case 'unrelated':
      return whenHeld === 'held' ? 'held' : 'done';
    case 'invalid':
      return 'refused';
    default:
      return 'done';
  }
}

/** A tag for an environment and one for its group may ask for the same. */
function withoutRepeats(decided: readonly Decided[]): readonly Decided[] {
  const seen = new Set<string>();
  return decided.filter(({ intent }) => {
    if (intent === null) return true;
    const key = cellKey(intent.environment, intent.product);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
