import { isDeepStrictEqual } from 'node:util';

import { makeRandom, seed } from '@lanewise/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { composeOutline } from '../src/yaml/compose-outline.js';
import { scanOutline } from '../src/yaml/scan-outline.js';
import { mutate, randomYaml } from './random-yaml.js';

describe('the fast scan', () => {
  it(`gives the outline that the library gives, or none (seed ${seed})`, () => {
    let scanned = 0;
    let cases = 0;
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 12 }),
        fc.boolean(),
        (number, size, mutated) => {
          const dice = makeRandom(number);
          const whole = randomYaml(dice, size, true);
          const text = mutated ? mutate(whole, dice) : whole;
          cases += 1;
          const fast = scanOutline(text);
          if (fast === null) return;
          scanned += 1;
          const slow = composeOutline(text);
          if (slow.kind === 'fault')
            throw new Error(`The library refuses: ${slow.fault.message}\n${JSON.stringify(text)}`);
          if (!isDeepStrictEqual(fast, slow.outline)) {
            expect.soft(JSON.stringify(text)).toBe('');
            expect(fast).toEqual(slow.outline);
          }
        },
      ),
      { seed, numRuns: Number(process.env['LANEWISE_RUNS'] ?? 20_000) },
    );
    expect(scanned / cases).toBeGreaterThan(0.2);
    console.log(`scanned ${scanned} of ${cases} (seed ${seed})`);
  }, 120_000);
});
