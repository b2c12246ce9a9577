import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSample, type Sample } from './sample.js';

const ajv = new Ajv2020({ strict: true, strictTypes: false });

function checkAnswer(text: string, name: string): Record<string, unknown> {
  const answer = JSON.parse(text) as Record<string, unknown>;
  const schema = JSON.parse(
    readFileSync(new URL(`../schemas/${name}.json`, import.meta.url), 'utf8'),
  ) as { $id: string };
  const validate = ajv.getSchema(schema.$id) ?? ajv.compile(schema);
  expect(validate(answer), JSON.stringify(validate.errors, null, 2)).toBe(true);
  return answer;
}

let sample: Sample;
beforeAll(() => {
  sample = makeSample();
});
afterAll(() => sample.world.dispose());

describe('pins lists', () => {
  it('every pin with its value and line, by product and environment', async () => {
    const said = await sample.lanewise('pins', '--env', 'prod');
    expect(said.exitCode).toBe(0);
    expect(said.stdout).toMatchInlineSnapshot(`
      "product  environment  file                          path       value
      api      prod         apps/prod/api/values.yaml:3   image.tag  1.0.0
      docs     prod         apps/prod/docs/values.yaml:3  image.tag  1.0.0
      web      prod         apps/prod/web/values.yaml:3   image.tag  1.0.0
      "
    `);
  });

  it('one product as data, by the published schema', async () => {
    const said = await sample.lanewise('pins', '--product', 'docs', '--json');
    const { pins } = checkAnswer(said.stdout, 'pins') as { pins: { environment: string }[] };
    expect(pins.map(({ environment }) => environment)).toEqual(['dev', 'staging', 'prod']);
  });

  it('nothing for a product or environment that is not there, with the nearest name', async () => {
    expect((await sample.lanewise('pins', '--product', 'doc')).stderr).toContain('docs');
    expect((await sample.lanewise('pins', '--env', 'prd')).exitCode).toBe(2);
    expect((await sample.lanewise('pins', 'get')).exitCode).toBe(2);
  });
});

