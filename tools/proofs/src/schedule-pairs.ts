import type { MemoryRemote, Step } from '@lanewise/testing';
import { branchRef, parseProductName, type CommitId } from '@lanewise/model';
import type { PromotionRequest } from '@lanewise/promotion';
import { describe, expect, it } from 'vitest';
import type { Layout } from './estate.js';
import {
  beginMemoryPlace,
  byName,
  describeState,
  placeProducts,
  readState,
  ready,
  rollback,
  runPromotion,
  runRelease,
  sharedPlace,
  writeState,
  type Holder,
  type MemoryPlace,
  type Place,
} from './place.js';
import { checkPromises, type End } from './promises.js';
import {
  exploreStates,
  remember,
  runAlone,
  type Behaviour,
  type Counted,
  type ProgramEnd,
} from './state-space.js';

type Program = (place: Place, step?: Step) => Promise<unknown>;

interface Begin {
  readonly place: MemoryPlace;
  /** Commits of the workspace by name. */
  readonly commits: Readonly<Record<string, CommitId>>;
}

interface Pair {
  readonly name: string;
  readonly begin: (layout: Layout) => Promise<Begin>;
  readonly programs: (begin: Begin) => readonly [Program, Program];
  /** The program that is no more asked for once its commit landed. */
  readonly once?: number;
  /** What must hold in the end besides the promises. */
  readonly check: (end: End, ends: readonly ProgramEnd[]) => void;
}

const firstOfAll = { products: placeProducts.map(parseProductName), first: true };

const tipOf = (remote: MemoryRemote): CommitId => remote.refs().get(branchRef('main')) as CommitId;

/** Both products at 1.0.0 everywhere. */
async function atFirst(layout: Layout): Promise<Begin> {
  const place = beginMemoryPlace(layout);
  const first = tipOf(place.mono);
  await runRelease(place, first, undefined, firstOfAll);
  await runPromotion(place, byName(['docs@1.0.0', 'shop@1.0.0'], 'prod'));
  return { place, commits: { first } };
}

/** A change of the library that both are built from, and a later one of docs alone. */
async function withChanges(layout: Layout): Promise<Begin> {
  const { place, commits } = await atFirst(layout);
  const one = place.mono.commit({ 'libs/ui/button.txt': 'round\n' }, 'fix: round');
  const two = place.mono.commit({ 'apps/docs/main.txt': 'more\n' }, 'feat: more');
  return { place, commits: { ...commits, one, two } };
}

/** 1.0.1 of both in dev and staging, 1.0.0 in prod. */
async function withRelease(layout: Layout): Promise<Begin> {
  const { place, commits } = await withChanges(layout);
  await runRelease(place, commits['one'] as CommitId);
  return { place, commits };
}

/** docs 1.0.0 and then 1.0.1 in prod, 1.1.0 in dev and staging. */
async function withPast(layout: Layout): Promise<Begin> {
  const { place, commits } = await withRelease(layout);
  await runPromotion(place, byName(['docs@1.0.1'], 'prod'));
  await runRelease(place, commits['two'] as CommitId);
  return { place, commits };
}

/** docs rolled back in staging from 1.0.1 to 1.0.0, locked; nothing newer is there. */
async function withRollback(layout: Layout): Promise<Begin> {
  const begin = await withRelease(layout);
  await runPromotion(begin.place, rollback('docs', 'staging'));
  return begin;
}

/** docs 1.0.0 and then 1.0.1 in staging, and 1.1.0 only in dev: `--ready` would bring it. */
async function withWaiting(layout: Layout): Promise<Begin> {
  const { place, commits } = await withRelease(layout);
  await runPromotion(place, {
    kind: 'lock',
    word: 'lock',
    product: parseProductName('docs'),
    environment: 'staging',
    version: null,
    reason: 'wait',
    by: 'Dev',
    until: null,
    bindsRollbacks: false,
  });
  await runRelease(place, commits['two'] as CommitId);
  await runPromotion(place, unlockStaging);
  return { place, commits };
}

