import { describe, expect, it } from 'vitest';
import {
  declaredGraph,
  graphFromNx,
  productInputs,
  selectProducts,
  type ProductInputs,
} from '@lanewise/graph';
import {
  expandPins,
  parseConfig,
  type InputsDigest,
  type Release,
  type RepoPath,
} from '@lanewise/model';
import { compareInputs, type InputsAnswer, type InputsSources } from '@lanewise/release';
import type { Repository } from '@lanewise/git';
import { makeMemoryRemote, makeRandom, makeWorld, seed, type Random } from '@lanewise/testing';
import {
  changeKinds,
  changesBetween,
  cover,
  describeCoverage,
  noCoverage,
  type ChangeKind,
  type Coverage,
} from './reference/changes.js';
import {
  checkOut,
  everyKind,
  randomShapes,
  writeHistories,
  writeInMemory,
  type Commit,
} from './reference/history.js';
import { fullInputs, membersOf, type Tree } from './reference/reference.js';
import { lockfileName, nxGraph, nxJson, rootFiles } from './reference/render.js';
import { pinFiles, type ProjectShape, type Shape } from './reference/shape.js';

/** Repository n of seed s is repository 0 of seed s + n: a mismatch can be had again alone. */
const runs = Number(process.env['LANEWISE_RUNS'] ?? everyKind);
const memoryRuns = Number(process.env['LANEWISE_MEMORY_RUNS'] ?? 2 * everyKind);
const commitsEach = 4;
/** How many repositories share one store and one work tree: starting git is what costs. */
const together = 40;
const atOnce = 8;
/** In so many repositories every kind of change has been met, and has decided alone. */
const enough = { met: 3 * everyKind, decided: 100 * everyKind };

/** Seeds in memory that once found something: a project that one product alone gives a package. */
const onceWrong = [700_498, 900_160] as const;

/** Everything about one commit that the comparison takes in. */
interface Understood extends Pick<InputsSources, 'graph' | 'config' | 'pins'> {
  readonly inputs: readonly ProductInputs[];
}

function understand(shape: Shape): Understood {
  const config = parseConfig(rootFiles(shape).get('lanewise.yaml') ?? '', 'lanewise.yaml');
  const lockfile = shape.lock === null ? null : (lockfileName(shape.lock.kind) as RepoPath);
  const graph =
    shape.workspace === 'declared'
      ? declaredGraph(config, lockfile)
      : graphFromNx(nxGraph(shape), nxJson(shape), { lockfile });
  const products = selectProducts(graph, config, []);
  return {
    graph,
    config,
    pins: expandPins(config, products, null).flatMap(({ pins }) => pins),
    inputs: products.map((product) => productInputs(graph, product, config, products)),
  };
}

/** A history as it is judged. */
interface History {
  readonly name: string;
  readonly repository: Repository;
  readonly commits: readonly Commit[];
  readonly trees: readonly Tree[];
  readonly understood: readonly Understood[];
}

/** One product's last release: the commit of it, and whether it kept a record or is a foreign tag. */
interface Asked {
  readonly product: string;
  readonly base: number;
  readonly recorded: boolean;
}

/** Digests of a commit's products, as the records of their releases would hold them. */
function makeRecords({ repository, commits, understood }: History) {
  const made = new Map<number, Promise<ReadonlyMap<string, InputsAnswer>>>();
  return async (base: number, product: string): Promise<InputsDigest | null> => {
    const [commit, known] = [commits[base] as Commit, understood[base] as Understood];
    let digests = made.get(base);
    if (digests === undefined) {
      const questions = known.inputs.map((inputs) => ({ inputs, base: null }));
      made.set(
        base,
        (digests = compareInputs({ repository, head: commit.id, ...known }, questions)),
      );
    }
    return (await digests).get(product)?.digest ?? null;
  };
}

