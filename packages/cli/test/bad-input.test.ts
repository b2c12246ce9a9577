import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSample, sampleConfig, transcript, type Sample } from './sample.js';

/** Names that must never become an option, a path outside, or a ref. */
const hostile = [
  '--upload-pack=x',
  '../x',
  'a b',
  'docs..x',
  'a.lock',
  'dócs',
  'x'.repeat(200),
  'docs\nLanewise-To: 9.9.9',
  '$(touch pwned)',
  '',
];

describe('bad input ends with one paragraph, its exit code, and nothing written', () => {
  let sample: Sample;
  let before: string;
  beforeAll(async () => {
    sample = makeSample();
    await sample.lanewise('adopt', '--at', 'HEAD');
    before = sample.refs();
  });
  afterAll(() => sample.world.dispose());

  const refused = async (exitCode: number, ...args: string[]): Promise<string> => {
    const said = await sample.lanewise(...args);
    expect(said.exitCode, said.stderr).toBe(exitCode);
    expect(said.stdout).toBe('');
    expect(said.stderr).toMatch(/^error: .+/m);
    expect(said.stderr).not.toMatch(/INTERNAL|unforeseen|^ {4}at /m);
    expect(sample.refs()).toBe(before);
    return transcript(sample, args, said);
  };

  it.each(hostile)('refuses the name %j wherever a product is named', async (name) => {
    await refused(2, 'promote', '--to', 'prod', '--', name);
    await refused(2, 'rollback', '--env', 'prod', '--', name);
    await refused(2, 'lock', '--env', 'prod', '--reason', 'x', '--', name);
    await refused(2, 'history', '--', name);
    await refused(2, 'release', '--', name);
  });

  it.each(hostile.filter((name) => name !== ''))(
    'refuses the name %j wherever an environment is named',
    async (name) => {
      await refused(2, 'promote', 'docs', `--to=${name}`);
      await refused(2, 'status', `--env=${name}`);
      await refused(2, 'why', '--', 'docs', name);
    },
  );

  it.each(hostile.filter((name) => name !== ''))('refuses the version %j', async (name) => {
    const said = await sample.lanewise('promote', '--to', 'prod', '--', `docs@${name}`);
    expect([1, 2]).toContain(said.exitCode);
    expect(sample.refs()).toBe(before);
  });

  it.each([
    'prod/docs',
    'prod/docs@9.9.9',
    '../docs@1.0.0',
    'prod/unknown@1.0.0',
    'qa/docs@1.0.0',
    '--tag',
    'a b',
  ])('refuses the environment tag %j, which asks for nothing that can be done', async (tag) => {
    const said = await sample.lanewise('promote', `--tag=${tag}`);
    expect([1, 2]).toContain(said.exitCode);
    expect(said.stderr).toMatch(/^(error|hint): /m);
    expect(sample.refs()).toBe(before);
  });

  it('suggests the product, environment and command that were meant', async () => {
    expect(await refused(2, 'promote', 'doc', '--to', 'prod')).toMatchSnapshot();
    expect(await refused(2, 'promote', 'docs', '--to', 'prd')).toMatchSnapshot();
    expect(await refused(2, 'promot', 'docs')).toMatchSnapshot();
    expect(await refused(2, 'promote', 'docs', '--too', 'prod')).toMatchSnapshot();
    expect(await refused(2, 'promote', 'docs', '--to', 'prod', '--dry')).toMatchSnapshot();
  });

  it('names the choices of an option and of an argument', async () => {
    expect(await refused(2, 'affected', '--format', 'xml')).toMatchSnapshot();
    expect(await refused(2, 'completion', 'tcsh')).toMatchSnapshot();
  });

  it('says where a lock is when another one is to be taken away', async () => {
    await sample.lanewise('lock', 'docs', '--env', 'prod', '--reason', 'audit');
    const args = ['unlock', '--env', 'prod', '--dry-run'];
    const said = await sample.lanewise(...args);
    expect(transcript(sample, args, said)).toMatchSnapshot();
    await sample.lanewise('unlock', 'docs', '--env', 'prod');
    before = sample.refs();
  });

  it('reads a configuration that is not committed, and says that it is not', async () => {
    const file = join(sample.clone.root, 'lanewise.yaml');
    const committed = readFileSync(file, 'utf8');
    const note = /^note: lanewise.yaml is not committed as it stands here/m;
    expect((await sample.lanewise('status')).stderr).not.toMatch(note);
    writeFileSync(file, `${committed}# a word\n`);
    expect((await sample.lanewise('status')).stderr).toMatch(note);
    expect((await sample.lanewise('affected')).stderr).toMatch(note);
    writeFileSync(file, committed);
  });

  it('says what is missing or does not go together', async () => {
    expect(await refused(2, 'promote')).toMatchSnapshot();
    expect(await refused(2, 'promote', 'docs')).toMatchSnapshot();
    expect(
      await refused(2, 'promote', 'docs', '--to', 'prod', '--force', 'lock'),
    ).toMatchSnapshot();
    expect(
      await refused(2, 'promote', 'docs', '--to', 'prod', '--force', 'sock', '--reason', 'x'),
    ).toMatchSnapshot();
    expect(await refused(2, 'promote', '--ready', '--tag', 'prod/docs@1.0.0')).toMatchSnapshot();
    expect(await refused(2, 'rollback', 'docs')).toMatchSnapshot();
    expect(await refused(2, 'lock', '--reason', 'x')).toMatchSnapshot();
    expect(
      await refused(2, 'lock', 'docs', '--reason', 'x', '--until', 'yesterday'),
    ).toMatchSnapshot();
    expect(await refused(2, 'release', '--first')).toMatchSnapshot();
    expect(await refused(2, 'release', '--image', 'docs=UPPER CASE')).toMatchSnapshot();
    expect(await refused(2, 'apply', 'no-such-plan.json')).toMatchSnapshot();
    expect(await refused(2, 'diff', 'dev')).toMatchSnapshot();
    expect(await refused(2, 'schema', 'statu')).toMatchSnapshot();
  });

  it('refuses a plan that is none', async () => {
    const file = join(sample.world.directory, 'plan.json');
    for (const text of ['', '[]', '{"schema":"lanewise.promotion-plan/9"}', 'null']) {
      writeFileSync(file, text);
      await refused(2, 'apply', file);
    }
  });

  it('does not release an affected product whose image was not told, and names it', async () => {
    sample.push({ 'apps/docs/main.js': '2\n' }, 'fix(docs): a word');
    before = sample.refs();
    writeFileSync(join(sample.world.directory, 'images'), '');
    const said = await sample.lanewise(
      'release',
      '--images',
      join(sample.world.directory, 'images'),
    );
    expect(transcript(sample, ['release', '--images', 'images'], said)).toMatchSnapshot();
    expect(sample.refs()).toBe(before);
  });
});

