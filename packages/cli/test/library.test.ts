import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { affected, affectedProjects, isLanewiseFailure, lanewise, why } from 'lanewise';
import { makeSample, type Sample } from './sample.js';

const packageRoot = fileURLToPath(new URL('..', import.meta.url));
const page = readFileSync(join(packageRoot, '../../docs/library.md'), 'utf8');

/** The block of the page that begins with this comment. */
function example(name: string): string {
  const blocks = [...page.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code = '']) => code);
  const found = blocks.find((code) => code.startsWith(`// ${name}`));
  if (found === undefined) throw new Error(`docs/library.md has no example ${name}.`);
  return found;
}

describe('the library', () => {
  let sample: Sample;
  let options: { directory: string; environment: Record<string, string> };
  beforeAll(async () => {
    sample = makeSample();
    options = {
      directory: sample.clone.root,
      environment: { ...sample.world.environment, LANEWISE_CACHE: sample.world.cacheDirectory },
    };
    await sample.lanewise('adopt', '--at', 'HEAD');
    sample.push({ 'libs/logging/index.js': '2\n' }, 'feat(logging): write the time');
  });
  afterAll(() => sample.world.dispose());

  it('gives the answers of commands as data', async () => {
    const answer = await affected({ ...options, explain: true });
    expect(answer).toMatchObject({ exitCode: 0, any: true, products: ['api', 'web'] });
    const config = readFileSync(join(sample.clone.root, 'lanewise.yaml'), 'utf8');
    sample.clone.write({ 'lanewise.yaml': `${config}# not committed yet\n` });
    expect((await affected(options)).said).toContain('lanewise.yaml is not committed');
    sample.clone.write({ 'lanewise.yaml': config });
    expect(answer.explained?.map(({ product }) => product)).toEqual(['api', 'web']);
    expect((await affected({ ...options, products: ['docs'] })).any).toBe(false);
    expect(await why('api', options)).toMatchObject({ affected: true, verdict: 'release' });
    const { projects } = await affectedProjects({ ...options, base: 'HEAD~1' });
    expect(projects.map(({ project }) => project)).toEqual(['api', 'logging', 'web']);
    expect(await lanewise(['status'], options)).toMatchObject({ schema: 'lanewise.dev/status/1' });
  });

  it('throws what cannot be answered, with a code and a hint, whatever the names look like', async () => {
    const failure = await why('dox', options).catch((error: unknown) => error);
    expect(isLanewiseFailure(failure) && [failure.code, failure.exitCode, failure.hint]).toEqual([
      'PRODUCT_UNKNOWN',
      2,
      expect.stringContaining('docs'),
    ]);
    for (const odd of ['--all', '--json', '-x']) {
      const refused = await why(odd, options).catch((error: unknown) => error);
      expect(isLanewiseFailure(refused) && refused.exitCode, odd).toBe(2);
    }
    await expect(lanewise(['--version'], options)).rejects.toThrow('answers in no JSON');
  });

  it('runs the script of the page, as it is built', () => {
    const folder = mkdtempSync(join(sample.world.directory, 'script-'));
    const dist = join(folder, 'dist');
    mkdirSync(dist);
    execFileSync(process.execPath, [join(packageRoot, 'build.mjs'), '--out', dist]);
    const library = pathToFileURL(join(dist, 'library.js')).href;
    const script = join(folder, 'changed.mjs');
    writeFileSync(script, example('changed.mjs').replace("from 'lanewise'", `from '${library}'`));
    const { status, stdout, stderr } = spawnSync(process.execPath, [script], {
      cwd: sample.clone.root,
      env: options.environment,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^api 1\.0\.1\nweb 1\.0\.1\n {2}api: api > logging [0-9a-f]{8}\n {2}web: web > logging [0-9a-f]{8}\ndocs: unaffected, 1 files compared with docs@1\.0\.0\n$/,
    );
    expect(readFileSync(join(dist, 'library.d.ts'), 'utf8')).not.toMatch(/from '(?!\.\/)/);
    expect(readFileSync(join(dist, 'library-answers.d.ts'), 'utf8')).not.toMatch(/^import/m);
  });

  it('runs the example of a room', async () => {
    const folder = mkdtempSync(join(packageRoot, 'test/.example-'));
    const said: string[] = [];
    try {
      const script = join(folder, 'tested.mjs');
      const code = example('tested.mjs').replace('console.log(', 'globalThis.saidByExample(');
      writeFileSync(script, code);
      Object.assign(globalThis, {
        saidByExample: (...words: string[]) => said.push(words.join(' ')),
      });
      await import(script);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    expect(said).toEqual(['ui ui', 'web web > ui']);
  });
});
