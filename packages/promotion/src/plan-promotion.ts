import type { Release } from '@lanewise/model';
import { cellKey } from './cell.js';
import type { Decided } from './intents.js';
import type { PromoteIntent, PromotionPlan, PromotionRequest } from './plan.js';
import { planByName } from './plans/by-name.js';
import { planLocks } from './plans/locks.js';
import { missingRecords } from './plans/records.js';
import { planReady } from './plans/ready.js';
import { nameWhatIsLeft, planRollback } from './plans/rollback.js';
import { planTags } from './plans/tags.js';
import type { PromotionState } from './state.js';

/**
 * What a request comes to in a state: pure, so the same plan comes out wherever it is asked.
 *
 * Throws what is wrong with the request itself: PRODUCT_UNKNOWN, ENVIRONMENT_UNKNOWN,
 * RELEASE_UNKNOWN, NO_RELEASES, REQUEST_INVALID, PROMOTION_REFUSED. What speaks against single
 * promotions is in the plan's decisions.
 */
export function planPromotion(state: PromotionState, request: PromotionRequest): PromotionPlan {
  const { decided, landing } = settle(state, request);
  const locks = planLocks(state, request);
  // A run that died between the branch and the tags is completed by whoever comes next.
  const records = writesRecords(request) ? missingRecords(state, landing) : [];
  return {
    schema: 'lanewise.promotion-plan/1',
    request: nameWhatIsLeft(request, decided),
    intents: [...decided.flatMap(({ intent }) => intent ?? []), ...locks.intents],
    decisions: [...decided.map(({ decision }) => decision), ...locks.decisions],
    records,
  };
}

function writesRecords({ kind }: PromotionRequest): boolean {
  return kind === 'ready' || kind === 'name' || kind === 'tag' || kind === 'rollback';
}

type Landing = ReadonlyMap<string, Release>;

/**
 * Needs between products are judged by the state after the whole plan: assume that everything
 * lands, take out what does not, and judge again until it stays the same.
 */
function settle(
  state: PromotionState,
  request: PromotionRequest,
): { readonly decided: readonly Decided[]; readonly landing: Landing } {
  if (!hasNeeds(state)) {
    const decided = decideAll(state, request, new Map());
    return { decided, landing: landingOf(state, decided) };
  }
  let landing = landingOf(state, decideAll(withoutNeeds(state), request, new Map()));
  for (let round = 0; ; round++) {
    const decided = decideAll(state, request, landing);
    const next = landingOf(state, decided);
    if (sameLanding(landing, next) || round > landing.size + 1) return { decided, landing: next };
    landing = new Map([...next].filter(([key, release]) => landing.get(key) === release));
  }
}

function decideAll(
  state: PromotionState,
  request: PromotionRequest,
  landing: Landing,
): readonly Decided[] {
  switch (request.kind) {
    case 'name':
      return planByName(state, request, landing);
    case 'ready':
      return planReady(state, request, landing);
    case 'tag':
      return planTags(state, request, landing);
    case 'rollback':
      return planRollback(state, request);
    case 'lock':
    case 'unlock':
      return [];
    default:
      return request satisfies never;
  }
}

function hasNeeds({ book, products }: PromotionState): boolean {
  return products.some((product) =>
    book.releases(product).some(({ needs }) => Object.keys(needs).length > 0),
  );
}

/** The same state where no release needs anything: what could land at best. */
function withoutNeeds(state: PromotionState): PromotionState {
  const bare = new Map(state.book.all.map((release) => [release, { ...release, needs: {} }]));
  const stripped = (release: Release): Release => bare.get(release) ?? release;
  const { book } = state;
  return {
    ...state,
    book: {
      ...book,
      releases: (product) => book.releases(product).map(stripped),
      find: (product, text) => {
        const found = book.find(product, text);
        return found === null ? null : stripped(found);
      },
    },
    strayReleases: new Set([...state.strayReleases].map(stripped)),
  };
}

function landingOf(state: PromotionState, decided: readonly Decided[]): Landing {
  const intents = decided.flatMap(({ intent }): PromoteIntent[] =>
    intent === null ? [] : [intent],
  );
  return new Map(
    intents.flatMap(({ product, environment, to }) => {
      const release = state.book.get(product, to);
      return release === null ? [] : [[cellKey(environment, product), release] as const];
    }),
  );
}

function sameLanding(a: Landing, b: Landing): boolean {
  return (
    a.size === b.size && [...a].every(([key, release]) => b.get(key)?.version === release.version)
  );
}
