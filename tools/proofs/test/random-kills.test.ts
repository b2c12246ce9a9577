import { beforeAll, describe, it } from 'vitest';
import { buildBinary, type Binary } from '../src/binary.js';
import { crashCases } from '../src/crash-cases.js';
import { crashAnywhere } from '../src/crash-matrix.js';
import { makeEstate, type Layout } from '../src/estate.js';
import { makeRandom, seed } from '@lanewise/testing';

const kills = Number(process.env['LANEWISE_RUNS'] ?? 4);

let binary: Binary;
beforeAll(() => {
  binary = buildBinary();
});

describe('a kill at any moment is healed by the next run', () => {
  const cases = crashCases.map((one, index) => ({
    ...one,
    layout: (index % 2 === 0 ? 'own' : 'same') satisfies Layout as Layout,
  }));
  it.each(cases)('$name ($layout)', { timeout: 600_000 }, async ({ prepare, args, layout }) => {
    const estate = makeEstate(binary, { layout });
    try {
      await prepare(estate);
      const random = makeRandom(seed).next;
      await crashAnywhere({ estate, args: args(estate) }, kills, random);
      process.stdout.write(`${kills} kills at random moments, seed ${seed}\n`);
    } catch (error) {
      throw new Error(`LANEWISE_SEED=${seed} draws the same moments`, { cause: error });
    } finally {
      await estate.dispose();
    }
  });
});
