import { explore, type Step } from '@lanewise/testing';
import { parseProductName, type CommitId } from '@lanewise/model';
import { describe, expect, it } from 'vitest';
import { layouts } from '../src/estate.js';
import { byName, placeProducts, ready, rollback, runPromotion, runRelease } from '../src/place.js';
import { checkPromises } from '../src/promises.js';
import { makeRandom, seed } from '@lanewise/testing';
import { beginRealPlace, copyRealPlace, type RealPlace } from '../src/real-place.js';

const products = placeProducts.map(parseProductName);
const schedules = 10;

describe.each(layouts)('random orders of runs on real Git (manifests: %s)', (layout) => {
  it('keep every promise, with a crash anywhere', { timeout: 240_000 }, async () => {
    const place = beginRealPlace(layout);
    const first = tipOf(place);
    await runRelease(place, first, undefined, { products, first: true });
    await runPromotion(place, byName(['docs@1.0.0', 'shop@1.0.0'], 'prod'));
    const one = place.mono.commit({ 'libs/ui/button.txt': 'round\n' }, 'fix: round');
    await runRelease(place, one);
    const two = place.mono.commit({ 'apps/docs/main.txt': 'more\n' }, 'feat: more');
    const begin = place.deploy.git('rev-parse', 'main').trim() as CommitId;
    const programs = [
      (world: RealPlace, step?: Step) => runRelease(world, two, step),
      (world: RealPlace, step?: Step) => runPromotion(world, byName(['docs@1.0.1'], 'prod'), step),
      (world: RealPlace, step?: Step) => runPromotion(world, rollback('shop', 'staging'), step),
    ] as const;
    const random = makeRandom(seed).next;
    const worlds: RealPlace[] = [];
    try {
      await explore<RealPlace>({
        make: () => {
          const world = copyRealPlace(place);
          worlds.push(world);
          return world;
        },
        programs,
        crashes: 1,
        limit: schedules,
        random,
        check: async (world, { outcomes }) => {
          for (const [index, outcome] of outcomes.entries()) {
            if (outcome.kind === 'failed') throw outcome.error;
            const landed = world.deploy.log().some((text) => text.includes('Origin: rollback'));
            if (outcome.kind === 'crashed' && !(index === 2 && landed)) {
              await programs[index]?.(world);
            }
          }
          await runPromotion(world, ready);
          const refs = [...world.mono.refs(), ...world.deploy.refs()].join('\n');
          await runPromotion(world, ready);
          expect([...world.mono.refs(), ...world.deploy.refs()].join('\n')).toBe(refs);
          const { pins, locked } = await checkPromises(world, begin);
          expect(pins.get('dev/docs')).toBe('1.1.0');
          expect(pins.get('prod/docs')).toBe('1.0.1');
          expect(pins.get('staging/shop')).toBe('1.0.0');
          expect([...locked]).toEqual(['staging/shop']);
          await world.world.dispose();
        },
      });
      process.stdout.write(`${schedules} random schedules on real Git (${layout}), seed ${seed}\n`);
    } catch (error) {
      throw new Error(`LANEWISE_SEED=${seed} shows it again`, { cause: error });
    } finally {
      await Promise.all([place, ...worlds].map(({ world }) => world.dispose()));
    }
  });
});

function tipOf(place: RealPlace): CommitId {
  return place.mono.git('rev-parse', 'main').trim() as CommitId;
}
