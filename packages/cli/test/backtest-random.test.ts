import { afterEach, describe, expect, it } from 'vitest';
import { makeSample, type Sample } from './sample.js';
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

const config = (
  gitops: string,
): string => `gitops: { repository: ${JSON.stringify(gitops)}, branch: main }
products:
  image: registry.example.com/acme/{product}
  pins: [{ file: "apps/{env}/{product}/values.yaml", path: image.tag }]
  each:
    api: { root: apps/api, dependsOn: [logging] }
    docs: { root: apps/docs }
    web: { root: apps/web, dependsOn: [logging] }
projects:
  logging: { root: libs/logging }
environments:
  dev: {}
  prod: { after: dev }
`;

const seed = Number(process.env['BACKTEST_SEED'] ?? Date.now() % 1_000_000);
const runs = Number(process.env['BACKTEST_RUNS'] ?? 3);
let sample: Sample | undefined;
afterEach(async () => {
  await sample?.world.dispose();
});

describe('a past is told as a slow and obvious reference tells it', () => {
  it(
    `over random histories (BACKTEST_SEED=${seed} BACKTEST_RUNS=${runs})`,
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
            .map(
              ({
                commit,
                product,
                environment,
                at,
                from,
                to,
                source,
                direction,
                inputs,
                leadTime,
                beyond,
              }) => ({
                commit,
                product,
                environment,
                at,
                from,
                to,
                source,
                direction,
                inputs,
                leadTime,
                beyond,
              }),
            )
            .sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
        expect(order(answer.deployments), `BACKTEST_SEED=${seed} run ${run}`).toEqual(
          order(expected),
        );
        await sample.world.dispose();
        sample = undefined;
      }
    },
  );
});

function keyOf(one: {
  readonly commit: string;
  readonly environment: string;
  readonly product: string;
}): string {
  return `${one.commit} ${one.environment} ${one.product}`;
}

type Random = (below: number) => number;

function makeRandom(from: number): Random {
  let state = (from * 2654435761 + 12345) >>> 0;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return (state >>> 8) % below;
  };
}

/** Writes both histories at once, and gives the source commit that each value names. */
function makeHistory({ workspace, gitops }: Sample, random: Random): ReadonlyMap<string, string> {
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  const commits: string[] = [workspace.git('rev-parse', 'main').trim()];
  const sources = new Map<string, string>();
  const values: string[] = ['latest', 'nightly-2'];
  const texts = new Map<string, string>();
  for (const environment of ['dev', 'staging', 'prod'])
    for (const product of names)
      texts.set(fileOf(environment, product), gitops.read(fileOf(environment, product)));

  const addSource = (): void => {
    const folder = pick(['apps/api', 'apps/docs', 'apps/web', 'libs/logging', 'docs']);
    const content = `${random(4)}\n`;
    const side = random(6) === 0;
    const commit = workspace.commit(
      { [`${folder}/file-${random(2)}.js`]: content },
      'feat: change',
      side ? { branch: `feature-${commits.length}`, parents: [pick(commits)] } : {},
    );
    if (random(8) === 0 && side) {
      const main = workspace.git('rev-parse', 'main').trim();
      commits.push(
        workspace.commit({ [`${folder}/merged.js`]: content }, 'merge', {
          parents: [main, commit],
        }),
      );
    }
    commits.push(commit);
    const shape = random(5);
    if (shape === 0) {
      const version = `1.${commits.length}.0`;
      workspace.tag(`v${version}`, commit, 'release');
      name(random(2) === 0 ? version : `v${version}`, commit);
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
    for (let count = pick([1, 1, 1, 2, 3]); count > 0; count -= 1) {
      const [environment, product] = [pick(environments), pick(names)];
      const file = fileOf(environment, product);
      if (random(14) === 0) {
        files[file] = null;
        texts.delete(file);
      } else {
        // The style changes now and then, so that a file is written anew with the same value too.
        const old = texts.get(file) ?? '';
        const style = random(4) === 0 || old === '' ? random(4) : styleOf(old);
        const text = write(pick(values.slice(-6)), style, product);
        files[file] = text;
        texts.set(file, text);
      }
    }
    if (random(6) === 0) files[`notes/${random(3)}.md`] = `${random(1000)}\n`;
    return files;
  };
  for (let step = 0; step < 6; step += 1) addSource();
  for (let step = 0; step < 26; step += 1) {
    if (random(2) === 0) addSource();
    const main = gitops.git('rev-parse', 'main').trim();
    const kind = random(10);
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
