import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSample, type Sample } from './sample.js';

const schema = JSON.parse(
  readFileSync(new URL('../schemas/graph.json', import.meta.url), 'utf8'),
) as Record<string, unknown>;
const validate = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }).compile(
  schema,
);

interface GraphAnswer {
  readonly environments: readonly string[];
  readonly products: readonly {
    readonly name: string;
    readonly running: readonly { readonly environment: string; readonly version: string | null }[];
    readonly reasons: readonly { readonly text: string; readonly path: readonly string[] }[];
  }[];
}

describe('the graph with what runs and what is affected', () => {
  let sample: Sample;
  beforeAll(async () => {
    sample = makeSample();
    await sample.lanewise('adopt', '--at', 'HEAD');
    sample.push({ 'libs/logging/index.js': '2\n' }, 'feat(logging): write the time');
  });
  afterAll(() => sample.world.dispose());

  const content = (page: string): Record<string, unknown> =>
    JSON.parse(/id="content">([^<]*)</.exec(page)?.[1] ?? '') as Record<string, unknown>;

  it('is JSON by its schema, with versions by environment and the ways of what is affected', async () => {
    const { stdout, exitCode } = await sample.lanewise('graph', '--affected', '--json');
    expect(exitCode).toBe(0);
    const answer = JSON.parse(stdout) as GraphAnswer;
    expect(validate(answer), JSON.stringify(validate.errors)).toBe(true);
    expect(answer.environments).toEqual(['dev', 'staging', 'prod']);
    const [api] = answer.products;
    expect(api?.running).toEqual(
      ['dev', 'staging', 'prod'].map((environment) => ({
        environment,
        version: '1.0.0',
        text: '1.0.0',
      })),
    );
    expect(api?.reasons.map(({ path }) => path)).toEqual([['api', 'logging']]);
  });

  it('is a page in a file that --output names, which writes nothing else', async () => {
    const before = sample.refs();
    const args = ['graph', '--format', 'html', '--affected', '--output', 'graph.html'];
    const said = await sample.lanewise(...args);
    expect(said).toMatchObject({ exitCode: 0, stdout: '' });
    expect(said.stderr).toContain("Written to 'graph.html'.");
    const page = readFileSync(join(sample.clone.root, 'graph.html'), 'utf8');
    expect(content(page)).toMatchObject({
      schema: 'lanewise.dev/graph-page/1',
      title: 'acme',
      environments: ['dev', 'staging', 'prod'],
      affectedKnown: true,
    });
    // The program of the page is in it, and no machine's path.
    expect(page.length).toBeGreaterThan(50_000);
    expect(page).not.toContain(sample.clone.root);
    expect(sample.refs()).toBe(before);
  });

  it('goes to a pipe as well, and not to a terminal', async () => {
    const piped = await sample.lanewise('graph', '--format', 'html');
    expect(piped.stdout).toMatch(/^<!doctype html>/);
    const typed = await sample.lanewiseWith({ answerColumns: 100 }, 'graph', '--format', 'html');
    expect(typed).toMatchObject({ exitCode: 2, stdout: '' });
    expect(typed.stderr).toContain('--output graph.html');
  });

  it('is a picture with the versions on it', async () => {
    const { stdout } = await sample.lanewise('graph', '--format', 'svg');
    expect(stdout).toMatch(/^<svg xmlns=/);
    expect(stdout).toContain('>1.0.0</tspan> everywhere<');
  });

  it('works where the GitOps repository cannot be read, and says what is left out', async () => {
    const yaml = readFileSync(join(sample.clone.root, 'lanewise.yaml'), 'utf8');
    sample.clone.write({
      'lanewise.yaml': yaml.replace(/repository: "[^"]*"/, 'repository: "/nowhere/deploy.git"'),
    });
    const said = await sample.lanewise('graph', '--format', 'html');
    expect(said.exitCode).toBe(0);
    expect(said.stderr).toContain('What runs in the environments is left out');
    expect(content(said.stdout)).toMatchObject({ environments: [] });
    sample.clone.write({ 'lanewise.yaml': yaml });
  });

  it('says where a file cannot be written', async () => {
    const said = await sample.lanewise('graph', '--output', 'no/such/folder/graph.txt');
    expect(said).toMatchObject({ exitCode: 2, stdout: '' });
    expect(said.stderr).toContain("'no/such/folder/graph.txt' cannot be written");
    expect(existsSync(join(sample.clone.root, 'no'))).toBe(false);
  });
});
