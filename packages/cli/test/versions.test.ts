import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, describe, expect, it } from 'vitest';
import { makeSample, sampleConfig, type Sample } from './sample.js';

let sample: Sample;
afterEach(() => sample.world.dispose());

const tags = (): string[] =>
  [...sample.workspace.refs().keys()]
    .filter((ref) => ref.startsWith('refs/tags/'))
    .map((ref) => ref.slice('refs/tags/'.length))
    .sort();
const values = (environment: string, product: string): string =>
  /tag: "?([^"\n]*)/.exec(sample.gitops.read(`apps/${environment}/${product}/values.yaml`))?.[1] ??
  '';
const images = (version: string, ...names: string[]): string[] =>
  names.flatMap((name) => [
    '--image',
    `${name}=registry.example.com/acme/${name.split(':').at(-1) ?? ''}:${version}`,
  ]);

async function ok(...args: string[]): Promise<string> {
  const said = await sample.lanewise(...args);
  expect(said.exitCode, `${args.join(' ')}\n${said.stderr}${said.stdout}`).toBe(0);
  return said.stdout;
}

/** A sample with more configuration, and perhaps an nx.json, where everything is adopted as 1.0.0. */
async function begin(more: string, files: Record<string, string> = {}): Promise<void> {
  sample = makeSample((gitops) => sampleConfig(gitops) + more);
  if (Object.keys(files).length > 0) sample.push(files, 'chore: more files');
  await ok('adopt', '--at', 'HEAD');
}

describe('a fixed group of nx.json', () => {
  const nx = JSON.stringify({
    release: {
      groups: {
        shop: {
          projects: ['api', 'web'],
          releaseTag: { pattern: '{releaseGroupName}-v{version}' },
        },
      },
    },
  });

  it('goes from one tag through one promotion commit for each environment, and back', async () => {
    await begin('', { 'nx.json': nx });
    expect(tags()).toEqual(['docs@1.0.0', 'shop-v1.0.0']);
    sample.push({ 'apps/web/main.js': '2\n' }, 'feat(web): a list');
    const half = await sample.lanewise('release', ...images('1.1.0', 'shop:api'));
    expect(half.exitCode).toBe(1);
    expect(half.stderr).toContain('its image was not told');
    await ok('release', ...images('1.1.0', 'shop:api', 'shop:web'));
    expect(tags()).toEqual(['docs@1.0.0', 'shop-v1.0.0', 'shop-v1.1.0']);
    expect([values('dev', 'api'), values('dev', 'web'), values('dev', 'docs')]).toEqual([
      '1.1.0',
      '1.1.0',
      '1.0.0',
    ]);
    const before = sample.gitops.log().length;
    await ok('promote', 'shop@1.1.0', '--to', 'prod');
    expect(sample.gitops.log().length).toBe(before + 1);
    expect(sample.gitops.log()[0]).toContain('deploy(prod): shop 1.1.0');
    expect([values('prod', 'api'), values('prod', 'web')]).toEqual(['1.1.0', '1.1.0']);
    await ok('rollback', 'shop', '--env', 'prod', '--reason', 'slow');
    expect([values('prod', 'api'), values('prod', 'web')]).toEqual(['1.0.0', '1.0.0']);
    expect(await ok('status')).toMatch(/shop/);
  });

  it('that cannot be parsed stops before anything is written', async () => {
    await begin('');
    const before = sample.refs();
    sample.push({ 'nx.json': '{ "release": ' }, 'chore: break');
    const said = await sample.lanewise('release', '--dry-run');
    expect(said.exitCode).toBe(2);
    expect(said.stderr).toContain('nx.json is no valid JSON');
    expect(sample.refs().replace(/"refs\/heads\/main","[0-9a-f]+"/, '')).toBe(
      before.replace(/"refs\/heads\/main","[0-9a-f]+"/, ''),
    );
  });
});