const unlockStaging: PromotionRequest = {
  kind: 'unlock',
  product: parseProductName('docs'),
  environment: 'staging',
  version: null,
  reason: null,
  by: 'Dev',
};

const releaseAt =
  (commit: CommitId | undefined): Program =>
  (place, step) =>
    runRelease(place, commit as CommitId, step);

const versions = (end: End, environment: string): string =>
  ['docs', 'shop'].map((product) => end.pins.get(`${environment}/${product}`)).join();

const rolledBack = (end: End): boolean => end.moves.some(({ origin }) => origin === 'rollback');

const pairs: readonly Pair[] = [
  {
    name: 'two releases of one commit',
    begin: withChanges,
    programs: ({ commits }) => [releaseAt(commits['one']), releaseAt(commits['one'])],
    check: (end) => {
      expect([versions(end, 'dev'), versions(end, 'staging')]).toEqual([
        '1.0.1,1.0.1',
        '1.0.1,1.0.1',
      ]);
      expect(end.moves).toHaveLength(4);
    },
  },
  {
    name: 'releases of two commits',
    begin: withChanges,
    programs: ({ commits }) => [releaseAt(commits['one']), releaseAt(commits['two'])],
    check: (end) => {
      // The library's change is in both; whoever publishes shop first releases it for both.
      expect(['1.0.1', '1.0.2']).toContain(end.pins.get('dev/shop'));
      expect(end.pins.get('dev/docs')).toBe('1.1.0');
      expect(versions(end, 'staging')).toBe(versions(end, 'dev'));
    },
  },
  {
    name: 'a release and a promotion by name',
    begin: withRelease,
    programs: ({ commits }) => [
      releaseAt(commits['two']),
      (place, step) => runPromotion(place, byName(['docs@1.0.1'], 'prod'), step),
    ],
    check: (end) => {
      expect(versions(end, 'dev')).toBe('1.1.0,1.0.1');
      expect(versions(end, 'staging')).toBe('1.1.0,1.0.1');
      expect(versions(end, 'prod')).toBe('1.0.1,1.0.0');
      expect(end.moves).toHaveLength(3);
    },
  },
  {
    name: 'promotions of two products',
    begin: withRelease,
    programs: () => [
      (place, step) => runPromotion(place, byName(['docs@1.0.1'], 'prod'), step),
      (place, step) => runPromotion(place, byName(['shop@1.0.1'], 'prod'), step),
    ],
    check: (end) => {
      expect(versions(end, 'prod')).toBe('1.0.1,1.0.1');
      expect(end.moves).toHaveLength(2);
    },
  },
  {
    name: 'a promotion and a rollback of one product',
    begin: withPast,
    programs: () => [
      (place, step) => runPromotion(place, byName(['docs@1.1.0'], 'prod'), step),
      (place, step) => runPromotion(place, rollback('docs', 'prod'), step),
    ],
    once: 1,
    check: (end, ends) => {
      const again = ends[0] === 'crashed';
      // Who runs a killed promotion again after a rollback asks for it anew.
      const most = again ? ['name', 'name', 'rollback'] : ['name', 'rollback'];
      expect(most).toEqual(expect.arrayContaining(end.moves.map(({ origin }) => origin)));
      expect(end.moves.length).toBeLessThanOrEqual(most.length);
      expect(rolledBack(end)).toBe(true);
      const last = end.moves.at(-1);
      // The later of the two decides, and the lock stands exactly where that was the rollback.
      expect(end.pins.get('prod/docs')).toBe(last?.origin === 'name' ? '1.1.0' : '1.0.1');
      expect(end.locked.has('prod/docs')).toBe(last?.origin === 'rollback');
    },
  },
  {
    name: 'automation and a rollback of one product',
    begin: withWaiting,
    programs: () => [
      (place, step) => runPromotion(place, ready, step),
      (place, step) => runPromotion(place, rollback('docs', 'staging'), step),
    ],
    once: 1,
    check: (end) => {
      expect(rolledBack(end)).toBe(true);
      expect(end.moves.at(-1)?.origin).toBe('rollback');
      expect(end.locked.has('staging/docs')).toBe(true);
      expect(['1.0.0', '1.0.1']).toContain(end.pins.get('staging/docs'));
    },
  },
  {
    name: 'a release and an unlock after a rollback',
    begin: withRollback,
    programs: ({ commits }) => [
      releaseAt(commits['two']),
      (place, step) => runPromotion(place, unlockStaging, step),
    ],
    check: (end) => {
      expect(end.locked.has('staging/docs')).toBe(false);
      // The new release may go where the lock is gone; the one that was taken back never returns.
      expect(end.pins.get('staging/docs')).toBe('1.1.0');
      expect(end.moves.map(({ to }) => to)).not.toContain('1.0.1');
    },
  },
  {
    name: 'automation and an unlock after a rollback',
    begin: withRollback,
    programs: () => [
      (place, step) => runPromotion(place, ready, step),
      (place, step) => runPromotion(place, unlockStaging, step),
    ],
    check: (end) => {
      expect(end.locked.has('staging/docs')).toBe(false);
      expect(end.pins.get('staging/docs')).toBe('1.0.0');
      expect(end.moves).toHaveLength(1);
    },
  },
];