describe('pins set', () => {
  let folder: string;
  beforeAll(() => {
    folder = join(sample.world.directory, 'plain');
    mkdirSync(folder);
  });

  const put = (name: string, text: string): string => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  const set = (...args: string[]) =>
    sample.lanewiseWith({ directory: folder }, 'pins', 'set', ...args);
  const stream = (input: string, ...args: string[]) =>
    sample.lanewiseWith(
      { directory: folder, readInput: () => Promise.resolve(input) },
      'pins',
      'set',
      '--stdin',
      ...args,
    );

  it('writes values byte for byte, without configuration or repository, and keeps the mode', async () => {
    const text =
      '# kept\r\nimage: { repository: acme/docs,   tag: "1.0.0" } # why\r\nreplicas:   2\r\ndebug: no\r\n';
    const path = put('values.yaml', text);
    chmodSync(path, 0o755);
    const said = await set('values.yaml', 'image.tag=1.10', 'replicas=3', 'debug=true');
    expect(said).toMatchObject({ exitCode: 0, stderr: '' });
    expect(readFileSync(path, 'utf8')).toBe(
      text.replace('1.0.0', '1.10').replace('  2', '  3').replace('debug: no', 'debug: yes'),
    );
    expect(statSync(path).mode & 0o777).toBe(0o755);
    expect(readdirSync(folder)).toEqual(['values.yaml']);
    expect((await set('values.yaml', 'image.tag=1.10')).stdout).toContain('Nothing to do');
  });

  it('reads `=` inside brackets as part of the path, and chooses documents by kind and name', async () => {
    const path = put('kustomization.yaml', 'images:\n  - name: docs\n    newTag: 1.0.0\n');
    await set('kustomization.yaml', 'images[name=docs].newTag=2.0.0=');
    expect(readFileSync(path, 'utf8')).toContain('newTag: 1.0.0');
    await set('kustomization.yaml', 'images[name=docs].newTag=2.0.0');
    expect(readFileSync(path, 'utf8')).toContain('newTag: 2.0.0');
    const many = put(
      'many.yaml',
      'kind: A\nmetadata: { name: x }\nspec: { version: "1" }\n---\nkind: B\nmetadata: { name: x }\nspec: { version: "1" }\n',
    );
    await set('many.yaml', 'spec.version=2.0.0', '--document', 'B/x', '--format', 'yaml');
    expect(readFileSync(many, 'utf8').match(/"[^"]+"/g)).toEqual(['"1"', '"2.0.0"']);
  });

  it('shows a unified diff in a dry run, in colour where the terminal has it, and writes nothing', async () => {
    const path = put('dry.yaml', 'a: 1\nimage:\n  tag: 1.0.0\nb: 2\n');
    const said = await set('dry.yaml', 'image.tag=1.1.0', '--dry-run');
    expect(said.stdout).toMatchInlineSnapshot(`
      "--- a/dry.yaml
      +++ b/dry.yaml
      @@ -1,4 +1,4 @@
       a: 1
       image:
      -  tag: 1.0.0
      +  tag: 1.1.0
       b: 2
      "
    `);
    expect(readFileSync(path, 'utf8')).toContain('1.0.0');
    const painted = await sample.lanewiseWith(
      { directory: folder, answerColumns: 100, environment: { ...sample.world.environment } },
      'pins',
      'set',
      'dry.yaml',
      'image.tag=1.1.0',
      '--dry-run',
    );
    expect(painted.stdout).toContain('\u001b[32m+  tag: 1.1.0\u001b[39m');
  });

  it('takes thousands of files as JSON lines in one process; one that is refused stops no other', async () => {
    const names = Array.from({ length: 2000 }, (_, index) => `many/${index}/values.yaml`);
    for (const name of names) put(name, 'image:\n  tag: 1.0.0\n');
    put('many/7/values.yaml', 'image: &a { tag: 1.0.0 }\nother: *a\nimage: 2\n');
    const lines = names.map((file) => JSON.stringify({ file, path: 'image.tag', value: '1.1.0' }));
    const said = await stream(`${lines.join('\n')}\n`, '--json');
    expect(said.exitCode).toBe(1);
    const { files } = checkAnswer(said.stdout, 'edits') as { files: { outcome: string }[] };
    expect(files.filter(({ outcome }) => outcome === 'changed')).toHaveLength(1999);
    expect(said.stderr).toContain('many/7/values.yaml');
    expect(readFileSync(join(folder, 'many/1999/values.yaml'), 'utf8')).toContain('1.1.0');
  });

  it('joins the edits of one file, however it is named', async () => {
    const path = put('joined.yaml', 'a: 1.0.0\nb: 1.0.0\n');
    symlinkSync('joined.yaml', join(folder, 'link.yaml'));
    const lines = [
      '{"file":"joined.yaml","path":"a","value":"2.0.0"}',
      '{"file":"link.yaml","path":"b","value":"3.0.0"}',
    ];
    await stream(lines.join('\n'));
    expect(readFileSync(path, 'utf8')).toBe('a: 2.0.0\nb: 3.0.0\n');
  });

  it.each([
    ['{', 'is no JSON'],
    ['[]', 'is no object'],
    ['{"file":"stream.yaml","path":"image.tag"}', "has no 'value'"],
    ['{"file":"stream.yaml","value":"1"}', "has no text 'path'"],
    ['{"file":"stream.yaml","path":"a","value":"1","valeu":"2"}', "has an unknown key 'valeu'"],
    ['{"file":"stream.yaml","path":"a","value":null}', "has no 'value'"],
  ])('writes nothing at all where a line is %s', async (line, message) => {
    const path = put('stream.yaml', 'image: { tag: 1.0.0 }\n');
    const good = '{"file":"stream.yaml","path":"image.tag","value":"9.9.9"}';
    const said = await stream(`${good}\n${line}\n`);
    expect(said.exitCode).toBe(2);
    expect(said.stderr).toContain(`Line 2 of standard input ${message}`);
    expect(readFileSync(path, 'utf8')).toContain('1.0.0');
  });

  it('refuses links that lead out of the repository, and follows those that stay inside', async () => {
    const outside = join(sample.world.directory, 'outside.yaml');
    writeFileSync(outside, 'image: { tag: 1.0.0 }\n');
    const root = join(folder, 'repository');
    put('repository/base/values.yaml', 'image: { tag: 1.0.0 }\n');
    mkdirSync(join(root, '.git'));
    put('repository/.git/config', 'image: { tag: 1.0.0 }\n');
    symlinkSync(outside, join(root, 'out.yaml'));
    symlinkSync('base/values.yaml', join(root, 'in.yaml'));
    symlinkSync('.git/config', join(root, 'git.yaml'));
    for (const name of ['out.yaml', 'git.yaml', '.git/config']) {
      const said = await set(`repository/${name}`, 'image.tag=2.0.0');
      expect(said.exitCode).toBe(1);
      expect(said.stderr).toContain('leads out of the repository');
    }
    expect(readFileSync(outside, 'utf8')).toContain('1.0.0');
    await set('repository/in.yaml', 'image.tag=2.0.0');
    expect(readFileSync(join(root, 'base/values.yaml'), 'utf8')).toContain('2.0.0');
    expect(statSync(join(root, 'in.yaml')).isFile()).toBe(true);
  });

  it('refuses a folder, a missing file, binaries, encrypted files and a wrong word, each with the way out', async () => {
    mkdirSync(join(folder, 'folder.yaml'));
    put('binary.yaml', 'image: \u0000\n');
    put('sops.yaml', 'image: { tag: 1 }\nsops:\n  mac: x\n');
    const cases = [
      [['folder.yaml', 'a=1'], 1, 'is a folder'],
      [['no.yaml', 'a=1'], 1, 'There is no file'],
      [['binary.yaml', 'image=1'], 1, 'binary'],
      [['sops.yaml', 'image.tag=2'], 1, 'SOPS'],
      [['sops.yaml', 'image.tag'], 2, 'is no PATH=VALUE'],
      [['sops.yaml'], 2, 'needs a file and at least one PATH=VALUE'],
      [['sops.yaml', 'a=1', '--format', 'yml'], 2, "no format 'yml'"],
      [['sops.yaml', 'a=1', '--stdin'], 2, 'standard input only'],
    ] as const;
    for (const [args, exitCode, words] of cases) {
      const said = await set(...args);
      expect({ args, exitCode: said.exitCode }).toEqual({ args, exitCode });
      expect(said.stderr).toContain(words);
    }
  });

  it('moves Chart.lock with a dependency of Chart.yaml, or refuses', async () => {
    const path = put(
      'chart/Chart.yaml',
      'apiVersion: v2\nname: x\nversion: 1.0.0\ndependencies:\n  - name: docs\n    version: 1.0.0\n    repository: https://charts.example.com\n',
    );
    put('chart/Chart.lock', 'dependencies: []\ndigest: sha256:00\ngenerated: "2024"\n');
    const before = readFileSync(path, 'utf8');
    const said = await set('chart/Chart.yaml', 'dependencies[name=docs].version=1.1.0');
    expect(said.exitCode).toBe(1);
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect((await set('chart/Chart.yaml', 'version=1.0.1')).exitCode).toBe(0);
  });
});