/** Compares each product with its own last release, all in one question, as a release does it. */
async function compare(
  { repository, commits, understood }: History,
  head: number,
  asked: readonly Asked[],
  digestOf: ReturnType<typeof makeRecords>,
): Promise<ReadonlyMap<string, InputsAnswer>> {
  const now = understood[head] as Understood;
  const questions = await Promise.all(
    asked.map(async ({ product, base, recorded }) => ({
      inputs: now.inputs.find((one) => one.product.name === product) as ProductInputs,
      base: {
        product,
        commit: (commits[base] as Commit).id,
        inputs: recorded ? await digestOf(base, product) : null,
      } as unknown as Release,
    })),
  );
  const ask = (digests: 'all' | 'deciding'): ReturnType<typeof compareInputs> =>
    compareInputs({ repository, head: (commits[head] as Commit).id, ...now, digests }, questions);
  const answers = await ask('all');
  // Who only looks is told the same, with fewer digests.
  const told = (of: ReadonlyMap<string, InputsAnswer>): unknown =>
    [...of].map(([name, { comparison }]) => [name, comparison]);
  expect(told(await ask('deciding'))).toEqual(told(answers));
  return answers;
}

/** Each product of a commit with one of its earlier commits; those that had not begun are left out. */
function askAll({ understood }: History, head: number, random: Random): readonly Asked[] {
  return (understood[head] as Understood).inputs.flatMap(({ product }) => {
    const base = random.chance(0.5) ? head - 1 : random.below(head);
    const asked = { product: product.name, base, recorded: random.chance(0.6) };
    const then = (understood[asked.base] as Understood).inputs;
    return then.some((one) => one.product.name === product.name) ? [asked] : [];
  });
}

interface Side {
  readonly shape: Shape;
  readonly tree: Tree;
}

function find(shape: Shape, product: string): ProjectShape {
  const found = shape.projects.find((one) => one.product === product);
  if (found === undefined) throw new Error(`There is no ${product}.`);
  return found;
}

/** Whether the reference finds the inputs to differ; `open`: the wider answer is allowed. */
function expected(
  { product, recorded }: Asked,
  before: Side,
  after: Side,
): { readonly differs: boolean; readonly open: boolean; readonly by: readonly string[] } {
  // A tag without a record tells nothing of projects and edges: those of today count then.
  const then = recorded ? before.shape : after.shape;
  const listBoth = (judge: Shape): readonly [string, string] => [
    fullInputs(find(then, product), then, before.shape, before.tree, judge),
    fullInputs(find(after.shape, product), after.shape, after.shape, after.tree, judge),
  ];
  const [old, now] = listBoth(after.shape);
  const [oldThen, nowThen] = listBoth(before.shape);
  // An alias may lead elsewhere because projects moved: the ways to see it must not disagree.
  const unclear = new Set([old === now, oldThen === nowThen, oldThen === now]).size > 1;
  const noPackages = [before, after].some(
    ({ shape: { lock, projects } }) =>
      lock !== null && projects.every(({ packages }) => packages.length === 0),
  );
  // What a tag without a record knows nothing of may have come in since, and counts as new.
  const members = membersOf(find(after.shape, product), after.shape);
  const joined = !recorded && members.some((one) => !isThere(one, before) && isThere(one, after));
  const lines = (text: string): Set<string> => new Set(text.split('\n'));
  const [one, other] = [lines(old), lines(now)];
  const by = [
    ...[...one].filter((line) => !other.has(line)).map((line) => `- ${line}`),
    ...[...other].filter((line) => !one.has(line)).map((line) => `+ ${line}`),
  ];
  // A target comes and goes with a file of its project, which these histories do not write.
  const targetsOf = (shape: Shape): string =>
    membersOf(find(shape, product), shape)
      .flatMap(({ targets }) => targets)
      .sort()
      .join(' ');
  const retargeted =
    targetsOf(before.shape) !== targetsOf(after.shape) &&
    by.every((line) => /^[-+] (?:build|bundle|plugin) /.test(line));
  const differs = old !== now;
  // What a pin names today is no input, whatever it was when its product was not there yet.
  const isPin = (file: string, { projects }: Shape): boolean =>
    projects.some((one) => file === `deploy/dev/${one.product}.yaml`);
  const turned = pinFiles.filter((file) => isPin(file, before.shape) !== isPin(file, after.shape));
  const repinned =
    differs && by.every((line) => turned.some((file) => line.includes(`: ${file} `)));
  const allowed = unclear || retargeted || repinned;
  return { differs, open: allowed || (!differs && (noPackages || joined)), by };
}

