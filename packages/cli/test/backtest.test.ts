import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld, type Remote, type World } from '@lanewise/testing';
import { definitions } from '../src/render/backtest-definitions.js';
import { runIn, type Said } from './run-in.js';
import { makeSample, type Sample } from './sample.js';

interface Told {
  readonly product: string;
  readonly environment: string;
  readonly to: readonly string[];
  readonly direction: string;
  readonly inputs: string | null;
  readonly source: string | null;
  readonly leadTime: number | null;
  readonly beyond: { readonly bytes: boolean; readonly files: number; readonly products: number };
  readonly at: number;
}

interface Answer {
  readonly span: { readonly from: number; readonly to: number } | null;
  readonly history: {
    readonly complete: boolean;
    readonly files: { readonly present: number; readonly gone: number };
    readonly unread: { readonly versions: number; readonly files: number };
  };
  readonly inputs: { readonly known: string; readonly why: string | null };
  readonly commits: Readonly<Record<string, number>>;
  readonly total: Readonly<Record<string, unknown>>;
  readonly environments: readonly Readonly<Record<string, unknown>>[];
  readonly products: readonly (Readonly<Record<string, unknown>> & { readonly product: string })[];
  readonly days: readonly {
    readonly day: string;
    readonly products: readonly Readonly<Record<string, unknown>>[];
  }[];
  readonly deployments: readonly Told[];
}

const schema = JSON.parse(
  readFileSync(new URL('../schemas/backtest.json', import.meta.url), 'utf8'),
) as object;
const validate = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }).compile(
  schema,
);

/** An answer in JSON, checked by its schema. */
function readAnswer(said: Said): Answer {
  expect(said.exitCode, said.stderr).toBe(0);
  expect(said.stderr).not.toContain('unforeseen');
  const answer = JSON.parse(said.stdout) as unknown as Answer;
  expect(validate(answer), JSON.stringify(validate.errors, null, 2)).toBe(true);
  return answer;
}

const values = (product: string, tag: string): string =>
  `image:\n  repository: registry.example.com/acme/${product} # by hand\n  tag: "${tag}"\n`;

