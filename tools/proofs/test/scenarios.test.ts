import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { worldBegins } from '@lanewise/testing';
import { buildBinary, type Binary } from '../src/binary.js';
import {
  jobText,
  makeEstate,
  told,
  valuesText,
  type Estate,
  type EstateOptions,
} from '../src/estate.js';

let binary: Binary;
const estates: Estate[] = [];
beforeAll(() => {
  binary = buildBinary();
});
afterEach(async () => {
  await Promise.all(estates.splice(0).map((estate) => estate.dispose()));
});

/** Every product released as 1.0.0, which runs in dev and staging. */
async function begin(options: Partial<EstateOptions> = {}): Promise<Estate> {
  const estate = makeEstate(binary, { layout: 'own', ...options });
  estates.push(estate);
  await estate.succeed(
    ...['release', 'docs', 'mail', 'shop', '--first'],
    ...(options.build === 'release' ? tell('1.0.0', 'docs', 'mail', 'shop') : []),
  );
  return estate;
}

function tell(version: string, ...products: readonly string[]): readonly string[] {
  return products.flatMap((name) => [
    '--image',
    `${name}=registry.example.com/acme/${name}:${version}`,
  ]);
}

const tagsOf = (estate: Estate, pattern: string): readonly string[] =>
  estate.mono.git('tag', '--list', pattern).trim().split('\n').filter(Boolean);

const reserved = (estate: Estate): readonly string[] =>
  [...estate.mono.refs().keys()].filter((ref) => ref.startsWith('refs/lanewise/'));

function changeDocs(estate: Estate, word: string, kind = 'fix'): string {
  const commit = estate.change({ 'apps/docs/main.txt': `${word}\n` }, `${kind}: ${word}`);
  estate.checkout();
  return commit;
}

