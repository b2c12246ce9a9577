import { describe, expect, it } from 'vitest';
import { declaredGraph, productInputs, selectProducts } from '@lanewise/graph';
import { expandPins, parseConfig, type CommitId, type RepoPath } from '@lanewise/model';
import { compareInputs, makePastInputs, type PastStep } from '@lanewise/release';
import { makeMemoryRepository } from '@lanewise/testing';
import { config as text, files } from './workspace.js';

const seed = Number(process.env['PAST_SEED'] ?? Date.now() % 1_000_000);
const runs = Number(process.env['PAST_RUNS'] ?? 12);
const lockfile = 'package-lock.json' as RepoPath;

function makeRandom(from: number): (below: number) => number {
  let state = (from * 2654435761 + 12345) >>> 0;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return (state >>> 8) % below;
  };
}

const locked = (version: string): string =>
  JSON.stringify({
    lockfileVersion: 3,
    packages: {
      '': { name: 'acme' },
      'apps/api': { name: 'api', dependencies: { left: '^1.0.0' } },
      'node_modules/left': { version, integrity: `sha512-${version}` },
    },
  });

describe('inputs over a whole history', () => {
  it(`are compared as a release compares them, commit by commit (PAST_SEED=${seed} PAST_RUNS=${runs})`, async () => {
    for (let run = 0; run < runs; run += 1) {
      const random = makeRandom(seed + run * 7919);
      const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
      const repository = makeMemoryRepository();
      const at = 1_767_225_600;
      const commits: CommitId[] = [];
      const commit = async (
        edits: Readonly<Record<string, string | null>>,
        parents: readonly CommitId[],
      ): Promise<CommitId> => {
        const drafts = [
          {
            kind: 'commit' as const,
            mark: 'one',
            parents,
            edits: Object.entries(edits).map(([path, content]) => ({
              path: path as RepoPath,
              content: content === null ? null : new TextEncoder().encode(content),
              mode: '100644' as const,
            })),
            message: 'change',
            author: { name: 'Dev', email: 'dev@example.com' },
            at: at + commits.length * 60,
          },
        ];
        const id = (await repository.write(drafts)).get('one') as CommitId;
        commits.push(id);
        return id;
      };
      const paths = [
        ...Object.keys(files).filter((path) => path !== 'lanewise.yaml'),
        'libs/shared/deep/x.ts',
        'deploy/prod/api.yaml',
        'tsconfig.base.json',
        'nx.json',
        'patches/left+1.0.0.patch',
        'apps/api/deep/inner.md',
        lockfile,
      ];
      let tip = await commit({ ...files, [lockfile]: locked('1.0.0') }, []);
      const tips = [tip];
      for (let step = 0; step < 24; step += 1) {
        const edits: Record<string, string | null> = {};
        for (let count = 1 + random(2); count > 0; count -= 1) {
          const path = pick(paths);
          const gone = random(10) === 0 && path !== lockfile;
          edits[path] = gone
            ? null
            : path === lockfile
              ? locked(pick(['1.0.0', '1.1.0']))
              : path.endsWith('.json')
                ? JSON.stringify({ compilerOptions: { strict: random(2) === 0 } })
                : `${random(3)}\n`;
        }
        const from = random(5) === 0 ? pick(commits) : tip;
        const merged = random(6) === 0 ? [pick(commits)].filter((one) => one !== from) : [];
        const made = await commit(edits, [from, ...merged]);
        if (from === tip) tip = made;
        tips.push(made);
      }
      const parsed = parseConfig(text, 'lanewise.yaml');
      const graph = declaredGraph(parsed, lockfile);
      const products = selectProducts(graph, parsed, []);
      const inputs = products.map((one) => productInputs(graph, one, parsed, products));
      const present = new Set(paths as readonly string[] as readonly RepoPath[]);
      const pins = expandPins(parsed, products, present).flatMap((one) => one.pins);
      const sources = { repository, graph, config: parsed, pins };
      const past = makePastInputs({ ...sources, inputs, mayShip: () => false });
      const walk = { tip, alsoFrom: tips, firstParent: false, before: true };
      for await (const one of repository.readHistory(walk)) past.note(one);
      const steps = Array.from({ length: 60 }, (): PastStep => ({
        product: pick(products).name,
        before: pick(commits),
        after: pick(commits),
      }));
      const told = await past.compare(steps);
      for (const [index, step] of steps.entries()) {
        const own = inputs.find(({ product }) => product.name === step.product);
        if (own === undefined) continue;
        const base = {
          kind: 'foreign' as const,
          product: step.product,
          version: '1.0.0' as never,
          commit: step.before,
          committedAt: 0,
          tag: 'refs/tags/x' as never,
          tagObject: step.before,
          project: null,
          images: {},
          inputs: null,
          needs: {},
          pinText: null,
        };
        const asked = { ...sources, head: step.after };
        const answers = await compareInputs(asked, [{ inputs: own, base }]);
        const expected = answers.get(step.product)?.comparison?.kind;
        expect(told[index], `PAST_SEED=${seed} run ${run} ${JSON.stringify(step)}`).toBe(expected);
      }
      expect(new Set(told).size).toBe(2);
    }
  });

  it('of commits that were not noted are not known', async () => {
    const parsed = parseConfig(text, 'lanewise.yaml');
    const graph = declaredGraph(parsed);
    const products = selectProducts(graph, parsed, []);
    const inputs = products.map((one) => productInputs(graph, one, parsed, products));
    const repository = makeMemoryRepository();
    const past = makePastInputs({
      repository,
      graph,
      config: parsed,
      inputs,
      pins: [],
      mayShip: () => false,
    });
    const [before, after] = ['a'.repeat(40), 'b'.repeat(40)] as unknown as [CommitId, CommitId];
    const step = { product: products[0]?.name ?? ('api' as never), before, after };
    expect(await past.compare([step])).toEqual(['unknown']);
  });
});