/** Whether a commit has anything in a project's folder, or in its place. */
function isThere({ root }: ProjectShape, { tree }: Side): boolean {
  const place = Buffer.from(root).toString('latin1');
  return [...tree.keys()].some(
    (path) =>
      root === '' || path === place || path.startsWith(`${place}/`) || place.startsWith(`${path}/`),
  );
}

interface Told {
  affected: number;
  equal: number;
  /** Answers that the reference leaves open, where the wider one is allowed. */
  open: number;
  readonly coverage: Coverage;
}

const nothingTold = (): Told => ({ affected: 0, equal: 0, open: 0, coverage: noCoverage() });

/** Compares commits of a history with earlier ones: every product with a base of its own. */
async function judgeHistory(history: History, random: Random, told: Told): Promise<void> {
  const { commits, trees, name } = history;
  const digestOf = makeRecords(history);
  const last = commits.length - 1;
  for (const head of [last, 1 + random.below(last - 1)]) {
    const asked = askAll(history, head, random);
    const answers = await compare(history, head, asked, digestOf);
    const after = { shape: (commits[head] as Commit).shape, tree: trees[head] as Tree };
    for (const one of asked) {
      const { product, base, recorded } = one;
      const before = { shape: (commits[base] as Commit).shape, tree: trees[base] as Tree };
      const { differs, open, by } = expected(one, before, after);
      const comparison = answers.get(product)?.comparison;
      const found = comparison?.kind === 'different';
      const where = `${name}, commit ${base} to ${head}, ${product}, ${recorded ? 'record' : 'foreign tag'}: ${JSON.stringify(comparison)}; the reference: ${JSON.stringify(by.slice(0, 9))}`;
      if (!open) expect(found, where).toBe(differs);
      told[open ? 'open' : found ? 'affected' : 'equal'] += 1;
      if (!open) cover(told.coverage, kindsFor(history, one, head), found);
    }
  }
}

function kindsFor({ commits }: History, asked: Asked, head: number): ReadonlySet<ChangeKind> {
  const shapes = commits.map(({ shape }) => shape);
  const [before, after] = [shapes[asked.base] as Shape, shapes[head] as Shape];
  const kinds = new Set(changesBetween(before, after));
  const between = shapes.slice(asked.base + 1, head);
  if (before === after && between.some((shape) => shape !== after))
    kinds.add('changed and changed back');
  const names = (shape: Shape): Set<string> =>
    new Set(membersOf(find(shape, asked.product), shape).map(({ name }) => name));
  const [old, now] = [names(before), names(after)];
  if ([...now].some((one) => !old.has(one))) kinds.add('a project that joins a product');
  if ([...old].some((one) => !now.has(one))) kinds.add('a project that leaves a product');
  return kinds;
}

/** Kinds that make nothing affected by themselves: there the other answer proves the most. */
const idle: ReadonlySet<ChangeKind> = new Set<ChangeKind>([
  'a setting that builds nothing',
  'a pin moved or a lock set',
  'changed and changed back',
  'an implicit edge between products',
]);
/** Kinds that never come alone, or whose answer is left open where they do. */
const neverAlone: ReadonlySet<ChangeKind> = new Set<ChangeKind>([
  'a project added',
  'a project deleted',
  'which packages a project uses',
  'changed and changed back',
]);

function lacking(counts: ReadonlyMap<ChangeKind, number>): readonly ChangeKind[] {
  return changeKinds.filter((kind) => !counts.has(kind));
}

/** What was judged was not one answer for all, and in long runs every kind of change was among it. */
function expectAll({ affected, equal, open, coverage }: Told, count: number): void {
  expect(affected).toBeGreaterThan(0);
  expect(equal).toBeGreaterThan(0);
  expect(open / (affected + equal + open)).toBeLessThan(0.1);
  if (count >= enough.decided) {
    expect(lacking(coverage.met), 'never met').toEqual([]);
    const never = lacking(coverage.affected).filter(
      (kind) => !idle.has(kind) && !neverAlone.has(kind),
    );
    expect(never, 'never made anything affected by itself').toEqual([]);
    const always = lacking(coverage.equal).filter((kind) => !neverAlone.has(kind));
    expect(always, 'never left anything as it was').toEqual([]);
    for (const kind of idle) expect(coverage.affected.get(kind) ?? 0, kind).toBe(0);
  }
}

