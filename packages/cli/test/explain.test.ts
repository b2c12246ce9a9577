import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSample, transcript, type Sample } from './sample.js';

const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false });

/** An answer in JSON, valid by the schema that it names. */
function checkAnswer(text: string): Record<string, unknown> {
  const answer = JSON.parse(text) as Record<string, unknown>;
  const name = /^lanewise\.dev\/(\w+)\/1$/.exec(String(answer['schema']))?.[1];
  const file = new URL(`../schemas/${String(name)}.json`, import.meta.url);
  const schema = JSON.parse(readFileSync(file, 'utf8')) as { $id: string };
  const validate = ajv.getSchema(schema.$id) ?? ajv.compile(schema);
  expect(validate(answer), JSON.stringify(validate.errors, null, 2)).toBe(true);
  return answer;
}

describe('an explanation', () => {
  let sample: Sample;
  beforeAll(async () => {
    sample = makeSample();
    await sample.lanewise('adopt', '--at', 'HEAD');
    sample.push({ 'libs/logging/index.js': '2\n' }, 'feat(logging): write the time');
    sample.push({ 'apps/api/main.js': '2\n', 'apps/api/new.js': '1\n' }, 'feat(api): more');
    sample.push({ 'apps/api/main.js': '3\n' }, 'fix(api): less');
    sample.push({ 'apps/docs/main.js': '2\n' }, 'docs: try');
    sample.push({ 'apps/docs/main.js': '1\n' }, 'docs: take back');
  });
  afterAll(() => sample.world.dispose());

  const tell = async (...args: string[]): Promise<string> =>
    transcript(sample, args, await sample.lanewise(...args));

  it('shows each file under the newest commit that changed it, and how many came before', async () => {
    expect(await tell('why', 'api')).toMatchSnapshot();
    const answer = checkAnswer((await sample.lanewise('why', 'api', '--json')).stdout);
    expect(answer).toMatchObject({
      affected: true,
      causes: [
        {
          reason: { kind: 'own-files', files: { count: 2 } },
          path: ['api'],
          files: [
            { path: 'apps/api/main.js', change: 'changed' },
            { path: 'apps/api/new.js', change: 'changed' },
          ],
        },
        { reason: { kind: 'dependency' }, path: ['api', 'logging'], fileCount: 1 },
      ],
      changes: [
        { subject: 'fix(api): less', author: 'Dev' },
        { subject: 'feat(api): more' },
        { subject: 'feat(logging): write the time' },
      ],
    });
  });

  it('says what was compared with what where nothing differs, and what was taken back', async () => {
    expect(await tell('why', 'docs')).toMatchSnapshot();
    const answer = checkAnswer((await sample.lanewise('why', 'docs', '--json')).stdout);
    expect(answer).toMatchObject({
      affected: false,
      verdict: 'unaffected',
      compared: { base: { tag: 'docs@1.0.0' }, projects: ['docs'], files: 1, touching: 2 },
    });
  });

  it('tells causes that products share once, before what is each one’s own', async () => {
    expect(await tell('affected', '--explain')).toMatchSnapshot();
    const answer = checkAnswer((await sample.lanewise('affected', '--explain', '--json')).stdout);
    expect(answer).toMatchObject({
      shared: [{ reason: { project: 'logging' }, products: ['api', 'web'] }],
      explained: [{ product: 'api' }, { product: 'web' }],
    });
  });

  it('refuses options that say nothing together', async () => {
    for (const args of [
      ['--all'],
      ['--explain', '--reserve'],
      ['--explain', '--projects'],
      ['--explain', '--format', 'gitlab'],
      ['--command', 'make'],
      ['--reserve', '--projects'],
      ['--base', 'HEAD~1'],
      ['--projects', '--head', 'HEAD'],
      ['docs', '--projects', '--base', 'HEAD~1'],
      ['--projects', '--separator', ','],
      ['--projects', '--format', 'gitlab'],
    ]) {
      const said = await sample.lanewise('affected', ...args);
      expect([said.exitCode, said.stdout], said.stderr).toEqual([2, '']);
      expect(said.stderr).toMatch(/^error: .+\nhint: .+\n$/);
    }
  });

  it('lists the projects on the ways to affected products', async () => {
    expect(await tell('affected', '--projects')).toMatchSnapshot();
    const named = ['--format', 'names', '--separator', ','];
    expect((await sample.lanewise('affected', '--projects', ...named)).stdout).toBe(
      'api,logging,web\n',
    );
  });

  it('lists projects by one base for all, with the work tree where no head is named', async () => {
    const since = ['affected', '--projects', '--base', 'HEAD~2'];
    expect((await sample.lanewise(...since, '--format', 'names')).stdout).toBe('');
    expect((await sample.lanewise(...since, '--format', 'any')).stdout).toBe('false\n');
    sample.clone.write({ 'libs/logging/untracked.js': '1\n' });
    const answer = checkAnswer((await sample.lanewise(...since, '--json')).stdout);
    expect(answer).toMatchObject({
      changedFiles: 1,
      any: true,
      projects: [
        { project: 'api', path: ['api', 'logging'] },
        { project: 'logging', causes: [{ kind: 'files', count: 1 }] },
        { project: 'web', path: ['web', 'logging'] },
      ],
    });
    const headed = await sample.lanewise(...since, '--head', 'HEAD', '--format', 'names');
    expect(headed.stdout).toBe('');
    sample.clone.write({ 'libs/logging/untracked.js': null });
    expect(
      (await sample.lanewise('affected', '--projects', '--base', 'HEAD~5', '--format', 'names'))
        .stdout,
    ).toBe('api\nlogging\nweb\n');
    const unknown = await sample.lanewise('affected', '--projects', '--base', '--output=x');
    expect(unknown.exitCode).not.toBe(0);
    const lost = await sample.lanewise('affected', '--projects', '--base=--output=x');
    expect([lost.exitCode, lost.stdout]).toEqual([1, '']);
    expect(lost.stderr).toContain("The clone has no commit '--output=x'");
  });

  it('hands GitHub a table and a diagram of the ways', async () => {
    const folder = mkdtempSync(join(sample.world.directory, 'job-'));
    const [outputs, summary] = [join(folder, 'outputs'), join(folder, 'summary')];
    const environment = {
      ...sample.world.environment,
      LANEWISE_CACHE: sample.world.cacheDirectory,
      GITHUB_OUTPUT: outputs,
      GITHUB_STEP_SUMMARY: summary,
    };
    await sample.lanewiseWith({ environment }, 'affected', '--format', 'github-matrix');
    expect(readFileSync(outputs, 'utf8')).toMatch(
      /^any=true\nmatrix=\{.*\}\nproducts=\["api","web"\]\n$/,
    );
    expect(readFileSync(summary, 'utf8')).toMatchSnapshot();
  });
});