describe('prereleases', () => {
  it('land by themselves only where an environment takes them, and the final release lands after them', async () => {
    sample = makeSample((gitops) =>
      sampleConfig(gitops).replace('  dev: {}', '  dev: {}\n  next: { prereleases: true }'),
    );
    sample.gitops.commit(
      {
        'apps/next/docs/values.yaml':
          'image:\n  repository: registry.example.com/acme/docs\n  tag: "1.0.0"\n',
      },
      'chore: next',
    );
    await ok('adopt', '--at', 'HEAD');
    sample.push({ 'apps/docs/main.js': '2\n' }, 'feat: search');
    await ok('release', '--prerelease', 'rc', ...images('1.1.0-rc.0', 'docs'));
    expect(tags()).toContain('docs@1.1.0-rc.0');
    expect([values('next', 'docs'), values('dev', 'docs')]).toEqual(['1.1.0-rc.0', '1.0.0']);
    sample.push({ 'apps/docs/main.js': '3\n' }, 'fix: search');
    await ok('release', '--prerelease', 'rc', ...images('1.1.0-rc.1', 'docs'));
    expect([values('next', 'docs'), values('dev', 'docs')]).toEqual(['1.1.0-rc.1', '1.0.0']);
    await ok('promote', 'docs@1.1.0-rc.1', '--to', 'prod', '--force', 'after', '--reason', 'try');
    expect(values('prod', 'docs')).toBe('1.1.0-rc.1');
    sample.push({ 'apps/docs/main.js': '4\n' }, 'fix: words');
    await ok('release', ...images('1.1.0', 'docs'));
    expect([values('next', 'docs'), values('dev', 'docs')]).toEqual(['1.1.0', '1.1.0']);
    const notes = await ok('changelog', 'docs', '--to', '1.1.0', '--from', '1.0.0');
    expect(notes).toContain('search');
    expect(notes).not.toContain('rc.1');
    const all = await ok('changelog', 'docs', '--prereleases');
    expect(all).toMatch(/## 1\.1\.0 [^]*## 1\.1\.0-rc\.1 [^]*## 1\.1\.0-rc\.0 [^]*## 1\.0\.0 /);
  });
});

describe('calendar versions', () => {
  it('come from the commit and order in every list', async () => {
    await begin('versioning: { scheme: calendar, format: YY.0M.MICRO }\n');
    sample.push({ 'apps/docs/main.js': '2\n' }, 'feat: search');
    await ok('release', ...images('26.01.0', 'docs'));
    sample.push({ 'apps/docs/main.js': '3\n' }, 'fix: search');
    await ok('release', ...images('26.01.1', 'docs'));
    expect(tags()).toEqual(expect.arrayContaining(['docs@26.01.0', 'docs@26.01.1']));
    expect(values('dev', 'docs')).toBe('26.01.1');
    expect(await ok('changelog', 'docs')).toMatch(/## 26\.01\.1 [^]*## 26\.01\.0 [^]*## 1\.0\.0 /);
  });
});

describe('version plans', () => {
  it('step as they say, once for each product, and are not deleted by anybody', async () => {
    await begin('versioning: { from: version-plans }\n');
    const plan = '---\ndocs: minor\napi: major\n---\n\nA search for everything.\n';
    sample.push(
      { 'apps/docs/main.js': '2\n', '.nx/version-plans/search.md': plan },
      'whatever people write',
    );
    await ok('release', ...images('1.1.0', 'docs'));
    sample.push({ 'apps/docs/main.js': '3\n', 'apps/api/main.js': '3\n' }, 'feat: more');
    await ok('release', ...images('1.1.1', 'docs'), ...images('2.0.0', 'api'));
    expect(tags()).toEqual(expect.arrayContaining(['docs@1.1.0', 'docs@1.1.1', 'api@2.0.0']));
    expect(sample.workspace.read('.nx/version-plans/search.md')).toBe(plan);
    expect(await ok('changelog', 'api')).toContain('A search for everything.');
  });
});

describe('tags called as nx.json says', () => {
  it('are written, read, asked for and promoted', async () => {
    const nx = JSON.stringify({
      release: { releaseTagPattern: 'release/{projectName}/{version}' },
    });
    await begin('', { 'nx.json': nx });
    expect(tags()).toContain('release/docs/1.0.0');
    sample.push({ 'apps/docs/main.js': '2\n' }, 'feat: search');
    await ok('release', ...images('1.1.0', 'docs'));
    expect(tags()).toContain('release/docs/1.1.0');
    sample.clone.git('fetch', '-q', '--tags');
    sample.clone.git('push', '-q', 'origin', 'release/docs/1.1.0^{}:refs/tags/prod/docs@1.1.0');
    await ok('promote', '--ready');
    await ok('promote', 'docs@1.1.0', '--to', 'staging');
    await ok('promote', '--ready');
    expect(values('prod', 'docs')).toBe('1.1.0');
  });

  it('give way to what lanewise.yaml says', async () => {
    const nx = JSON.stringify({ release: { releaseTagPattern: 'v{version}' } });
    await begin('versioning: { tag: "{product}-{version}" }\n', { 'nx.json': nx });
    expect(tags()).toEqual(['api-1.0.0', 'docs-1.0.0', 'web-1.0.0']);
  });
});

describe('a changelog', () => {
  it('is printed as text, JSON of its schema, and into a file, without writing to any remote', async () => {
    await begin(
      'changelog: { template: notes.liquid, url: "https://example.com/acme/shop", forge: gitea }\n',
      {
        'notes.liquid': '{% for r in releases %}{{ r.version }} {{ r.url }}\n{% endfor %}',
      },
    );
    sample.push({ 'apps/docs/main.js': '2\n' }, 'feat(ui): search (#12)');
    await ok('release', ...images('1.1.0', 'docs'));
    const before = sample.refs();
    expect(await ok('changelog', 'docs')).toMatch(
      /^1\.1\.0 https:\/\/example\.com\/acme\/shop\/commit\/[0-9a-f]{40}\n1\.0\.0 /,
    );
    const json = JSON.parse(await ok('changelog', 'docs', '--json')) as { releases: unknown[] };
    const schema = JSON.parse(
      readFileSync(new URL('../schemas/changelog.json', import.meta.url), 'utf8'),
    ) as object;
    const validate = new Ajv2020({ strict: true, strictTypes: false }).compile(schema);
    expect(validate(json), JSON.stringify(validate.errors)).toBe(true);
    expect(JSON.parse(await ok('changelog', 'docs', '--format', 'json'))).toEqual(json);
    expect(json.releases[0]).toMatchObject({
      sections: [{ title: 'Features', lines: [{ scope: 'ui', references: [] }] }],
    });
    const said = await ok('changelog', 'docs', '--from', '1.0.0', '--output', 'NOTES.md');
    expect(said).toBe('');
    expect(readFileSync(join(sample.clone.root, 'NOTES.md'), 'utf8')).toMatch(/^1\.1\.0 \S+\n$/);
    expect(sample.refs()).toBe(before);
  });

  it('asked for wrongly says so', async () => {
    await begin('');
    for (const [args, words] of [
      [['changelog', 'nothing'], 'was never released'],
      [['changelog', 'docs', '--from', '9.9.9'], 'no release'],
      [['changelog', 'docs', '--format', 'html'], 'no format'],
      [['changelog', 'docs', '--template', 'gone.liquid'], 'cannot be read'],
      [['release', '--prerelease', '1rc'], 'no line of prereleases'],
    ] as const) {
      const said = await sample.lanewise(...args);
      expect([said.exitCode === 0, said.stderr]).toEqual([false, expect.stringContaining(words)]);
    }
  });
});