describe('a configuration that cannot be used is shown with its place', () => {
  const wrong: readonly (readonly [name: string, config: string | null])[] = [
    ['an unknown key', 'gitops: { brnch: main }\n'],
    ['a text that is no YAML', 'products: [\nenvironments: {}\n'],
    [
      'a pin outside the repository',
      'products: { pins: [{ file: "../{env}/{product}", path: a }], each: { docs: { root: apps/docs } } }\nenvironments: { dev: {} }\n',
    ],
    [
      'environments that wait for each other',
      'environments: { a: { after: b }, b: { after: a } }\n',
    ],
    [
      'two environments on one pin',
      'products: { pins: [{ file: "apps/{product}.yaml", path: a }], each: { docs: { root: apps/docs, environments: [dev, prod] } } }\nenvironments: { dev: {}, prod: {} }\n',
    ],
    ['no configuration', null],
  ];

  it.each(wrong)('%s', async (_, config) => {
    const sample = makeSample(config === null ? sampleConfig : () => config);
    if (config === null) {
      sample.clone.git('rm', '-q', 'lanewise.yaml');
      sample.push({}, 'chore: remove the configuration');
    }
    const before = sample.refs();
    for (const args of [['verify'], ['promote', '--ready']]) {
      const said = await sample.lanewise(...args);
      expect(said.exitCode).toBe(2);
      expect(transcript(sample, args, said)).toMatchSnapshot();
    }
    expect(sample.refs()).toBe(before);
    await sample.world.dispose();
  });

  it('that was written and not pushed yet is told from one that is nowhere', async () => {
    const sample = makeSample();
    sample.clone.git('rm', '-q', 'lanewise.yaml');
    sample.push({}, 'chore: remove the configuration');
    const gitops = `file://${sample.gitops.path}`;
    sample.clone.write({ 'lanewise.yaml': sampleConfig(gitops) });
    const said = await sample.lanewise('adopt', '--at', 'HEAD');
    expect(said.exitCode).toBe(2);
    expect(said.stderr).toContain('commit it and push it to main');
    await sample.world.dispose();
  });
});

describe('a place that is no repository', () => {
  it('is named, and nothing is asked', async () => {
    const sample = makeSample();
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lanewise-none-')));
    mkdirSync(join(folder, 'inner'));
    for (const args of [['status'], ['-C', 'inner', 'release'], ['init']]) {
      const said = await sample.lanewiseWith({ directory: folder }, ...args);
      expect(said.exitCode).toBe(2);
      expect(said.stderr.replaceAll(folder, '<folder>')).toMatchSnapshot();
    }
    rmSync(folder, { recursive: true });
    await sample.world.dispose();
  });

  it('without a remote is read itself, which is said', async () => {
    const sample = makeSample((gitops) => sampleConfig(gitops).replace(/^gitops.*\n/, ''));
    sample.clone.git('remote', 'remove', 'origin');
    const said = await sample.lanewise('verify');
    expect(said.stderr).toMatch(/no remote/);
    await sample.world.dispose();
  });
});