describe('each figure of a known past is right', () => {
  let sample: Sample;
  let answer: Answer;
  const id: Record<string, string> = {};
  const file = (environment: string, product: string): string =>
    `apps/${environment}/${product}/values.yaml`;
  beforeAll(async () => {
    sample = makeSample();
    const { workspace, gitops } = sample;
    id['begin'] = workspace.git('rev-parse', 'main').trim();
    workspace.tag('v1.0.0', id['begin']);
    const source = (name: string, path: string): string =>
      (id[name] = workspace.commit({ [path]: `${name}\n` }, `feat: ${name}`));
    const deploy = (files: Record<string, string>, message = 'deploy'): string =>
      gitops.commit(files, message);
    workspace.tag('v1.1.0', source('api', 'apps/api/main.js'));
    source('docs', 'apps/docs/main.js');
    source('readme', 'README.md');
    deploy({ [file('dev', 'api')]: values('api', '1.1.0') });
    deploy({ [file('dev', 'docs')]: values('docs', `sha-${id['readme']?.slice(0, 7) ?? ''}`) });
    deploy({ [file('dev', 'web')]: values('web', `main-${id['readme']?.slice(0, 8) ?? ''}-42`) });
    source('logging', 'libs/logging/index.js');
    deploy({
      [file('dev', 'api')]: values('api', id['logging'] ?? ''),
      [file('dev', 'docs')]: values('docs', id['logging'] ?? ''),
    });
    deploy({ [file('dev', 'api')]: `replicas: 2\n${values('api', '1.1.0')}` }, 'back');
    deploy({ [file('dev', 'api')]: `replicas: 2\n${values('api', 'latest')}` });
    deploy({ [file('dev', 'api')]: `replicas: 2\n${values('api', '1.1.0')}` });
    deploy({}, 'ci: redeploy docs');
    deploy({
      [file('prod', 'docs')]: values('docs', `sha-${id['readme']?.slice(0, 7) ?? ''}`),
      'notes.md': '1\n',
    });
    const main = gitops.git('rev-parse', 'main').trim();
    const web = { [file('staging', 'web')]: values('web', id['logging'] ?? '') };
    const side = gitops.commit(web, 'deploy web', { branch: 'side', parents: [main] });
    sample.world.advance(86_400);
    gitops.commit(web, 'Merge pull request', { parents: [main, side] });
    // The same value, written anew: the file changed, and nothing was deployed.
    deploy({
      [file('dev', 'web')]: values('web', `main-${id['readme']?.slice(0, 8) ?? ''}-42`).replaceAll(
        '"',
        "'",
      ),
    });
    sample.clone.git('fetch', '-q', '--tags');
    answer = readAnswer(await sample.lanewise('backtest', '--json', '--deployments'));
  });
  afterAll(() => sample.world.dispose());

  const told = (): readonly Told[] =>
    answer.deployments.filter(({ direction }) => direction !== 'first');

  it('tells every deployment, with its source, step and inputs', () => {
    expect(
      told().map(({ product, environment, direction, inputs, source }) => [
        product,
        environment,
        direction,
        inputs,
        Object.entries(id).find(([, one]) => one === source)?.[0] ?? null,
      ]),
    ).toEqual([
      ['api', 'dev', 'forward', 'different', 'api'],
      ['docs', 'dev', 'forward', 'different', 'readme'],
      ['web', 'dev', 'forward', 'equal', 'readme'],
      ['api', 'dev', 'forward', 'different', 'logging'],
      ['docs', 'dev', 'forward', 'equal', 'logging'],
      ['api', 'dev', 'back', 'different', 'api'],
      ['api', 'dev', 'untold', 'unknown', null],
      ['api', 'dev', 'untold', 'unknown', 'api'],
      ['docs', 'prod', 'forward', 'different', 'readme'],
      ['web', 'staging', 'forward', 'different', 'logging'],
    ]);
  });

  it('tells what else the commits changed', () => {
    expect(told().map(({ beyond }) => beyond)).toEqual([
      { bytes: false, files: 0, products: 0 },
      { bytes: false, files: 0, products: 0 },
      { bytes: false, files: 0, products: 0 },
      { bytes: false, files: 0, products: 1 },
      { bytes: false, files: 0, products: 1 },
      { bytes: true, files: 0, products: 0 },
      { bytes: false, files: 0, products: 0 },
      { bytes: false, files: 0, products: 0 },
      { bytes: false, files: 1, products: 0 },
      { bytes: false, files: 0, products: 0 },
    ]);
  });

  it('counts the commits of the first-parent line', () => {
    expect(answer.commits).toEqual({
      all: 12,
      empty: 1,
      deploying: 10,
      several: 2,
      mostProducts: 3,
    });
    expect(answer.history).toMatchObject({ complete: true, files: { present: 9, gone: 0 } });
    expect(answer.inputs).toEqual({ known: 'graph', why: null });
  });

  it('counts the whole', () => {
    expect(answer.total).toMatchObject({
      deployments: 19,
      first: 9,
      changed: 6,
      unchanged: 2,
      untold: 2,
      back: 1,
      beyond: { any: 4, bytes: 1, files: 1, products: 2 },
    });
    expect(answer.total['builds']).toEqual({ builds: 10, released: 7, unchanged: 2, untold: 1 });
  });

  it('counts each product, with the empty commits that name it', () => {
    const of = (name: string): unknown => answer.products.find(({ product }) => product === name);
    expect(of('docs')).toMatchObject({
      deployments: 6,
      unchanged: 1,
      emptyCommits: 1,
      isGone: false,
    });
    expect(of('api')).toMatchObject({ deployments: 8, untold: 2, back: 1, emptyCommits: 0 });
    expect(of('web')).toMatchObject({ deployments: 5, unchanged: 1 });
  });

  it('takes lead times from the source commit to the landing, of what came for the first time', () => {
    // One minute lies between any two commits of the test; a day before the merge.
    expect(told().map(({ leadTime }) => leadTime)).toEqual([
      180,
      120,
      180,
      60,
      60,
      null,
      null,
      null,
      600,
      86_880,
    ]);
    const [dev] = answer.environments;
    expect(dev?.['leadTimes']).toEqual({ count: 5, median: 120, p90: 180 });
  });

  it('tells what Lanewise would have released on which day', () => {
    const days = answer.days.map(({ day, products }) => [day, products.length]);
    expect(days).toEqual([
      ['2026-01-01', 3],
      ['2026-01-02', 1],
    ]);
    expect(answer.days[0]?.products[1]).toEqual({
      product: 'docs',
      deployments: 6,
      builds: 3,
      released: 2,
      unchanged: 1,
      untold: 0,
    });
  });

  it('chooses by time, product and environment', async () => {
    const ask = async (...args: string[]): Promise<Answer> =>
      readAnswer(await sample.lanewise('backtest', '--json', ...args));
    expect((await ask('--since', '2026-01-02')).total).toMatchObject({
      deployments: 1,
      changed: 1,
    });
    expect((await ask('--until', '2026-01-02')).total).toMatchObject({ deployments: 18 });
    expect((await ask('--product', 'docs', '--env', 'prod')).total).toMatchObject({
      deployments: 2,
    });
    for (const [args, code] of [
      [['--product', 'dosc'], 'docs'],
      [['--env', 'prd'], 'prod'],
      [['--since', 'tomorrow'], '2026-01-31'],
    ] as const) {
      const said = await sample.lanewise('backtest', ...args);
      expect(said.exitCode).toBe(2);
      expect(said.stderr).toContain(code);
    }
  });

  it('shows tables, and writes one page that holds no program and asks nobody', async () => {
    const said = await sample.lanewise('backtest', '--deployments', '--html', 'page.html');
    expect(said.stdout).toContain('19 deployments of 3 products');
    expect(said.stdout).toContain('25 % changed nothing of the product (2 of 8');
    const page = readFileSync(`${sample.clone.root}/page.html`, 'utf8');
    expect(page).toContain("default-src 'none'; style-src 'sha256-");
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|https?:/i);
    sample.clone.git('clean', '-fq');
  });

  it('counts as the documentation says: in the words of the page', () => {
    const recipes = readFileSync(new URL('../../../docs/recipes.md', import.meta.url), 'utf8');
    for (const { term, meaning } of definitions)
      expect(recipes).toContain(`| ${term} | ${meaning} |`);
  });

  it('writes nothing to a remote', async () => {
    const before = sample.refs();
    await sample.lanewise('backtest');
    expect(sample.refs()).toBe(before);
  });
});