describe('what once went wrong', () => {
  it("a rerun after a person's git revert leaves the revert alone", async () => {
    const estate = await begin();
    changeDocs(estate, 'worse');
    await estate.succeed('release');
    expect(estate.pins('dev', 'docs')).toEqual(['1.0.1', '1.0.1']);
    const person = estate.world.clone(estate.deploy, { name: 'person' });
    const landed = person.git('log', '--format=%H', '--', 'deploy/dev/docs').trim().split('\n')[0];
    person.git('revert', '--no-edit', landed ?? '');
    person.git('push', '-q', 'origin', 'main');
    const refs = estate.refs();
    await estate.succeed('release');
    await estate.succeed('promote', '--ready');
    expect(estate.refs()).toBe(refs);
    expect(estate.pins('dev', 'docs')).toEqual(['1.0.0', '1.0.0']);
    // A later release is another matter only once somebody says so; by name it goes.
    await estate.succeed('promote', 'docs@1.0.1', '--to', 'dev');
    expect(estate.pins('dev', 'docs')).toEqual(['1.0.1', '1.0.1']);
  });

  it('all builds fail and nothing is told: nothing is released, and the number is taken up later', async () => {
    const estate = await begin({ build: 'release' });
    changeDocs(estate, 'more');
    const matrix = await estate.succeed('affected', '--reserve', '--format', 'github-matrix');
    expect(matrix.stdout).toContain('1.0.1');
    expect(reserved(estate)).toEqual(['refs/lanewise/reserved/docs/1.0.1']);
    const refs = estate.refs();
    writeFileSync(join(estate.world.directory, 'images'), '');
    const none = await estate.run('release', '--images', join(estate.world.directory, 'images'));
    expect(none.code, told(none)).toBe(1);
    expect(told(none)).toMatch(/docs/);
    expect(estate.refs()).toBe(refs);
    await estate.succeed('release', ...tell('1.0.1', 'docs'));
    expect(tagsOf(estate, 'docs@*')).toEqual(['docs@1.0.0', 'docs@1.0.1']);
    expect(reserved(estate)).toEqual([]);
  });

  it('a build fails after its reservation: the next commit takes the next number', async () => {
    const estate = await begin({ build: 'release' });
    changeDocs(estate, 'broken');
    await estate.succeed('affected', '--reserve');
    changeDocs(estate, 'repaired');
    const matrix = await estate.succeed('affected', '--reserve', '--format', 'github-matrix');
    expect(matrix.stdout).toContain('1.0.2');
    await estate.succeed('release', ...tell('1.0.2', 'docs'));
    expect(tagsOf(estate, 'docs@*')).toEqual(['docs@1.0.0', 'docs@1.0.2']);
    expect(estate.pins('dev', 'docs')).toEqual(['1.0.2', '1.0.2']);
  });

  it('two runs plan the same version for different commits: the second gets the next', async () => {
    const estate = await begin({ build: 'release' });
    const older = changeDocs(estate, 'one');
    await estate.succeed('affected', '--reserve');
    const newer = changeDocs(estate, 'two');
    await estate.succeed('affected', '--reserve');
    const refs = estate.mono.refs();
    expect(refs.get('refs/lanewise/reserved/docs/1.0.1')).toBe(older);
    expect(refs.get('refs/lanewise/reserved/docs/1.0.2')).toBe(newer);
    // An image of the other's number was built from the other's commit.
    const wrong = await estate.run('release', ...tell('1.0.1', 'docs'));
    expect(wrong.code, told(wrong)).toBe(1);
    expect(tagsOf(estate, 'docs@1.0.1')).toEqual([]);
    estate.checkout(older);
    await estate.succeed('release', ...tell('1.0.1', 'docs'));
    estate.checkout(newer);
    await estate.succeed('release', ...tell('1.0.2', 'docs'));
    expect(estate.mono.git('rev-parse', 'docs@1.0.1^{commit}').trim()).toBe(older);
    expect(estate.mono.git('rev-parse', 'docs@1.0.2^{commit}').trim()).toBe(newer);
    expect(estate.pins('dev', 'docs')).toEqual(['1.0.2', '1.0.2']);
    expect(reserved(estate)).toEqual([]);
  });

  it('a late run of an older commit releases nothing, and no other commit gets its number', async () => {
    const estate = await begin({
      build: 'release',
      more: 'release: { branches: [main, "release/*"] }\n',
    });
    const base = estate.mono.git('rev-parse', 'main').trim();
    const older = changeDocs(estate, 'one');
    await estate.succeed('affected', '--reserve');
    changeDocs(estate, 'two');
    await estate.succeed('release', ...tell('1.0.2', 'docs'));
    estate.checkout(older);
    const refs = estate.refs();
    const late = await estate.succeed('release', ...tell('1.0.1', 'docs'));
    expect(told(late)).toContain('a newer release contains this commit');
    expect(estate.refs()).toBe(refs);
    // An image of the name 1.0.1 may stand in the registry: the reservation is what remembers it.
    const hotfix = estate.mono.commit({ 'apps/docs/main.txt': 'hot\n' }, 'fix: hot', {
      branch: 'release/1.0',
      parents: [base],
    });
    estate.clone.git('fetch', '-q', 'origin');
    estate.clone.git('checkout', '-q', '-f', '--detach', hotfix);
    const matrix = await estate.succeed('affected', '--reserve', '--format', 'github-matrix');
    expect(matrix.stdout).toContain('1.0.3');
  });

  it('a hand-pushed tag for an overtaken release moves nothing', async () => {
    const estate = await begin();
    changeDocs(estate, 'newer');
    await estate.succeed('release');
    await estate.succeed('promote', 'docs@1.0.1', '--to', 'prod');
    estate.mono.tag('prod/docs@1.0.0', 'docs@1.0.0^{commit}');
    const refs = estate.refs();
    await estate.succeed('promote', '--ready');
    await estate.run('promote', '--tag', 'prod/docs@1.0.0');
    expect(estate.refs()).toBe(refs);
    const status = await estate.succeed('status');
    expect(told(status)).toContain('prod/docs@1.0.0');
  });

  it('a release rolled back in staging after its soak does not reach prod by itself', async () => {
    const environments = `
  dev: {}
  staging: { after: dev, on: ready }
  prod: { after: staging, on: ready, gates: { soak: 1h } }`;
    const estate = await begin({ environments });
    changeDocs(estate, 'slow');
    await estate.succeed('release');
    // As if all of it had happened months ago: the same pins, with old dates.
    estate.deploy.setRef(
      'refs/heads/main',
      estate.deploy.git('rev-list', '--max-parents=0', 'main').trim(),
    );
    const at = (hours: number): { at: number } => ({ at: worldBegins + hours * 3600 });
    const land = (env: string, tag: string, hours: number): void =>
      void estate.deploy.commit(
        {
          [`deploy/${env}/docs/values.yaml`]: valuesText(env, 'docs', tag),
          [`deploy/${env}/docs/job.yaml`]: jobText('docs', tag),
        },
        `${env} ${tag}`,
        at(hours),
      );
    for (const env of ['dev', 'staging', 'prod']) land(env, '1.0.0', 10);
    for (const env of ['dev', 'staging']) land(env, '1.0.1', 20);
    const tip = estate.deploy.git('rev-parse', 'main').trim();
    rmSync(estate.world.cacheDirectory, { recursive: true });
    // Its soak is over: left alone it would go.
    const would = await estate.succeed('promote', '--ready', '--dry-run', 'docs');
    expect(would.stdout).toMatch(/docs\s+prod\s+1\.0\.0\s+1\.0\.1/);
    await estate.succeed('rollback', 'docs', '--env', 'staging', '--reason', 'slow');
    await estate.succeed('promote', '--ready');
    await estate.succeed('release');
    expect(estate.pins('staging', 'docs')).toEqual(['1.0.0', '1.0.0']);
    expect(estate.pins('prod', 'docs')).toEqual(['1.0.0', '1.0.0']);
    const moved = estate.deploy.git('log', '--format=%s', `${tip}..main`, '--', 'deploy/*/docs');
    expect(moved.trim().split('\n')).toHaveLength(1);
    const byName = await estate.run('promote', 'docs@1.0.1', '--to', 'prod');
    expect(byName.code, told(byName)).toBe(3);
    expect(estate.pins('prod', 'docs')).toEqual(['1.0.0', '1.0.0']);
  });

  it('a hotfix on a release branch goes to prod, and not over the newer main', async () => {
    const estate = await begin({ more: 'release: { branches: [main, "release/*"] }\n' });
    await estate.succeed('promote', 'docs', '--to', 'prod');
    const base = estate.mono.git('rev-parse', 'main').trim();
    changeDocs(estate, 'new pages', 'feat');
    await estate.succeed('release');
    expect(estate.pins('dev', 'docs')).toEqual(['1.1.0', '1.1.0']);
    const hotfix = estate.mono.commit({ 'apps/docs/main.txt': 'hot\n' }, 'fix: hot', {
      branch: 'release/1.0',
      parents: [base],
    });
    estate.clone.git('fetch', '-q', 'origin');
    estate.clone.git('checkout', '-q', '-f', '--detach', hotfix);
    await estate.succeed('release');
    expect(tagsOf(estate, 'docs@*')).toEqual(['docs@1.0.0', 'docs@1.0.1', 'docs@1.1.0']);
    expect(estate.pins('dev', 'docs')).toEqual(['1.1.0', '1.1.0']);
    expect(estate.pins('staging', 'docs')).toEqual(['1.1.0', '1.1.0']);
    const held = await estate.run('promote', 'docs@1.0.1', '--to', 'prod');
    expect(held.code, told(held)).toBe(3);
    await estate.succeed(
      ...['promote', 'docs@1.0.1', '--to', 'prod'],
      ...['--force', 'after', '--reason', 'login is broken'],
    );
    expect(estate.pins('prod', 'docs')).toEqual(['1.0.1', '1.0.1']);
    expect(estate.pins('dev', 'docs')).toEqual(['1.1.0', '1.1.0']);
  });

  it('main force-pushed over a release: a person chooses where to go on', async () => {
    const estate = await begin();
    const base = estate.mono.git('rev-parse', 'main').trim();
    changeDocs(estate, 'lost');
    await estate.succeed('release');
    estate.mono.setRef('refs/heads/main', base);
    changeDocs(estate, 'other');
    const refs = estate.refs();
    const stopped = await estate.run('release');
    expect(stopped.code, told(stopped)).toBe(1);
    expect(told(stopped)).toContain('--accept-base docs@1.0.1');
    expect(estate.refs()).toBe(refs);
    await estate.succeed('release', '--accept-base', 'docs@1.0.1');
    expect(tagsOf(estate, 'docs@*')).toEqual(['docs@1.0.0', 'docs@1.0.1', 'docs@1.0.2']);
    // The lost release runs in dev, and the new one does not contain it: nobody's but a person's to decide.
    expect(estate.pins('dev', 'docs')).toEqual(['1.0.1', '1.0.1']);
    await estate.succeed(
      'promote',
      'docs@1.0.2',
      '--to',
      'dev',
      '--force',
      'contains',
      '--reason',
      'rewritten',
    );
    expect(estate.pins('dev', 'docs')).toEqual(['1.0.2', '1.0.2']);
  });

  it('a deleted tag: its number is never given again', async () => {
    const estate = await begin();
    changeDocs(estate, 'one');
    await estate.succeed('release');
    estate.mono.setRef('refs/tags/docs@1.0.1', null);
    changeDocs(estate, 'two');
    await estate.succeed('release');
    expect(tagsOf(estate, 'docs@*')).toEqual(['docs@1.0.0', 'docs@1.0.2']);
  });

  it('pins of which one was changed by hand: automation waits, a promotion by name repairs', async () => {
    const estate = await begin();
    changeDocs(estate, 'one');
    estate.deploy.commit({ 'deploy/dev/docs/job.yaml': jobText('docs', '0.9.9') }, 'by hand');
    await estate.succeed('release');
    expect(estate.pins('dev', 'docs')).toEqual(['1.0.0', '0.9.9']);
    await estate.succeed('promote', '--ready');
    expect(estate.pins('dev', 'docs')).toEqual(['1.0.0', '0.9.9']);
    const status = await estate.succeed('status');
    expect(told(status)).toContain('0.9.9');
    await estate.succeed('promote', 'docs@1.0.1', '--to', 'dev');
    expect(estate.pins('dev', 'docs')).toEqual(['1.0.1', '1.0.1']);
  });

  it('a stale clone and four memory limits raised meanwhile: the limits stay', async () => {
    const estate = await begin();
    changeDocs(estate, 'one');
    // Whatever Lanewise keeps of the manifests is from now.
    await estate.succeed('status');
    const raised = Object.fromEntries(
      ['docs', 'mail', 'shop'].flatMap((name) => {
        const text = valuesText('dev', name, '1.0.0').replace('256Mi', '512Mi');
        return [[`deploy/dev/${name}/values.yaml`, text]];
      }),
    );
    raised['deploy/staging/docs/values.yaml'] = valuesText('staging', 'docs', '1.0.0').replace(
      '256Mi',
      '1Gi',
    );
    estate.deploy.commit(raised, 'more memory');
    await estate.succeed('release');
    for (const [path, text] of Object.entries(raised)) {
      const docs = path.includes('/docs/');
      expect(estate.deploy.read(path)).toBe(docs ? text.replace('1.0.0', '1.0.1') : text);
    }
  });
});
