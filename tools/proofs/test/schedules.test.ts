import { explore, type Explored, type ScheduleEnd, type Step } from '@lanewise/testing';
import type { CommitId } from '@lanewise/model';
import { describe, expect, it } from 'vitest';
import { layouts, type Layout } from '../src/estate.js';
import {
  beginMemoryPlace,
  byName,
  copyPlace,
  ready,
  rollback,
  runPromotion,
  runRelease,
  type MemoryPlace,
} from '../src/place.js';
import { checkPromises, type End } from '../src/promises.js';

/** Most schedules of a pair; where there are more, the rest is told as not explored. */
const limit = 800;

type Program = (place: MemoryPlace, step?: Step) => Promise<unknown>;

interface Begin {
  readonly place: MemoryPlace;
  /** Commits of the workspace by name. */
  readonly commits: Readonly<Record<string, CommitId>>;
}

interface Pair {
  readonly name: string;
  readonly begin: (layout: Layout) => Promise<Begin>;
  readonly programs: (begin: Begin) => readonly [Program, Program];
  /** What must hold in the end besides the promises. */
  readonly check: (end: End, schedule: ScheduleEnd, begin: Begin) => void;
}

const only = { products: ['docs', 'shop'], first: true } as never;

/** Both products at 1.0.0 everywhere. */
async function atFirst(layout: Layout): Promise<Begin> {
  const place = beginMemoryPlace(layout);
  const first = place.mono.refs().get('refs/heads/main' as never) as never as CommitId;
  await runRelease(place, first, undefined, only);
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

/** docs 1.0.0 and then 1.0.1 in staging, and 1.1.0 only in dev: `--ready` would bring it. */
async function withWaiting(layout: Layout): Promise<Begin> {
  const { place, commits } = await withRelease(layout);
  await runPromotion(place, {
    kind: 'lock',
    word: 'lock',
    product: 'docs' as never,
    environment: 'staging',
    version: null,
    reason: 'wait',
    by: 'Dev',
    until: null,
    bindsRollbacks: false,
  });
  await runRelease(place, commits['two'] as CommitId);
  await runPromotion(place, {
    kind: 'unlock',
    product: 'docs' as never,
    environment: 'staging',
    version: null,
    reason: null,
    by: 'Dev',
  });
  return { place, commits };
}

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
      rollbackOnce('prod'),
    ],
    check: (end, schedule) => {
      const again = schedule.outcomes[0]?.kind === 'crashed';
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
    programs: () => [(place, step) => runPromotion(place, ready, step), rollbackOnce('staging')],
    check: (end) => {
      expect(rolledBack(end)).toBe(true);
      expect(end.moves.at(-1)?.origin).toBe('rollback');
      expect(end.locked.has('staging/docs')).toBe(true);
      expect(['1.0.0', '1.0.1']).toContain(end.pins.get('staging/docs'));
    },
  },
];

/** A rollback that died is run again only where it did not land: repeated, it walks further back. */
function rollbackOnce(environment: string): Program {
  return async (place, step) => {
    const landed = place.deploy
      .log()
      .some((message) => message.includes('Lanewise-Origin: rollback'));
    return landed && step === undefined
      ? runPromotion(place, ready)
      : runPromotion(place, rollback('docs', environment), step);
  };
}

/** Reading changes nothing, and the two remotes know nothing of each other. */
function commute(one: string, other: string): boolean {
  const [remote, call] = one.split(' ');
  const [otherRemote, otherCall] = other.split(' ');
  return remote !== otherRemote || (call !== 'publish' && otherCall !== 'publish');
}

async function explorePair(pair: Pair, layout: Layout): Promise<Explored> {
  const begin = await pair.begin(layout);
  const tip = begin.place.deploy.refs().get('refs/heads/main' as never) as never as CommitId;
  const programs = pair.programs(begin);
  // Time stands still, so equal refs are equal histories: each end is healed and looked at once.
  const seen = new Set<string>();
  return explore<MemoryPlace>({
    make: () => copyPlace(begin.place),
    programs,
    crashes: 1,
    commute,
    limit,
    check: async (place, schedule) => {
      const kinds = schedule.outcomes.map(({ kind }) => kind);
      const end = `${kinds.join()}\n${describePlace(place)}\n${describeBuilds(place)}`;
      if (seen.has(end)) return;
      seen.add(end);
      for (const [index, outcome] of schedule.outcomes.entries()) {
        if (outcome.kind === 'failed') throw outcome.error;
        if (outcome.kind === 'crashed') await programs[index]?.(place);
      }
      await runPromotion(place, ready);
      const healed = describePlace(place);
      await runPromotion(place, ready);
      expect(describePlace(place)).toBe(healed);
      pair.check(await checkPromises(place, tip), schedule, begin);
    },
  });
}

function describeBuilds({ builds }: MemoryPlace): string {
  return [...builds].map(([image, commits]) => `${image} ${commits.join(' ')}`).join('\n');
}

function describePlace({ mono, deploy }: MemoryPlace): string {
  return `${mono.describe()}\n${deploy.describe()}`;
}

describe.each(layouts)(
  'whatever the order of two runs, with a crash anywhere (manifests: %s)',
  (layout) => {
    it.each(pairs)('$name keep every promise', { timeout: 120_000 }, async (pair) => {
      const began = performance.now();
      const { schedules, complete, longest } = await explorePair(pair, layout);
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      const part = complete ? 'all' : `the first, limit ${limit}`;
      process.stdout.write(
        `${schedules} schedules (${part}; longest ${longest} steps) of ${pair.name}, ${layout}: ${seconds} s\n`,
      );
      expect(schedules).toBeGreaterThanOrEqual(complete ? 5 : limit);
    });
  },
);