describe('a repository that never heard of Lanewise', () => {
  let world: World;
  let remote: Remote;
  beforeAll(() => {
    world = makeWorld();
  });
  afterAll(() => world.dispose());

  const lanewise = (root: string, ...args: string[]): Promise<Said> => runIn(world, root, args);
  const backtest = async (root: string, ...args: string[]): Promise<Answer> =>
    readAnswer(await lanewise(root, 'backtest', '--json', '--deployments', ...args));

  it('is read where sources and manifests lie together, through renamed folders and files', async () => {
    remote = world.makeRemote('together');
    const kustomization = (tag: string): string =>
      `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nimages:\n  - name: registry.example.com/acme/api\n    newTag: ${tag}\n`;
    const begin = remote.commit({
      'services/api/Dockerfile': 'FROM scratch\n',
      'services/web/Dockerfile': 'FROM scratch\n',
      'deploy/staging/web/values.yaml': values('web', '0.1.0'),
    });
    const old = 'deploy/production/api/kustomization.yaml';
    remote.commit({ [old]: kustomization(begin.slice(0, 8)) });
    const api = remote.commit({ 'services/api/main.js': '1\n' });
    remote.commit({ [old]: kustomization(api.slice(0, 8)) });
    // The environment's folder is renamed: the value goes on, and nothing is deployed.
    const now = 'deploy/prod/api/kustomization.yaml';
    remote.commit({ [old]: null, [now]: kustomization(api.slice(0, 8)) }, 'rename');
    const web = remote.commit({ 'services/web/main.js': '1\n' });
    remote.commit({ [now]: kustomization(web.slice(0, 8)) });
    const clone = world.clone(remote);
    const answer = await backtest(clone.root);
    expect(answer.history.files).toMatchObject({ gone: 1 });
    const own = answer.deployments.filter(({ product }) => product === 'api');
    expect(
      own.map(({ environment, direction, inputs }) => [environment, direction, inputs]),
    ).toEqual([
      ['prod', 'first', null],
      ['prod', 'forward', 'different'],
      ['prod', 'forward', 'equal'],
    ]);
    expect(answer.inputs.known).toBe('wide');
  });

  it('is read where only manifests are there: then nothing is said of inputs', async () => {
    remote = world.makeRemote('manifests');
    remote.commit({
      'apps/prod/api/values.yaml': values('api', '1.0.0'),
      'apps/dev/api/values.yaml': values('api', '1.0.0'),
    });
    remote.commit({ 'apps/dev/api/values.yaml': values('api', '1.1.0') });
    const answer = await backtest(world.clone(remote).root);
    expect(answer.total).toMatchObject({ deployments: 3, first: 2, untold: 1, unchanged: 0 });
    expect(answer.inputs.known).toBe('none');
  });

  it('is told from a clone beside, or an address, named on the command line', async () => {
    const sources = world.makeRemote('sources');
    sources.commit({ 'services/api/Dockerfile': 'FROM scratch\n' });
    const root = world.clone(sources).root;
    for (const where of [world.clone(remote).root, remote.url]) {
      const answer = await backtest(root, '--gitops', where);
      expect(answer.total).toMatchObject({ deployments: 3 });
    }
  });

  it('has pins that stood elsewhere in the file, and files that nobody can read', async () => {
    remote = world.makeRemote('strange');
    const file = 'apps/prod/api/values.yaml';
    const other = 'apps/prod/web/values.yaml';
    remote.commit({ [file]: values('api', '1.0.0'), [other]: values('web', '1.0.0') });
    remote.commit({ [file]: new Uint8Array([0, 1, 2, 0]) }, 'binary');
    remote.commit({ [file]: 'image: {tag: "1.0.0"\n  broken' }, 'no YAML');
    remote.commit({ [file]: `${values('api', '1.0.0')}#${'x'.repeat(2_000_000)}\n` }, 'large');
    remote.commit({ [file]: values('api', '1.0.0') }, 'mended: no deployment');
    remote.commit({ [file]: { content: 'values.yaml', mode: '120000' } }, 'a link');
    remote.commit({ [file]: values('api', '1.2.0') });
    remote.commit({
      [other]: `app:\n  ${values('web', '2.0.0').replaceAll('\n', '\n  ').trimEnd()}\n`,
    });
    remote.commit({
      [other]: `app:\n  ${values('web', '2.1.0').replaceAll('\n', '\n  ').trimEnd()}\n`,
    });
    const answer = await backtest(world.clone(remote).root);
    expect(answer.deployments.map(({ product, to }) => `${product} ${to.join(' ')}`)).toEqual([
      'api 1.0.0',
      'web 1.0.0',
      'api 1.2.0',
      'web 2.0.0',
      'web 2.1.0',
    ]);
    expect(answer.history.unread.versions).toBeGreaterThan(0);
  });

  it('may be a shallow clone, with a remote or without', async () => {
    remote = world.makeRemote('shallow');
    for (const version of ['1.0.0', '1.1.0', '1.2.0', '1.3.0'])
      remote.commit({ 'apps/prod/api/values.yaml': values('api', version) });
    const clone = world.clone(remote, { args: ['--depth=2'] });
    const whole = await backtest(clone.root);
    expect(whole.history.complete).toBe(true);
    expect(whole.total).toMatchObject({ deployments: 4 });
    clone.git('remote', 'set-url', 'origin', `${remote.url}-gone`);
    const cut = await backtest(clone.root);
    expect(cut.history.complete).toBe(false);
    expect(cut.total).toMatchObject({ deployments: 1 });
  });

  it('may hold hostile names, which the page shows as text', async () => {
    remote = world.makeRemote('hostile');
    const evil = '<script>alert(1)</script>"\'&';
    remote.commit({ 'apps/prod/api/values.yaml': values('api', '1.0.0') }, evil);
    remote.commit(
      {
        'apps/prod/api/values.yaml': values('api', '1.1.0'),
        [`apps/prod/${evil}/values.yaml`]: values('api', '1.0.0'),
      },
      evil,
    );
    const { root } = world.clone(remote);
    const said = await lanewise(root, 'backtest', '--html', 'page.html');
    expect(said.exitCode, said.stderr).toBe(0);
    expect(readFileSync(`${root}/page.html`, 'utf8')).not.toContain('<script');
  });

  it('may be empty of manifests', async () => {
    remote = world.makeRemote('bare');
    remote.commit({ 'README.md': '1\n' });
    const { root } = world.clone(remote);
    expect((await backtest(root)).total).toMatchObject({ deployments: 0 });
    const said = await lanewise(root, 'backtest');
    expect(said.stdout).toContain('No deployment was found.');
  });
});
