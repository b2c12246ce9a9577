import { describe, expect, it } from 'vitest';
import { makeMemoryRemote } from '@lanewise/testing';
import { readReleases, releaseRefs } from '@lanewise/release';
import {
  effects,
  endings,
  entryOf,
  everything,
  files,
  first,
  outline,
  plan,
  product,
  release,
  releasedRemote,
  releaseOf,
  sourcesAt,
  version,
} from './workspace.js';

describe('a release', () => {
  it('releases nothing for the first time that is not named', async () => {
    const remote = makeMemoryRemote();
    const head = remote.commit(files);
    await expect(release(sourcesAt(remote.open(), head))).rejects.toMatchObject({
      code: 'NO_RELEASES',
      hint: expect.stringContaining('lanewise adopt'),
    });
    expect(remote.refs().size).toBe(1);
  });

  it('publishes one tag for each product and leaves no reservation', async () => {
    const remote = await releasedRemote();
    expect([...remote.refs().keys()].sort()).toEqual([
      'refs/heads/main',
      'refs/tags/api@1.0.0',
      'refs/tags/docs@1.0.0',
      'refs/tags/web@1.0.0',
    ]);
  });

  it('releases what changed, and what is built from it, and nothing else', async () => {
    const remote = await releasedRemote();
    const head = remote.commit({ 'libs/shared/index.ts': 'shared 2' }, 'feat(shared): more');
    const outcome = await release(sourcesAt(remote.open(), head));
    expect(endings(outcome)).toEqual([
      'api published 1.0.1',
      'docs published 1.0.1',
      'web unaffected',
    ]);
    expect(outcome.exitCode).toBe(0);
  });

  it('finds nothing to do when it runs again', async () => {
    const remote = await releasedRemote();
    const head = remote.commit({ 'apps/docs/index.md': 'docs 2' }, 'feat: better docs');
    await release(sourcesAt(remote.open(), head));
    const before = remote.describe();
    const again = await release(sourcesAt(remote.open(), head));
    expect(endings(again)).toEqual(['api unaffected', 'docs unaffected', 'web unaffected']);
    expect(remote.describe()).toBe(before);
  });

  it('is not made by a commit that only moves pins', async () => {
    const remote = await releasedRemote();
    const head = remote.commit({
      'deploy/dev/docs.yaml': 'image: { tag: 1.0.0 }',
      '.lanewise/lock/dev/docs': '[]',
    });
    expect(outline(await plan(sourcesAt(remote.open(), head)))).toEqual([
      'api unaffected',
      'docs unaffected',
      'web unaffected',
    ]);
  });

  it('is not made by changes that were taken back', async () => {
    const remote = await releasedRemote();
    remote.commit({ 'apps/docs/index.md': 'docs 2' }, 'feat: try');
    const head = remote.commit({ 'apps/docs/index.md': 'docs' }, 'Revert "feat: try"');
    expect(outline(await plan(sourcesAt(remote.open(), head)))).toContain('docs unaffected');
  });

  it('keeps inputs, images and needs in its record', async () => {
    const remote = await releasedRemote();
    const head = remote.commit({ 'apps/web/main.ts': 'web 2' }, 'fix: web');
    const sources = sourcesAt(remote.open(), head);
    await release(sources);
    const repository = remote.open();
    const snapshot = await repository.fetch({
      refs: releaseRefs(['web'], sources.config, 'main'),
      depth: 'history',
    });
    const book = await readReleases(repository, snapshot, {
      products: [{ name: product('web'), project: null }],
      config: sources.config,
    });
    expect(book.problems).toEqual([]);
    expect(book.get(product('web'), version('1.0.1'))).toMatchObject({
      kind: 'own',
      commit: head,
      images: { main: { repository: 'registry.example.com/acme/web', tag: '1.0.1' } },
      needs: { api: { seen: '1.0.0', required: '1.0.0' } },
      inputs: { algorithm: 2, projects: [{ name: 'web' }, { name: 'api-client' }] },
    });
  });

  it('requires of a needed product the release of this run where the content between them changed', async () => {
    const remote = await releasedRemote();
    const head = remote.commit({ 'libs/api-client/index.ts': 'client 2' }, 'feat: new call');
    const web = releaseOf(await plan(sourcesAt(remote.open(), head)), 'web');
    expect(web.needs).toEqual({ api: { seen: '1.0.0', required: '1.0.1' } });
  });

  it('holds back what is built from a product whose build failed, and nothing else', async () => {
    const text = `
products:
  image: registry.example.com/{product}
  each:
    base: { root: base }
    app: { root: app, dependsOn: [base] }
    other: { root: other }
environments: { dev: {} }
`;
    const remote = makeMemoryRemote();
    const head = remote.commit({ 'base/a': '1', 'app/a': '1', 'other/a': '1' });
    const outcome = await release(
      sourcesAt(remote.open(), head, { config: text }),
      { products: ['base', 'app', 'other'].map(product), first: true },
      {
        build: async ({ product: name }) =>
          name === 'base' ? { kind: 'failed', message: 'exit 1' } : { kind: 'ok' },
      },
    );
    expect(endings(outcome)).toEqual([
      'app held-back 1.0.0',
      'base build-failed 1.0.0',
      'other published 1.0.0',
    ]);
    expect(outcome.exitCode).toBe(1);
  });

  it('goes on without a product whose tag the remote refuses', async () => {
    const remote = await releasedRemote();
    remote.refuses = (ref) => (ref === 'refs/tags/docs@1.0.1' ? 'protected' : null);
    const head = remote.commit({ 'libs/shared/index.ts': 'shared 2' });
    const outcome = await release(sourcesAt(remote.open(), head));
    expect(endings(outcome)).toEqual([
      'api published 1.0.1',
      'docs refused 1.0.1',
      'web unaffected',
    ]);
    expect(outcome.exitCode).toBe(1);
  });

  it('refuses a commit that is on no release branch of the remote, and writes nothing', async () => {
    const remote = await releasedRemote();
    const head = remote.commit({ 'apps/docs/index.md': 'x' }, 'feat: x', { branch: 'topic' });
    const before = remote.describe();
    await expect(release(sourcesAt(remote.open(), head))).rejects.toMatchObject({
      code: 'NOT_ON_RELEASE_BRANCH',
    });
    expect(remote.describe()).toBe(before);
    const dry = await plan(sourcesAt(remote.open(), head), { dryRun: true });
    expect(dry.stop).toBeNull();
    expect(dry.notices[0]).toContain('on no release branch');
  });

  it('refuses a dirty tree', async () => {
    const remote = await releasedRemote();
    const head = remote.commit({ 'apps/docs/index.md': 'x' });
    const sources = sourcesAt(remote.open(), head, { dirty: ['apps/docs/index.md'] });
    await expect(release(sources)).rejects.toMatchObject({ code: 'TREE_DIRTY' });
  });

  it('stops at more affected products than is normal, naming the shared cause, unless told otherwise', async () => {
    const limited = `${files['lanewise.yaml']}guards: { maxAffected: 1 }\n`;
    const remote = await releasedRemote();
    const head = remote.commit({ 'libs/shared/index.ts': 'x' });
    const sources = sourcesAt(remote.open(), head, { config: limited });
    await expect(release(sources)).rejects.toMatchObject({
      code: 'TOO_MANY_AFFECTED',
      message: expect.stringContaining('files of shared'),
    });
    const outcome = await release(sources, { maxAffected: 2 });
    expect(endings(outcome)).toContain('docs published 1.0.1');
    expect(releaseOf(outcome.plan, 'docs')).toBeDefined();
  });

  it('restricts itself to the products named, and refuses names that it does not know', async () => {
    const remote = await releasedRemote();
    const head = remote.commit({ 'libs/shared/index.ts': 'x' });
    const named = await plan(sourcesAt(remote.open(), head), { products: [product('docs')] });
    expect(outline(named)).toEqual(['docs 1.0.1']);
    await expect(
      plan(sourcesAt(remote.open(), head), { products: [product('dosc')] }),
    ).rejects.toMatchObject({
      code: 'PRODUCT_UNKNOWN',
      hint: expect.stringContaining('docs'),
    });
  });

  it('names the whole commit under the commit scheme, without any reservation', async () => {
    const text = `${files['lanewise.yaml']}versioning: { scheme: commit }\n`.replace(
      'acme/{product}',
      'acme/{product}:{commit:8}',
    );
    const remote = makeMemoryRemote();
    const head = remote.commit(files);
    const pushes: string[] = [];
    const repository = remote.open({ afterEffect: (call) => void pushes.push(call) });
    const outcome = await release(sourcesAt(repository, head, { config: text }), first);
    expect(endings(outcome)[0]).toBe(`api published ${head}`);
    expect(pushes.filter((call) => call === 'publish')).toHaveLength(1);
    expect(releaseOf(outcome.plan, 'docs').images).toEqual({
      main: `registry.example.com/acme/docs:${head.slice(0, 8)}`,
    });
  });

  it('saved as a plan is applied only if it still means the same', async () => {
    const { applyRelease } = await import('@lanewise/release');
    const remote = await releasedRemote();
    const old = remote.commit({ 'apps/docs/index.md': '2' });
    const saved = await plan(sourcesAt(remote.open(), old));
    const head = remote.commit({ 'apps/docs/index.md': '3' });
    const sources = sourcesAt(remote.open(), head);
    await expect(applyRelease(sources, everything, effects(), saved)).rejects.toMatchObject({
      code: 'PLAN_STALE',
    });
    const anew = await plan(sources);
    const outcome = await applyRelease(
      sources,
      everything,
      effects(),
      JSON.parse(JSON.stringify(anew)),
    );
    expect(endings(outcome)).toContain('docs published 1.0.1');
  });

  it('says why: own files before a dependency, with the way to it', async () => {
    const remote = await releasedRemote();
    const head = remote.commit({
      'apps/api/main.ts': '2',
      'libs/shared/index.ts': '2',
      'libs/shared/b.ts': 'b',
    });
    const { reasons } = entryOf(await plan(sourcesAt(remote.open(), head)), 'api') as {
      reasons: unknown;
    };
    expect(reasons).toEqual([
      {
        kind: 'own-files',
        files: { count: 1, shown: [{ path: 'apps/api/main.ts', change: 'changed' }] },
      },
      {
        kind: 'dependency',
        project: 'shared',
        path: ['api', 'shared'],
        files: {
          count: 2,
          shown: [
            { path: 'libs/shared/b.ts', change: 'changed' },
            { path: 'libs/shared/index.ts', change: 'changed' },
          ],
        },
      },
    ]);
  });
});
