import { describe, expect, it } from 'vitest';
import { graphFromNx, productInputs, selectProducts, type ProductInputs } from '@lanewise/graph';
import { expandPins, parseConfig, type Release, type RepoPath } from '@lanewise/model';
import { compareInputs, type InputsAnswer, type InputsSources } from '@lanewise/release';
import type { Repository } from '@lanewise/git';
import { makeMemoryRemote, makeWorld } from '@lanewise/testing';
import {
  checkOut,
  randomShapes,
  writeHistories,
  writeInMemory,
  type Commit,
} from './reference/history.js';
import { makeRandom } from './reference/random.js';
import { fullInputs, membersOf, type Tree } from './reference/reference.js';
import { lockfileName, nxGraph, nxJson, rootFiles } from './reference/render.js';
import type { Shape } from './reference/shape.js';

const seed = Number(process.env['LANEWISE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const runs = Number(process.env['LANEWISE_RUNS'] ?? 40);
const memoryRuns = Number(process.env['LANEWISE_MEMORY_RUNS'] ?? 100);
const commitsEach = 5;
/** How many repositories share one store: opening one is what costs. */
const together = 20;

/** Everything about one commit that the comparison takes in. */
interface Understood extends Pick<InputsSources, 'graph' | 'config' | 'pins'> {
  readonly inputs: readonly ProductInputs[];
}

function understand(shape: Shape): Understood {
  const config = parseConfig(rootFiles(shape).get('lanewise.yaml') ?? '', 'lanewise.yaml');
  const lockfile = shape.lock === null ? null : (lockfileName(shape.lock.kind) as RepoPath);
  const graph = graphFromNx(nxGraph(shape), nxJson(shape), { lockfile });
  const products = selectProducts(graph, config, []);
  return {
    graph,
    config,
    pins: expandPins(config, products, null).flatMap(({ pins }) => pins),
    inputs: products.map((product) => productInputs(graph, product, config, products)),
  };
}

/** Compares two commits, with the record that the first would have got, or as a foreign tag without one. */
async function compare(
  repository: Repository,
  before: Commit,
  after: Commit,
  recorded: boolean,
): Promise<ReadonlyMap<string, InputsAnswer>> {
  const old = understand(before.shape);
  const made = recorded
    ? await compareInputs(
        { repository, head: before.id, ...old },
        old.inputs.map((inputs) => ({ inputs, base: null })),
      )
    : new Map<string, InputsAnswer>();
  const now = understand(after.shape);
  const there = new Set(old.inputs.map(({ product }) => product.name));
  return compareInputs(
    { repository, head: after.id, ...now },
    now.inputs
      .filter(({ product }) => there.has(product.name))
      .map((inputs) => ({
        inputs,
        base: {
          product: inputs.product.name,
          commit: before.id,
          inputs: made.get(inputs.product.name)?.digest ?? null,
        } as unknown as Release,
      })),
  );
}

/** Whether the reference finds the inputs to differ; `open`: the wider answer is allowed. */
function expected(
  name: string,
  recorded: boolean,
  before: { readonly shape: Shape; readonly tree: Tree },
  after: { readonly shape: Shape; readonly tree: Tree },
): { readonly differs: boolean; readonly open: boolean; readonly by: readonly string[] } {
  const find = (shape: Shape): Shape['projects'][number] => {
    const found = shape.projects.find(
      (one) => one.product && one.name.replace(/^.*\//, '') === name,
    );
    if (found === undefined) throw new Error(`There is no ${name}.`);
    return found;
  };
  const then = recorded ? before.shape : after.shape;
  const listBoth = (judge: Shape): readonly [string, string] => [
    fullInputs(find(then), then, before.shape, before.tree, judge),
    fullInputs(find(after.shape), after.shape, after.shape, after.tree, judge),
  ];
  const [old, now] = listBoth(after.shape);
  const [oldThen, nowThen] = listBoth(before.shape);
  // An alias may lead elsewhere because projects moved: the ways to see it must not disagree.
  const answers = new Set([old === now, oldThen === nowThen, oldThen === now]);
  const unclear = answers.size > 1;
  const noPackages = [before, after].some(({ shape }) =>
    shape.projects.every(({ packages }) => packages.length === 0),
  );
  const absent = ({ root }: { readonly root: string }): boolean =>
    root !== '' &&
    ![...before.tree.keys()].some((path) => {
      const place = Buffer.from(root).toString('latin1');
      return path === place || path.startsWith(`${place}/`) || place.startsWith(`${path}/`);
    });
  const joined = !recorded && membersOf(find(after.shape), after.shape).some(absent);
  const lines = (text: string): Set<string> => new Set(text.split('\n'));
  const [one, other] = [lines(old), lines(now)];
  const by = [
    ...[...one].filter((line) => !other.has(line)).map((line) => `- ${line}`),
    ...[...other].filter((line) => !one.has(line)).map((line) => `+ ${line}`),
  ];
  // A target comes and goes with a file of its project, which these histories do not write.
  const targetsOf = (shape: Shape): string =>
    membersOf(find(shape), shape)
      .flatMap(({ targets }) => targets)
      .sort()
      .join(' ');
  const retargeted =
    targetsOf(before.shape) !== targetsOf(after.shape) &&
    by.every((line) => /^[-+] (?:build|bundle|plugin) /.test(line));
  return { differs: old !== now, open: noPackages || joined || unclear || retargeted, by };
}

interface Told {
  affected: number;
  equal: number;
}

/** Compares every commit of a history with its last, with and without records. */
async function judgeHistory(
  repository: Repository,
  commits: readonly Commit[],
  trees: readonly Tree[],
  name: string,
  told: Told,
): Promise<void> {
  const last = commits.length - 1;
  for (let index = 0; index < last; index += 1) {
    const [before, after] = [commits[index] as Commit, commits[last] as Commit];
    for (const recorded of [true, false]) {
      const answers = await compare(repository, before, after, recorded);
      for (const [product, { comparison }] of answers) {
        const { differs, open, by } = expected(
          product,
          recorded,
          { shape: before.shape, tree: trees[index] as Tree },
          { shape: after.shape, tree: trees[last] as Tree },
        );
        const found = comparison?.kind === 'different';
        const where = `${name}, commit ${index} to ${last}, ${product}, ${recorded ? 'record' : 'foreign tag'}: ${JSON.stringify(comparison)}; the reference: ${JSON.stringify(by.slice(0, 9))}`;
        if (!open) expect(found, where).toBe(differs);
        told[found ? 'affected' : 'equal'] += 1;
      }
    }
  }
}

describe('what is affected, compared with all inputs listed file by file', () => {
  it(`agrees with work trees of ${runs} random repositories (LANEWISE_SEED=${seed} LANEWISE_RUNS=${runs})`, async () => {
    const random = makeRandom(seed);
    const told: Told = { affected: 0, equal: 0 };
    for (let done = 0; done < runs; done += together) {
      const world = makeWorld();
      const remote = world.makeRemote();
      const count = Math.min(together, runs - done);
      const histories = writeHistories(
        remote,
        world,
        Array.from({ length: count }, () => randomShapes(random, commitsEach)),
      );
      const repository = await world.open(remote);
      await repository.fetch({ refs: ['refs/heads/*'], depth: 'history' });
      for (const [line, commits] of histories.entries()) {
        const trees = commits.map(({ id }) => checkOut(remote, world, id));
        await judgeHistory(repository, commits, trees, `repository ${done + line}`, told);
      }
      await world.dispose();
    }
    expect(told.affected).toBeGreaterThan(0);
    expect(told.equal).toBeGreaterThan(0);
  }, 3_600_000);

  it(`agrees with ${memoryRuns} more that are kept in memory (LANEWISE_SEED=${seed} LANEWISE_MEMORY_RUNS=${memoryRuns})`, async () => {
    const random = makeRandom(seed + 1);
    const told: Told = { affected: 0, equal: 0 };
    for (let done = 0; done < memoryRuns; done += 1) {
      const remote = makeMemoryRemote();
      const written = randomShapes(random, commitsEach).map((shape, index) => ({
        shape,
        ...writeInMemory(remote, shape, `at-${index}`),
      }));
      const repository = remote.open();
      await repository.fetch({ refs: ['refs/heads/*'], depth: 'history' });
      const trees = written.map(({ tree }) => tree);
      await judgeHistory(repository, written, trees, `repository ${done} in memory`, told);
    }
    expect(told.affected).toBeGreaterThan(0);
    expect(told.equal).toBeGreaterThan(0);
  }, 3_600_000);
});
