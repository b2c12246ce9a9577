import { makeRandom, type Random, seed } from '@lanewise/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isLanewiseError } from '@lanewise/model';

import { compilePattern } from '../src/pattern/compile-pattern.js';
import { matchLine } from '../src/pattern/match-line.js';

function randomPattern(dice: Random, depth: number): string {
  const atom = (): string => {
    if (depth > 0 && dice.chance(0.25)) return `(?:${randomPattern(dice, depth - 1)})`;
    return dice.pick(['a', 'b', 'c', '\\.', '.', '[ab]', '[^a]', '\\d', '\\w', '[a-c\\d]', '=']);
  };
  const parts = Array.from(
    { length: 1 + dice.below(3) },
    () =>
      atom() +
      (dice.chance(0.4) ? dice.pick(['*', '+', '?', '*?', '+?', '{1,2}', '{2}', '{1,}']) : ''),
  );
  const text = parts.join('');
  return dice.chance(0.15) ? `${text}|${atom()}` : text;
}

/** Repetitions of what may be empty mean different things to different readers, and are refused. */
function isRefused(pattern: string): boolean {
  try {
    compilePattern(pattern);
    return false;
  } catch (error) {
    if (isLanewiseError(error) && error.message.includes('may be empty')) return true;
    throw error;
  }
}

describe('a pattern', () => {
  it(`finds what JavaScript finds (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.integer(), (number) => {
        const dice = makeRandom(number);
        const pattern = `${dice.chance(0.2) ? '^' : ''}${randomPattern(dice, 1).replaceAll('|', '')}(${randomPattern(dice, 1)})${dice.chance(0.2) ? '$' : ''}`;
        const line = Array.from({ length: dice.below(12) }, () =>
          dice.pick(['a', 'b', 'c', '1', '.', '=']),
        ).join('');
        if (isRefused(pattern)) return;
        const expected = new RegExp(pattern, 'd').exec(line);
        const found = matchLine(compilePattern(pattern), line, 0);
        const [start, end] = expected?.indices?.[1] ?? [];
        expect({ pattern, line, group: found?.group ?? null, start: found?.start }).toEqual({
          pattern,
          line,
          group: expected === null ? null : { start, end },
          start: expected?.index,
        });
      }),
      { seed, numRuns: 5000 },
    );
  });

  it.each([
    '(a+)+b',
    '(?:a*)*(b)',
    '(x',
    'x)',
    '(a)(b)',
    'a',
    '(a)*',
    '(?=a)(b)',
    '(a)\\1',
    '(a){1000}',
    '[z-a](a)',
    '(\\q)',
    '**(a)',
    `(${'a'.repeat(600)})`,
  ])('is refused if it cannot be matched in linear time, or has not one group: %s', (pattern) => {
    try {
      compilePattern(pattern);
      expect.unreachable();
    } catch (error) {
      expect(isLanewiseError(error, 'CONFIG_INVALID')).toBe(true);
    }
  });

  it('that would make others try for ever ends at once', () => {
    const program = compilePattern('^(?:a|a|aa)*(?:a|b)*(x)$');
    expect(matchLine(program, 'a'.repeat(50_000), 0)).toBeNull();
  });
});
