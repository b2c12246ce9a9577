import { afterAll, beforeAll, describe, it } from 'vitest';
import { buildBinary } from '../src/binary.js';
import { beginCase, crashCases, makeBeginnings } from '../src/crash-cases.js';
import { crashAnywhere } from '../src/crash-matrix.js';
import { layouts, type Estate, type Layout } from '../src/estate.js';
import { makeRandom, seed } from '@lanewise/testing';

const kills = Number(process.env['LANEWISE_RUNS'] ?? 4);

const estates = new Map<Layout, Estate>();
beforeAll(async () => {
  const binary = buildBinary();
  for (const layout of layouts) estates.set(layout, await makeBeginnings(binary, layout));
});
afterAll(() => Promise.all([...estates.values()].map((estate) => estate.dispose())));

describe('a kill at any moment is healed by the next run', () => {
  const cases = crashCases.map((one, index) => ({
    ...one,
    layout: (index % 2 === 0 ? 'own' : 'same') satisfies Layout as Layout,
  }));
  it.each(cases)('$name ($layout)', { timeout: 600_000 }, async ({ layout, ...one }) => {
    const estate = estates.get(layout) as Estate;
    try {
      beginCase(one, estate);
      const random = makeRandom(seed).next;
      await crashAnywhere({ estate, args: one.args(estate) }, kills, random);
      process.stdout.write(`${kills} kills at random moments, seed ${seed}\n`);
    } catch (error) {
      throw new Error(`LANEWISE_SEED=${seed} draws the same moments`, { cause: error });
    }
  });
});
