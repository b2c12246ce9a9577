import { describe, expect, it } from 'vitest';
import { explore, type MemoryRemote, type Step } from '@lanewise/testing';
import { promote, type PromotionRequest, type PromotionSources } from '@lanewise/promotion';
import type { ProductName } from '@lanewise/model';
import { makePlace, plainConfig, type Place } from './place.js';

interface World {
  readonly workspace: MemoryRemote;
  readonly gitops: MemoryRemote;
}

const ready: PromotionRequest = { kind: 'ready', products: null, released: null };
const toProd: PromotionRequest = {
  kind: 'name',
  promotions: [{ product: 'docs' as ProductName, version: '1.0.0', images: null, builtFrom: null }],
  to: 'prod',
  force: [
    { gate: 'after', reason: 'first' },
    { gate: 'soak', reason: 'first' },
  ],
  reason: 'first',
  again: false,
};

function runner(place: Place, shared: boolean, request: PromotionRequest) {
  return async ({ workspace, gitops }: World, step: Step | null): Promise<unknown> => {
    const how = step === null ? {} : { beforeEffect: (call: string) => step(call) };
    const seen = workspace.open(how);
    const sources: PromotionSources = {
      ...place.sources,
      workspace: seen,
      gitops: shared ? seen : gitops.open(how),
    };
    const identity = { name: 'Dev', email: 'dev@example.com' };
    const surroundings = {
      now: () => place.now,
      random: () => 0,
      sleep: async () => undefined,
      identity,
    };
    return promote(sources, request, surroundings);
  };
}

function landings({ gitops }: World): readonly string[] {
  return gitops
    .log()
    .filter((message) => message.includes('Lanewise-To:'))
    .map((message) => message.split('\n')[0] ?? '')
    .sort();
}

async function exploreTwo(
  shared: boolean,
  requests: readonly [PromotionRequest, PromotionRequest],
): Promise<number> {
  const place = makePlace({ config: plainConfig, shared });
  place.release('docs', '1.0.0');
  const made = place.workspace;
  const fresh = (): World => {
    const workspace = made.clone();
    return { workspace, gitops: shared ? workspace : place.gitops.clone() };
  };
  const undisturbed = fresh();
  for (const request of [...requests, ready]) {
    await runner(place, shared, request)(undisturbed, null);
  }
  const expected = {
    landed: landings(undisturbed),
    files: undisturbed.gitops.files(),
    tags: tagsOf(undisturbed),
  };
  const explored = await explore<World>({
    make: fresh,
    programs: requests.map((request) => runner(place, shared, request)),
    crashes: 1,
    limit: 600,
    check: async (world, { outcomes }) => {
      for (const outcome of outcomes) if (outcome.kind === 'failed') throw outcome.error;
      for (const request of [...requests, ready]) await runner(place, shared, request)(world, null);
      expect(landings(world), 'each once, none lost').toEqual(expected.landed);
      expect(world.gitops.files()).toEqual(expected.files);
      expect(tagsOf(world)).toEqual(expected.tags);
    },
  });
  return explored.schedules;
}

function tagsOf({ workspace }: World): readonly string[] {
  return [...workspace.refs().keys()].filter((ref) => ref.startsWith('refs/tags/')).sort();
}

describe('two runs at the same time, one of which may be killed at any point', () => {
  it.each([
    ['two automatic runs', false, [ready, ready]],
    ['an automatic run and a promotion by name', false, [ready, toProd]],
    ['two promotions by name', false, [toProd, toProd]],
    ['an automatic run and a promotion by name in the workspace itself', true, [ready, toProd]],
  ] as const)(
    'come to the same as undisturbed ones, once they are run again: %s',
    async (_, shared, requests) => {
      expect(await exploreTwo(shared, [requests[0], requests[1]])).toBeGreaterThan(20);
    },
  );
});
