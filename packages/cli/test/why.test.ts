import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSample, sampleConfig, type Sample } from './sample.js';

const lock = (left: string, tool: string): string =>
  JSON.stringify({
    lockfileVersion: 3,
    packages: {
      '': {},
      'apps/docs': { dependencies: { left: '*', paint: 'file:../../vendor/paint' } },
      'node_modules/left': { version: left, integrity: left },
      'node_modules/paint': { resolved: 'vendor/paint', link: true },
      'node_modules/tool': { version: tool, integrity: tool },
      'vendor/paint': {},
    },
  });

describe('why a product is affected', () => {
  let sample: Sample;
  beforeAll(async () => {
    sample = makeSample();
    sample.push(
      {
        'package-lock.json': lock('1.0.0', '1.0.0'),
        'apps/docs/package.json':
          '{ "dependencies": { "left": "*", "paint": "file:../../vendor/paint" } }\n',
        'vendor/paint/package.json': '{ "name": "paint" }\n',
        'vendor/paint/index.js': '1\n',
      },
      'chore: packages',
    );
    await sample.lanewise('adopt', '--at', 'HEAD');
    sample.push({ 'apps/docs/main.js': '2\n' }, 'feat: docs');
    const image = 'docs=registry.example.com/acme/docs:1.1.0';
    const said = await sample.lanewise('release', 'docs', '--image', image);
    expect(said.exitCode, said.stderr).toBe(0);
    sample.push({ 'package-lock.json': lock('1.0.0', '1.1.0') }, 'build: the tool');
    sample.push({ 'package-lock.json': lock('1.1.0', '1.1.0') }, 'build: left');
    sample.push({ 'package-lock.json': lock('1.1.0', '1.2.0') }, 'build: the tool again');
    sample.push({ 'vendor/paint/index.js': '2\n' }, 'fix: the paint');
    const config = sampleConfig(sample.gitops.path);
    const docs = 'docs: { root: apps/docs }';
    const withEdge = config.replace(docs, 'docs: { root: apps/docs, dependsOn: [logging] }');
    sample.push({ 'lanewise.yaml': `# once more\n${config}` }, 'chore: a remark');
    sample.push({ 'lanewise.yaml': withEdge }, 'feat: docs write a log');
  });
  afterAll(() => sample.world.dispose());

  it('is told by the commits that made it so, in one walk of history', async () => {
    const said = await sample.lanewise('why', 'docs', '--json', '--verbose');
    const answer = JSON.parse(said.stdout) as {
      readonly causes: readonly {
        readonly reason: { readonly kind: string };
        readonly path: readonly string[];
        readonly commits: readonly string[];
        readonly madeBy?: readonly { readonly path: string }[];
        readonly unsure?: string;
      }[];
      readonly changes: readonly { readonly commit: string; readonly subject: string }[];
    };
    const subjects = new Map(answer.changes.map(({ commit, subject }) => [commit, subject]));
    expect(
      answer.causes.map(({ reason, path, commits, unsure, madeBy = [] }) => [
        reason.kind,
        path.join(' → '),
        commits.map((id) => subjects.get(id)),
        ...madeBy.map((file) => file.path),
        ...(unsure === undefined ? [] : [unsure]),
      ]),
    ).toEqual([
      ['joined', 'docs → logging', ['feat: docs write a log'], 'lanewise.yaml'],
      ['dependency', 'docs → vendor/paint', ['fix: the paint']],
      ['package', 'docs → left', ['build: left']],
    ]);
    const schema = JSON.parse(
      readFileSync(new URL('../schemas/why.json', import.meta.url), 'utf8'),
    ) as object;
    const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false });
    expect(ajv.validate(schema, answer), ajv.errorsText()).toBe(true);
    const walks = said.stderr
      .split('\n')
      .filter((line) => / log --stdin --full-history /.test(line));
    expect(walks).toHaveLength(1);
  });

  it('is the same for all products at once', async () => {
    const said = await sample.lanewise('affected', '--explain');
    expect(said.stdout).toContain('feat: docs write a log');
    expect(said.stdout).toContain('build: left');
    expect(said.stdout).not.toContain('the tool');
  });
});
