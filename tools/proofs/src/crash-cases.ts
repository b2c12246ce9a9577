import { rmSync } from 'node:fs';
import { buildBinary, type Binary } from './binary.js';
import { crashEverywhere } from './crash-matrix.js';
import { makeEstate, type Estate, type Layout } from './estate.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Case {
  readonly name: string;
  readonly begin: Beginning;
  /** What is done beside, before the command. */
  readonly prepare?: (estate: Estate) => void;
  readonly args: (estate: Estate) => readonly string[];
  /** At least so many pushes belong to it: a matrix that did not meet them proves nothing. */
  readonly pushes: Readonly<Record<Layout, number>>;
}

/**
 * Where the cases begin. `changed`: everything at 1.0.0 in dev and staging, docs in prod too, and a
 * change of the library that waits. `released`: with it, docs and shop at 1.0.1 in dev and staging,
 * and at 1.0.0 or nothing in prod. `in-prod`: docs at 1.0.1 in prod too.
 */
type Beginning = 'changed' | 'released' | 'in-prod';

/** An estate that keeps all beginnings: each is made once, from the one before. */
export async function makeBeginnings(binary: Binary, layout: Layout): Promise<Estate> {
  const estate = makeEstate(binary, { layout });
  await estate.succeed('release', 'docs', 'mail', 'shop', '--first');
  await estate.succeed('promote', 'docs', '--to', 'prod');
  estate.change({ 'libs/ui/button.txt': 'a rounder button\n' }, 'fix: a rounder button');
  estate.checkout();
  estate.keep('changed' satisfies Beginning);
  await estate.succeed('release');
  estate.keep('released' satisfies Beginning);
  await estate.succeed('promote', 'docs', '--to', 'prod');
  estate.keep('in-prod' satisfies Beginning);
  return estate;
}

/** Brings the estate to where a case begins. */
export function beginCase({ begin, prepare }: Case, estate: Estate): void {
  estate.restore(begin);
  prepare?.(estate);
}

/** The commands that write, each in a situation in which it has all of its work to do. */
export const crashCases: readonly Case[] = [
  {
    name: 'release, with reservations, tags and landings',
    begin: 'changed',
    args: () => ['release'],
    pushes: { own: 3, same: 3 },
  },
  {
    name: 'release with told images',
    begin: 'changed',
    args: () => [
      'release',
      '--image',
      'docs=registry.example.com/acme/docs:1.0.1',
      '--image',
      `shop=registry.example.com/acme/shop:1.0.1@sha256:${'ab'.repeat(32)}`,
    ],
    pushes: { own: 2, same: 2 },
  },
  {
    name: 'promote by name, with its record',
    begin: 'released',
    args: () => ['promote', 'docs@1.0.1', 'shop@1.0.1', '--to', 'prod'],
    pushes: { own: 2, same: 1 },
  },
  {
    name: 'promote the candidate by name, on a machine that keeps no cache yet',
    begin: 'released',
    prepare: (estate) => {
      rmSync(estate.world.cacheDirectory, { recursive: true });
    },
    args: () => ['promote', 'docs', '--to', 'prod'],
    pushes: { own: 2, same: 1 },
  },
  {
    name: 'promote by environment tag',
    begin: 'released',
    prepare: (estate) => void estate.mono.tag('prod/docs@1.0.1', 'docs@1.0.1^{commit}'),
    args: () => ['promote', '--tag', 'prod/docs@1.0.1'],
    pushes: { own: 1, same: 1 },
  },
  {
    name: 'promote whatever is ready',
    begin: 'released',
    prepare: (estate) => {
      estate.mono.tag('prod/docs@1.0.1', 'docs@1.0.1^{commit}');
      estate.mono.tag('prod/shop@1.0.1', 'shop@1.0.1^{commit}', 'please');
    },
    args: () => ['promote', '--ready'],
    pushes: { own: 1, same: 1 },
  },
  {
    name: 'rollback to a release, with its lock',
    begin: 'in-prod',
    args: () => ['rollback', 'docs', '--env', 'prod', '--to', '1.0.0', '--reason', 'slow'],
    pushes: { own: 1, same: 1 },
  },
];

/** Proves for every command that writes that a kill after any of its effects is healed by running it again. */
export function proveCrashes(layout: Layout): void {
  let estate: Estate;
  beforeAll(async () => {
    estate = await makeBeginnings(buildBinary(), layout);
  });
  afterAll(() => estate.dispose());
  describe(`a kill after any effect is healed by the next run (manifests: ${layout})`, () => {
    it.each(crashCases)('$name', { timeout: 300_000 }, async (one) => {
      beginCase(one, estate);
      const question = { estate, args: one.args(estate) };
      const { effects, kills } = await crashEverywhere(question);
      const met = effects.filter((effect) => effect === 'push').length;
      expect(met).toBeGreaterThanOrEqual(one.pushes[layout]);
      expect(kills).toBeGreaterThanOrEqual(effects.length);
      process.stdout.write(`${kills} kills of lanewise ${question.args.join(' ')} (${layout})\n`);
    });
  });
}