function report(told: Told, began: number, count: number): void {
  if (process.env['LANEWISE_REPORT'] === undefined) return;
  const { affected, equal, open } = told;
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(
    `seed ${seed}, ${count} repositories, ${seconds} s: ${affected} affected, ${equal} equal, ${open} left open\n${describeCoverage(told.coverage)}`,
  );
}

describe('what is affected, compared with all inputs listed file by file', () => {
  const told = nothingTold();

  it(`agrees with work trees of ${runs} random repositories (LANEWISE_SEED=${seed} LANEWISE_RUNS=${runs})`, async () => {
    const began = performance.now();
    for (let done = 0; done < runs; done += together) {
      const world = makeWorld();
      const remote = world.makeRemote();
      // All at once: fetching single files as they are asked for is tested elsewhere.
      remote.config('uploadpack.allowFilter', 'false');
      const numbers = Array.from(
        { length: Math.min(together, runs - done) },
        (_, line) => seed + done + line,
      );
      const randoms = numbers.map((number) => makeRandom(number));
      const histories = writeHistories(
        remote,
        world,
        numbers.map((number, line) => randomShapes(number, randoms[line] as Random, commitsEach)),
      );
      const repository = await world.open(remote);
      await repository.fetch({ refs: ['refs/heads/*'], depth: 'history' });
      const trees = checkOut(
        remote,
        world,
        histories.flat().map(({ id }) => id),
      );
      const judge = async (commits: readonly Commit[], line: number): Promise<void> => {
        const history: History = {
          name: `LANEWISE_SEED=${numbers[line]} LANEWISE_RUNS=1`,
          repository,
          commits,
          trees: trees.slice(line * commitsEach, (line + 1) * commitsEach),
          understood: commits.map(({ shape }) => understand(shape)),
        };
        await judgeHistory(history, randoms[line] as Random, told);
      };
      // Several at once: most of the time is waiting for git.
      for (let line = 0; line < histories.length; line += atOnce) {
        const some = histories.slice(line, line + atOnce);
        await Promise.all(some.map((commits, index) => judge(commits, line + index)));
      }
      await world.dispose();
      if (done + together < runs && (done / together) % 10 === 9)
        report(told, began, done + together);
    }
    report(told, began, runs);
  }, 36_000_000);

  const judgeInMemory = async (number: number, into: Told): Promise<void> => {
    const random = makeRandom(number);
    const remote = makeMemoryRemote();
    const written = randomShapes(number, random, commitsEach).map((shape, index) => ({
      shape,
      ...writeInMemory(remote, shape, `at-${index}`),
    }));
    const repository = remote.open();
    await repository.fetch({ refs: ['refs/heads/*'], depth: 'history' });
    const history: History = {
      name: `in memory, LANEWISE_SEED=${number - 2 ** 30} LANEWISE_MEMORY_RUNS=1`,
      repository,
      commits: written,
      trees: written.map(({ tree }) => tree),
      understood: written.map(({ shape }) => understand(shape)),
    };
    await judgeHistory(history, random, into);
  };

  it(`agrees with ${memoryRuns} more that are kept in memory (LANEWISE_SEED=${seed} LANEWISE_MEMORY_RUNS=${memoryRuns})`, async () => {
    const drawn = Array.from({ length: memoryRuns }, (_, index) => seed + index);
    for (const one of [...onceWrong, ...drawn]) await judgeInMemory(one + 2 ** 30, told);
  }, 36_000_000);

  it('and what was judged was not one answer for all', () => {
    expectAll(told, runs + memoryRuns);
  });

  // Drawn numbers may miss one by chance; these do not, as long as the generator makes every kind.
  it('makes every kind of change', async () => {
    const fixed = nothingTold();
    for (let number = 0; number < enough.met; number += 1)
      await judgeInMemory(number + 2 ** 30, fixed);
    expect(lacking(fixed.coverage.met), 'never met').toEqual([]);
  }, 120_000);
});
