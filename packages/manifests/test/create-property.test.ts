import { isDeepStrictEqual } from 'node:util';

import { isLanewiseError, parseRepoPath } from '@lanewise/model';
import { makeRandom, type Random, seed } from '@lanewise/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMap, parseAllDocuments, visit, type YAMLMap } from 'yaml';

import { rewritePins } from '../src/index.js';
import { randomYaml } from './random-yaml.js';

const file = parseRepoPath('values.yaml');

/** The ways of keys to the maps of a document, the root among them. */
function mapsOf(root: unknown): string[][] {
  const ways: string[][] = [];
  const walk = (node: unknown, way: string[]): void => {
    if (!isMap(node)) return;
    ways.push(way);
    for (const { key, value } of (node as YAMLMap).items) walk(value, [...way, String(key)]);
  };
  walk(root, []);
  return ways;
}

function createOnce(dice: Random, size: number): 'made' | 'refused' | null {
  const text = randomYaml(dice, size);
  const documents = parseAllDocuments(text, {
    schema: 'failsafe',
    uniqueKeys: false,
    logLevel: 'silent',
  });
  if (!Array.isArray(documents) || documents.length !== 1 || documents[0] === undefined)
    return null;
  const ways = mapsOf(documents[0].contents);
  const way = ways[dice.below(ways.length)];
  if (way === undefined) return null;
  const added = dice.chance(0.3) ? ['made', 'tag'] : ['tag'];
  const path = [...way, ...added]
    .map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
  const bytes = new TextEncoder().encode(text);
  const what = (): string => `\n${JSON.stringify({ text, path })}`;
  try {
    const rewritten = rewritePins({ file, bytes }, [
      { selector: { format: 'yaml', path, create: true }, value: '1.10' },
    ]);
    const result = new TextDecoder('utf-8', { ignoreBOM: true }).decode(rewritten);
    checkLines(text, result, added.length, what);
    const [after] = parseAllDocuments(result, {
      schema: 'failsafe',
      uniqueKeys: false,
      logLevel: 'silent',
    }) as typeof documents;
    if (after?.getIn([...way, ...added]) !== '1.10') throw new Error(`It is not there${what()}`);
    after.deleteIn([...way, ...added.slice(0, 1)]);
    if (!isDeepStrictEqual(scalarsOf(after), scalarsOf(documents[0])))
      throw new Error(`Something else changed${what()}\n${result}`);
    return 'made';
  } catch (error) {
    if (isLanewiseError(error, 'PIN_REFUSED', 'PIN_AMBIGUOUS')) return 'refused';
    throw new Error(`${error instanceof Error ? error.message : ''}${what()}`, { cause: error });
  }
}

/** All lines that were there are there still, in their order, with just the new ones among them. */
function checkLines(before: string, after: string, count: number, what: () => string): void {
  const old = before.split('\n');
  const now = after.split('\n');
  let at = 0;
  for (const line of now) if (line === old[at] || `${old[at]}\r` === line) at += 1;
  if (at !== old.length || now.length !== old.length + count)
    throw new Error(`Other lines changed: ${JSON.stringify(after)}${what()}`);
}

function scalarsOf(document: Parameters<typeof visit>[0]): unknown[] {
  const scalars: unknown[] = [];
  visit(document, {
    Scalar: (_, { value }) => void scalars.push(value),
    Alias: (_, { source }) => void scalars.push(`*${source}`),
  });
  return scalars;
}

describe('a key that is made in a random file', () => {
  it(`is one new line, and nothing else changes (seed ${seed})`, () => {
    const counts = { made: 0, refused: 0 };
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 8 }), (number, size) => {
        const outcome = createOnce(makeRandom(number), size);
        if (outcome !== null) counts[outcome] += 1;
      }),
      { seed, numRuns: Number(process.env['LANEWISE_RUNS'] ?? 3000) },
    );
    expect(counts.made).toBeGreaterThan(counts.refused);
  }, 60_000);
});
