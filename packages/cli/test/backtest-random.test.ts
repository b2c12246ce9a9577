import { afterEach, describe, expect, it } from 'vitest';
import { makeRandom, seed, type Random } from '@lanewise/testing';
import { makeSample, sampleConfig, type Sample } from './sample.js';
import { referenceDeployments, type ReferenceDeployment } from './backtest-reference.js';

const environments = ['dev', 'prod'];
const products = {
  api: ['apps/api', 'libs/logging'],
  docs: ['apps/docs'],
  web: ['apps/web', 'libs/logging'],
};
const names = Object.keys(products);
const fileOf = (environment: string, product: string): string =>
  `apps/${environment}/${product}/values.yaml`;

/** The sample's configuration without the environment in the middle. */
const config = (gitops: string): string =>
  sampleConfig(gitops)
    .replace(/^ {2}staging: .*\n/m, '')
    .replace('after: staging', 'after: dev');

const runs = Number(process.env['BACKTEST_RUNS'] ?? 3);
let sample: Sample | undefined;
afterEach(async () => {
  await sample?.world.dispose();
});

describe('a past is told as a slow and obvious reference tells it', () => {
  it(
    `over random histories (LANEWISE_SEED=${seed} BACKTEST_RUNS=${runs})`,
    { timeout: 240_000 },
    async () => {
      for (let run = 0; run < runs; run += 1) {
        sample = makeSample(config);
        const sources = makeHistory(sample, makeRandom(seed + run * 7919));
        sample.clone.git('fetch', '-q', '--tags', 'origin', '+refs/heads/*:refs/remotes/origin/*');
        const said = await sample.lanewise('backtest', '--json', '--deployments');
        expect(said.exitCode, said.stderr).toBe(0);
        const answer = JSON.parse(said.stdout) as { deployments: readonly ReferenceDeployment[] };
        const expected = referenceDeployments({
          gitops: sample.gitops,
          workspace: sample.workspace,
          environments,
          products,
          fileOf,
          sourceOf: (value) => sources.get(value) ?? null,
        });
        expect(expected.length).toBeGreaterThan(10);
        const order = (list: readonly ReferenceDeployment[]): unknown[] =>
          list
            .toSorted((a, b) => keyOf(a).localeCompare(keyOf(b)))
            .map((one) => Object.fromEntries(compared.map((key) => [key, one[key]])));
        expect(order(answer.deployments), `LANEWISE_SEED=${seed} run ${run}`).toEqual(
          order(expected),
        );
        await sample.world.dispose();
        sample = undefined;
      }
    },
  );
});

/** What the reference tells of a deployment. */
const compared = [
  ...(['commit', 'product', 'environment', 'at', 'from', 'to'] as const),
  ...(['source', 'direction', 'inputs', 'leadTime', 'beyond'] as const),
];

function keyOf(one: {
  readonly commit: string;
  readonly environment: string;
  readonly product: string;
}): string {
  return `${one.commit} ${one.environment} ${one.product}`;
}

/** Writes both histories at once, and gives the source commit that each value names. */
function makeHistory({ workspace, gitops }: Sample, random: Random): ReadonlyMap<string, string> {
  const commits: string[] = [workspace.git('rev-parse', 'main').trim()];
  const sources = new Map<string, string>();
  const values: string[] = ['latest', 'nightly-2'];
  const texts = new Map<string, string>();
  for (const environment of ['dev', 'staging', 'prod'])
    for (const product of names)
      texts.set(fileOf(environment, product), gitops.read(fileOf(environment, product)));

  const addSource = (): void => {
    const folder = random.pick(['apps/api', 'apps/docs', 'apps/web', 'libs/logging', 'docs']);
    const content = `${random.below(4)}\n`;
    const side = random.below(6) === 0;
    const commit = workspace.commit(
      { [`${folder}/file-${random.below(2)}.js`]: content },
      'feat: change',
      side ? { branch: `feature-${commits.length}`, parents: [random.pick(commits)] } : {},
    );
    if (random.below(8) === 0 && side) {
      const main = workspace.git('rev-parse', 'main').trim();
      commits.push(
        workspace.commit({ [`${folder}/merged.js`]: content }, 'merge', {
          parents: [main, commit],
        }),
      );
    }
    commits.push(commit);
    const shape = random.below(5);
    if (shape === 0) {
      const version = `1.${commits.length}.0`;
      workspace.tag(`v${version}`, commit, 'release');
      name(random.below(2) === 0 ? version : `v${version}`, commit);
    } else if (shape === 1) name(commit, commit);
    else if (shape === 2) name(`sha-${commit.slice(0, 9)}`, commit);
    else name(`main-${commit.slice(0, 10)}-20260101`, commit);
  };
  const name = (value: string, commit: string): void => {
    sources.set(value, commit);
    values.push(value);
  };
  const write = (value: string, style: number, product: string): string => {
    const tag =
      [`"${value}"`, `'${value}'`, `"${value}" # by CI`, `"${value}"`][style] ?? `"${value}"`;
    const more = style === 3 ? 'replicas: 2\n' : '';
    return `image:\n  repository: registry.example.com/acme/${product} # by hand\n  tag: ${tag}\n${more}`;
  };
  const change = (): Record<string, string | null> => {
    const files: Record<string, string | null> = {};
    for (let count = random.pick([1, 1, 1, 2, 3]); count > 0; count -= 1) {
      const [environment, product] = [random.pick(environments), random.pick(names)];
      const file = fileOf(environment, product);
      if (random.below(14) === 0) {
        files[file] = null;
        texts.delete(file);
      } else {
        // The style changes now and then, so that a file is written anew with the same value too.
        const old = texts.get(file) ?? '';
        const style = random.below(4) === 0 || old === '' ? random.below(4) : styleOf(old);
        const text = write(random.pick(values.slice(-6)), style, product);
        files[file] = text;
        texts.set(file, text);
      }
    }
    if (random.below(6) === 0) files[`notes/${random.below(3)}.md`] = `${random.below(1000)}\n`;
    return files;
  };
  for (let step = 0; step < 6; step += 1) addSource();
  for (let step = 0; step < 26; step += 1) {
    if (random.below(2) === 0) addSource();
    const main = gitops.git('rev-parse', 'main').trim();
    const kind = random.below(10);
    if (kind === 0) gitops.commit({}, 'chore: run CI');
    else if (kind === 1) {
      const files = change();
      const side = gitops.commit(files, 'deploy on a branch', {
        branch: `side-${step}`,
        parents: [main],
      });
      gitops.commit(files, 'Merge pull request', { parents: [main, side] });
    } else gitops.commit(change(), 'deploy');
  }
  return sources;
}

function styleOf(text: string): number {
  if (text.includes('replicas')) return 3;
  if (text.includes('by CI')) return 2;
  return text.includes("'") ? 1 : 0;
}