/** Reads the end with its promises checked. */
async function look(place: MemoryPlace, { state }: Holder, tip: CommitId): Promise<End> {
  writeState(place, state);
  return checkPromises(place, tip);
}

/** A rollback that landed before it died is not asked for again: repeated, it walks further back. */
function isDone({ once }: Pair, place: MemoryPlace, { state }: Holder, index: number): boolean {
  writeState(place, state);
  const landed = place.deploy.log().some((message) => message.includes('Origin: rollback'));
  return index === once && landed;
}

async function explorePair(pair: Pair, layout: Layout): Promise<Counted> {
  const begin = await pair.begin(layout);
  const { place } = begin;
  const tip = tipOf(place.deploy);
  const share = (program: Program): Behaviour<Holder> =>
    remember((ask) => program(sharedPlace(place, ask)));
  const programs = pair.programs(begin).map(share);
  const settle = share((shared) => runPromotion(shared, ready));
  const describe = ({ state }: Holder): string => describeState(state);
  return exploreStates<Holder>({
    begin: { state: readState(place) },
    programs,
    crashes: 1,
    copy: ({ state }) => ({ state }),
    describe,
    check: async (holder, ends) => {
      for (const [index, end] of ends.entries()) {
        const program = programs[index];
        const mayRepeat = end === 'crashed' && program !== undefined;
        if (mayRepeat && !isDone(pair, place, holder, index)) {
          await runAlone(program, holder);
        }
      }
      await runAlone(settle, holder);
      const healed = describe(holder);
      await runAlone(settle, holder);
      expect(describe(holder)).toBe(healed);
      pair.check(await look(place, holder, tip), ends);
    },
  });
}

/** Goes through every order of every pair of runs. Proven where each end keeps every promise. */
export function proveSchedules(layout: Layout): void {
  let total = 0;
  describe(`whatever the order of two runs, with a crash anywhere (manifests: ${layout})`, () => {
    it.each(pairs)('$name keep every promise', { timeout: 240_000 }, async (pair) => {
      const began = performance.now();
      const { schedules, states, ends, longest } = await explorePair(pair, layout);
      total += schedules;
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      process.stdout.write(
        `${pair.name} (${layout}): all ${schedules} schedules, ${states} states, ${ends} ends, up to ${longest} steps: ${seconds} s\n`,
      );
      expect(ends).toBeGreaterThan(0);
    });

    it('in at least 10,000 schedules', () => {
      process.stdout.write(`${total} schedules in all (${layout})\n`);
      expect(total).toBeGreaterThanOrEqual(10_000);
    });
  });
}
