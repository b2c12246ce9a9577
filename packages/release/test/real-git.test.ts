import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeWorld, type World } from '@lanewise/testing';
import {
  applyAdoption,
  encodeRecord,
  planAdoption,
  readReleases,
  readRevisions,
  releaseRefs,
} from '@lanewise/release';
import type { CommitId, ProductName, Version } from '@lanewise/model';
import {
  endings,
  files,
  first,
  outline,
  plan,
  product,
  release,
  releaseOf,
  sourcesAt,
} from './workspace.js';

let world: World;
beforeEach(() => {
  world = makeWorld();
});
afterEach(() => world.dispose());

describe('on real git', () => {
  it('a release goes from a commit to its tag, and a rerun finds nothing to do', async () => {
    const remote = world.makeRemote();
    const begin = remote.commit(files, 'feat: begin');
    const repository = await world.open(remote);
    await release(sourcesAt(repository, begin), first);
    remote.commit({ 'libs/shared/index.ts': '2' }, 'feat(shared): more');
    const head = remote.commit(
      { 'apps/docs/index.md': '2' },
      'fix: docs\n\nLanewise-Record: 1 e30',
    );
    const outcome = await release(sourcesAt(repository, head));
    expect(endings(outcome)).toEqual([
      'api published 1.0.1',
      'docs published 1.0.1',
      'web unaffected',
    ]);
    const refs = remote.refs();
    const again = await release(sourcesAt(await world.open(remote), head));
    expect(endings(again)).toEqual(['api unaffected', 'docs unaffected', 'web unaffected']);
    expect(remote.refs()).toEqual(refs);
    const message = remote.git('cat-file', '-p', 'refs/tags/docs@1.0.1');
    expect(message).toContain('docs 1.0.1\n\nLanewise-Record: 1 ');
    expect(message).toContain('\n  Fixes\n    - docs (');
    expect(message.match(/^Lanewise-Record/gm)).toHaveLength(1);
    expect([...refs.keys()].some((ref) => ref.startsWith('refs/lanewise/reserved/'))).toBe(false);
  });

  it('tags whose refusal the server insists on keep only their own products back', async () => {
    const remote = world.makeRemote();
    const repository = await world.open(remote);
    await release(sourcesAt(repository, remote.commit(files)), first);
    remote.hook('update', 'case "$1" in refs/tags/docs@*) echo protected >&2; exit 1;; esac');
    const head = remote.commit({ 'libs/shared/index.ts': '2' });
    const outcome = await release(sourcesAt(repository, head));
    expect(endings(outcome)).toEqual([
      'api published 1.0.1',
      'docs refused 1.0.1',
      'web unaffected',
    ]);
  });

  it('sixteen runs that release different products at once all publish', async () => {
    const names = Array.from({ length: 16 }, (_, index) => `p${index}`);
    const text = `products:\n  image: registry.example.com/{product}\n  each:\n${names
      .map((name) => `    ${name}: { root: ${name} }\n`)
      .join('')}environments: { dev: {} }\n`;
    const remote = world.makeRemote();
    const head = remote.commit(Object.fromEntries(names.map((name) => [`${name}/a`, name])));
    const outcomes = await Promise.all(
      names.map(async (name, index) => {
        const repository = await world.open(remote, {
          cacheDirectory: `${world.directory}/cache-${index}`,
        });
        return release(sourcesAt(repository, head, { config: text }), {
          products: [product(name)],
          first: true,
        });
      }),
    );
    expect(outcomes.flatMap(endings).sort()).toEqual(
      names.map((name) => `${name} published 1.0.0`).sort(),
    );
    expect([...remote.refs().keys()].filter((ref) => ref.startsWith('refs/tags/'))).toHaveLength(
      16,
    );
  });

  it('what runs is adopted by tags and by ids in its values, and compared with from then on', async () => {
    const remote = world.makeRemote();
    const old = remote.commit(files, 'feat: begin');
    remote.git('tag', 'v1.4.2', old);
    const middle = remote.commit({ 'apps/api/main.ts': '2' }, 'feat: api');
    const head = remote.commit({ 'apps/docs/index.md': '2' }, 'fix: docs');
    const repository = await world.open(remote);
    const sources = sourcesAt(repository, head);
    const revisions = await readRevisions(repository, head);
    const value = (name: string, text: string, environment: string) => ({
      product: product(name),
      project: null,
      text,
      environments: [environment as never],
    });
    const values = [
      value('docs', '1.4.2', 'dev'),
      value('docs', '1.4.2', 'prod'),
      value('api', `main-${middle.slice(0, 8)}`, 'dev'),
      value('web', 'latest', 'dev'),
    ];
    const snapshot = await repository.fetch({
      refs: releaseRefs(['docs'], sources.config, 'main'),
      depth: 'history',
    });
    const known = { products: [{ name: product('docs'), project: null }], config: null };
    const book = await readReleases(repository, snapshot, known);
    const naming = { at: null, map: new Map<string, string>() };
    const adoption = planAdoption(values, book, revisions, naming, sources.config);
    expect(adoption.entries).toMatchObject([
      {
        kind: 'adopt',
        product: 'docs',
        version: '1.4.2',
        commit: old,
        environments: ['dev', 'prod'],
        by: 'the tag v1.4.2',
      },
      { kind: 'adopt', product: 'api', version: middle, commit: middle },
      { kind: 'unresolved', product: 'web', hint: expect.stringContaining('--map') },
    ]);
    const results = await applyAdoption(
      repository,
      adoption,
      { name: 'Dev', email: 'dev@example.com' },
      world.now,
    );
    expect(results.map(({ kind }) => kind)).toEqual(['adopted', 'adopted']);
    const after = await plan(sources);
    expect(outline(after)).toEqual(['api unaffected', 'docs 1.4.3', 'web new']);
    expect(releaseOf(after, 'docs').base).toEqual({ version: '1.4.2', commit: old });
  });

  it('thousands of tags are read in one batch', async () => {
    const remote = world.makeRemote();
    const head = remote.commit(files);
    const message = (index: number): string =>
      encodeRecord({
        kind: 'own',
        product: 'docs' as ProductName,
        version: `1.0.${index}` as Version,
        commit: head as CommitId,
        committedAt: 0,
        project: null,
        images: {},
        inputs: null,
        needs: {},
        pinText: null,
        allowed: {},
      });
    const stream = Array.from({ length: 2000 }, (_, index) => {
      const text = message(index);
      return `tag docs@1.0.${index}\nfrom ${head}\ntagger Dev <dev@example.com> 0 +0000\ndata ${Buffer.byteLength(text)}\n${text}\n`;
    }).join('');
    const { execFileSync } = await import('node:child_process');
    execFileSync('git', ['-C', remote.path, 'fast-import', '--quiet'], {
      input: stream,
      env: world.environment,
    });
    remote.git('pack-refs', '--all');
    const sources = sourcesAt(await world.open(remote), head);
    const found = await plan(sources, { products: [product('docs')] });
    expect(found.entries).toMatchObject([{ kind: 'unaffected', base: { version: '1.0.1999' } }]);
  });
});
