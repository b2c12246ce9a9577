import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSample, transcript, type Sample } from './sample.js';

const schemas = new URL('../schemas/', import.meta.url);
const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false });

/** Validates an answer against the schema that it names. */
function checkAnswer(text: string): Record<string, unknown> {
  const answer = JSON.parse(text) as Record<string, unknown>;
  const name = /^lanewise\.dev\/(\w+)\/1$/.exec(String(answer['schema']))?.[1];
  const schema = JSON.parse(readFileSync(new URL(`${String(name)}.json`, schemas), 'utf8')) as {
    $id: string;
  };
  const validate = ajv.getSchema(schema.$id) ?? ajv.compile(schema);
  expect(validate(answer), JSON.stringify(validate.errors, null, 2)).toBe(true);
  return answer;
}

describe('a change goes its way from a commit to prod and back', () => {
  let sample: Sample;
  beforeAll(() => {
    sample = makeSample();
  });
  afterAll(() => sample.world.dispose());

  const tell = async (...args: string[]): Promise<string> =>
    transcript(sample, args, await sample.lanewise(...args));

  it('adopts what runs, looking first', async () => {
    const before = sample.refs();
    expect(await tell('adopt', '--at', 'HEAD', '--dry-run')).toMatchSnapshot();
    expect(sample.refs()).toBe(before);
    expect(await tell('adopt', '--at', 'HEAD')).toMatchSnapshot();
    checkAnswer((await sample.lanewise('adopt', '--at', 'HEAD', '--json')).stdout);
    expect([...sample.workspace.refs().keys()]).toContain('refs/tags/docs@1.0.0');
  });

  it('finds nothing affected before anything changed', async () => {
    expect(await tell('affected')).toMatchSnapshot();
    const json = await sample.lanewise('affected', '--json');
    expect(checkAnswer(json.stdout)).toMatchObject({ any: false, products: [] });
  });

  it('names the products that a library changes, with the way', async () => {
    sample.push({ 'libs/logging/index.js': '2\n' }, 'feat(logging): write the time');
    expect(await tell('affected')).toMatchSnapshot();
    expect(await tell('why', 'api')).toMatchSnapshot();
    expect(await tell('why', 'docs')).toMatchSnapshot();
    expect(await tell('affected', '--format', 'names')).toMatchSnapshot();
    for (const args of [
      ['affected'],
      ['why', 'api'],
      ['graph', '--affected'],
      ['release', '--dry-run'],
    ]) {
      checkAnswer((await sample.lanewise(...args, '--json')).stdout);
    }
  });

  it('releases what was told, and lands it where releases land', async () => {
    const images = ['api', 'web'].flatMap((name) => [
      '--image',
      `${name}=registry.example.com/acme/${name}:1.0.1`,
    ]);
    expect(await tell('release', ...images)).toMatchSnapshot();
    expect(sample.gitops.read('apps/dev/api/values.yaml')).toContain('tag: "1.0.1"');
    expect(sample.gitops.read('apps/dev/docs/values.yaml')).toContain('tag: "1.0.0"');
    expect(await tell('status')).toMatchSnapshot();
    const again = await sample.lanewise('release', '--json', ...images);
    expect(checkAnswer(again.stdout)).toMatchObject({ released: [], dryRun: false });
    checkAnswer((await sample.lanewise('status', '--json')).stdout);
  });

  it('shows what would ship, and promotes one product by name', async () => {
    expect(await tell('diff', 'staging', 'prod')).toMatchSnapshot();
    checkAnswer((await sample.lanewise('diff', 'staging', 'prod', '--json')).stdout);
    const before = sample.refs();
    expect(await tell('promote', 'api', '--to', 'prod', '--dry-run')).toMatchSnapshot();
    expect(sample.refs()).toBe(before);
    expect(await tell('promote', 'api@1.0.1', '--to', 'prod')).toMatchSnapshot();
    expect(sample.gitops.read('apps/prod/web/values.yaml')).toContain('tag: "1.0.0"');
    checkAnswer((await sample.lanewise('promote', 'api@1.0.1', '--to', 'prod', '--json')).stdout);
  });

  it('rolls back with a lock, which every rerun respects', async () => {
    expect(
      await tell('rollback', 'api', '--env', 'prod', '--reason', 'loses drafts'),
    ).toMatchSnapshot();
    expect(await tell('promote', '--ready')).toMatchSnapshot();
    expect(sample.gitops.read('apps/prod/api/values.yaml')).toContain('tag: "1.0.0"');
    expect(await tell('why', 'api', 'prod')).toMatchSnapshot();
    checkAnswer((await sample.lanewise('why', 'api', 'prod', '--json')).stdout);
    expect(await tell('history', 'api', '--env', 'prod')).toMatchSnapshot();
    checkAnswer((await sample.lanewise('history', 'api', '--json')).stdout);
  });

  it('holds what a lock closes, with exit code 3, until it is taken away', async () => {
    expect(
      await tell('lock', 'web', '--env', 'prod', '--reason', 'audit of the texts'),
    ).toMatchSnapshot();
    const held = await sample.lanewise('promote', 'web@1.0.1', '--to', 'prod', '--json');
    expect(held.exitCode).toBe(3);
    expect(checkAnswer(held.stdout)).toMatchObject({ landed: [] });
    expect(await tell('promote', 'web@1.0.1', '--to', 'prod')).toMatchSnapshot();
    expect(await tell('unlock', 'web', '--env', 'prod')).toMatchSnapshot();
    for (const word of ['hold', 'reject', 'freeze']) {
      const what = word === 'hold' ? ['web'] : word === 'reject' ? ['web@1.0.1'] : [];
      const args = [word, ...what, '--env', 'prod', '--reason', 'x', '--dry-run', '--json'];
      expect(checkAnswer((await sample.lanewise(...args)).stdout)).toMatchObject({ dryRun: true });
    }
  });

  it('carries out a saved plan as long as it means the same', async () => {
    const file = join(sample.world.directory, 'plan.json');
    const saved = await sample.lanewise(
      'promote',
      'web@1.0.1',
      '--to',
      'prod',
      '--save-plan',
      file,
    );
    expect(saved.exitCode).toBe(0);
    expect(sample.gitops.read('apps/prod/web/values.yaml')).toContain('tag: "1.0.0"');
    const applied = await sample.lanewise('apply', file, '--json');
    expect(checkAnswer(applied.stdout)).toMatchObject({
      landed: [{ product: 'web', environment: 'prod', to: '1.0.1' }],
    });
    expect(sample.gitops.read('apps/prod/web/values.yaml')).toContain('tag: "1.0.1"');
  });

  it('verifies the configuration, and finds a pin that went missing', async () => {
    expect(await tell('verify')).toMatchSnapshot();
    sample.gitops.commit({ 'apps/prod/web/values.yaml': 'image:\n  tagg: "1.0.1"\n' }, 'break it');
    expect(await tell('verify')).toMatchSnapshot();
    const json = await sample.lanewise('verify', '--json');
    expect(json.exitCode).toBe(4);
    expect(checkAnswer(json.stdout)).toMatchObject({ problems: 1 });
  });

  it('keeps versions for a build elsewhere, and hands GitHub a matrix', async () => {
    sample.push({ 'apps/docs/main.js': '2\n' }, 'fix(docs): a word');
    const output = join(sample.world.directory, 'github-output');
    const environment = {
      ...sample.world.environment,
      LANEWISE_CACHE: sample.world.cacheDirectory,
      GITHUB_OUTPUT: output,
    };
    const said = await sample.lanewiseWith(
      { environment },
      'affected',
      '--reserve',
      '--format',
      'github-matrix',
    );
    expect(transcript(sample, ['affected', '--reserve'], said)).toMatchSnapshot();
    expect(readFileSync(output, 'utf8')).toMatch(
      /^any=true\nmatrix=\{.*"docs".*\}\nproducts=\["docs"\]\n$/,
    );
    expect([...sample.workspace.refs().keys()]).toContain('refs/lanewise/reserved/docs/1.0.1');
  });

  it('answers with the schema of errors where a command fails', async () => {
    const said = await sample.lanewise('promote', 'doccs', '--to', 'prod', '--json');
    expect(said.exitCode).toBe(2);
    expect(checkAnswer(said.stdout)).toMatchObject({
      exitCode: 2,
      error: { code: 'PRODUCT_UNKNOWN' },
    });
  });
});
