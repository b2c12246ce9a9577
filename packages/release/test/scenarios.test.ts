import { describe, expect, it } from 'vitest';
import { declaredGraph } from '@lanewise/graph';
import { parseConfig, type CommitId, type ProductName, type ProjectName } from '@lanewise/model';
import { makeMemoryRemote, type MemoryRemote } from '@lanewise/testing';
import { parseToldImages } from '@lanewise/release';
import {
  config,
  endings,
  entryOf,
  files,
  first,
  outline,
  plan,
  product,
  release,
  releasedRemote,
  releaseOf,
  sourcesAt,
} from './workspace.js';

const reserved = (remote: MemoryRemote): readonly string[] =>
  [...remote.refs().keys()].filter((ref) => ref.startsWith('refs/lanewise/'));

describe('scenarios', () => {
  it('two runs plan the same version for different commits', async () => {
    const remote = await releasedRemote();
    const older = remote.commit({ 'apps/docs/index.md': '2' }, 'fix: one');
    const newer = remote.commit({ 'apps/docs/index.md': '3' }, 'fix: two');
    const images: string[] = [];
    const build = async ({ image }: { image: string | null }): Promise<{ kind: 'ok' }> => {
      images.push(image ?? '');
      return { kind: 'ok' };
    };
    // The newer run begins and reserves between the older one's reading and its reservation.
    let met = false;
    const slow = remote.open({
      beforeEffect: async (call) => {
        if (call !== 'publish' || met) return;
        met = true;
        await release(sourcesAt(remote.open(), newer), { reserveOnly: true });
      },
    });
    const late = await release(sourcesAt(slow, older), {}, { build });
    const soon = await release(sourcesAt(remote.open(), newer), {}, { build });
    expect(endings(late)).toContain('docs published 1.0.2');
    expect(endings(soon)).toContain('docs published 1.0.3');
    expect(new Set(images).size).toBe(images.length);
    expect(remote.refs().get('refs/lanewise/reserved/docs/1.0.1' as never)).toBe(newer);
  });

  it('a reservation won after its version was published and freed', async () => {
    const remote = await releasedRemote();
    const begin = remote.refs().get('refs/heads/main' as never) as string;
    const older = remote.commit({ 'apps/docs/index.md': '2' }, 'fix: one', {
      branch: 'release',
      parents: [begin],
    });
    const newer = remote.commit({ 'apps/docs/index.md': '3' }, 'fix: two');
    const text = `${config}release: { branches: [main, release] }\n`;
    const built: string[] = [];
    let met = false;
    const slow = remote.open({
      beforeEffect: async (call) => {
        if (call !== 'publish' || met) return;
        met = true;
        const other = await release(sourcesAt(remote.open(), newer, { config: text }));
        expect(endings(other)).toContain('docs published 1.0.1');
      },
    });
    const outcome = await release(
      sourcesAt(slow, older, { config: text }),
      {},
      {
        build: async ({ version }) => {
          built.push(version);
          return { kind: 'ok' };
        },
      },
    );
    expect(endings(outcome)).toContain('docs published 1.0.2');
    expect(built).toEqual(['1.0.2']);
    expect(reserved(remote)).toEqual([]);
  });

  it('all builds fail and nothing is told', async () => {
    const remote = await releasedRemote();
    const head = remote.commit({ 'libs/shared/index.ts': '2' }, 'feat: shared');
    const before = remote.describe();
    const outcome = await release(sourcesAt(remote.open(), head), {
      target: false,
      told: parseToldImages([]),
    });
    expect(endings(outcome)).toEqual(['api not-told', 'docs not-told', 'web unaffected']);
    expect(outcome.exitCode).toBe(1);
    expect(remote.describe()).toBe(before);
  });

  it('a build fails after its reservation', async () => {
    const remote = await releasedRemote();
    const head = remote.commit({ 'apps/docs/index.md': '2' }, 'fix: docs');
    const failed = await release(
      sourcesAt(remote.open(), head),
      {},
      {
        build: async () => ({ kind: 'failed', message: 'exit 1' }),
      },
    );
    expect(endings(failed)).toContain('docs build-failed 1.0.1');
    expect(failed.exitCode).toBe(1);
    expect(reserved(remote)).toEqual(['refs/lanewise/reserved/docs/1.0.1']);
    // The mend takes the next number, a rerun at the same commit its own.
    const mended = remote.commit({ 'apps/docs/index.md': '3' }, 'fix: docs build');
    expect(outline(await plan(sourcesAt(remote.open(), head)))).toContain('docs 1.0.1');
    const outcome = await release(sourcesAt(remote.open(), mended));
    expect(endings(outcome)).toContain('docs published 1.0.2');
  });

  it('hotfix on a release branch against a newer main', async () => {
    const text = `${config}release: { branches: [main, "release/*"] }\n`;
    const remote = await releasedRemote();
    const begin = remote.refs().get('refs/heads/main' as never) as CommitId | undefined;
    const onMain = remote.commit({ 'apps/docs/index.md': '2' }, 'fix: on main');
    await release(sourcesAt(remote.open(), onMain, { config: text }));
    const hotfix = remote.commit({ 'apps/docs/fix.md': 'hot' }, 'fix: hot', {
      branch: 'release/1.0',
      parents: [begin as string],
    });
    const outcome = await release(sourcesAt(remote.open(), hotfix, { config: text }));
    // Its base is the release that it grew from, and the number that main took is passed over.
    expect(endings(outcome)).toContain('docs published 1.0.2');
    const after = remote.commit({ 'apps/docs/index.md': '4' }, 'fix: main again');
    const later = releaseOf(await plan(sourcesAt(remote.open(), after, { config: text })), 'docs');
    expect(later.base?.version).toBe('1.0.1');
    expect(later.version).toBe('1.0.3');
    // Merged back, both lines are released: only the merge's own change is news.
    const merge = remote.commit(
      { 'apps/docs/index.md': '5', 'apps/docs/fix.md': 'hot' },
      'fix: merged',
      {
        parents: [after, hotfix],
      },
    );
    const merged = releaseOf(await plan(sourcesAt(remote.open(), merge, { config: text })), 'docs');
    expect(merged.base?.version).toBe('1.0.2');
    expect(merged.notes.map(({ subject }) => subject)).toEqual(['merged', 'main again']);
  });

  it('main force-pushed', async () => {
    const remote = await releasedRemote();
    const begin = remote.refs().get('refs/heads/main' as never) as string;
    const gone = remote.commit({ 'apps/docs/index.md': '2' }, 'feat: gone');
    await release(sourcesAt(remote.open(), gone));
    remote.setRef('refs/heads/main', begin);
    const head = remote.commit({ 'apps/docs/index.md': '3' }, 'fix: instead');
    const sources = sourcesAt(remote.open(), head);
    const stopped = entryOf(await plan(sources), 'docs');
    expect(stopped).toMatchObject({
      kind: 'stopped',
      code: 'BASE_LOST',
      hint: expect.stringContaining('--accept-base docs@1.1.0'),
    });
    // From the lost release: what it had is compared with what there is.
    const onward = await plan(sources, {
      acceptBase: new Map([[product('docs'), '1.1.0' as never]]),
    });
    expect(outline(onward)).toContain('docs 1.1.1');
    // From the one still there: the lost one is left behind, and later runs know.
    const outcome = await release(sources, {
      acceptBase: new Map([[product('docs'), '1.0.0' as never]]),
    });
    expect(endings(outcome)).toContain('docs published 1.0.1');
    const next = remote.commit({ 'apps/docs/index.md': '4' }, 'fix: on');
    expect(outline(await plan(sourcesAt(remote.open(), next)))).toContain('docs 1.0.2');
  });

  it('a tag deleted', async () => {
    const remote = await releasedRemote();
    const mistake = remote.commit({ 'apps/docs/index.md': '2' }, 'fix: two');
    await release(sourcesAt(remote.open(), mistake));
    remote.setRef('refs/tags/docs@1.0.1', null);
    // Its number is known from the pins, and never given again.
    const taken = new Map([[product('docs'), new Set(['1.0.0', '1.0.1'])]]);
    const planned = await plan(sourcesAt(remote.open(), mistake, { taken }));
    expect(outline(planned)).toContain('docs 1.0.2');
    // They may be read for the products alone that get a number.
    const asked: string[][] = [];
    const read = (names: readonly ProductName[]) => {
      asked.push([...names]);
      return Promise.resolve(taken);
    };
    expect(
      await plan(sourcesAt(remote.open(), mistake, { taken: () => Promise.resolve(read) })),
    ).toEqual(planned);
    expect(asked).toEqual([['docs']]);
  });

  it('a library alias re-pointed in tsconfig.base.json with no file of the product changed', async () => {
    const text = `
projects:
  old: { root: libs/old }
  new: { root: libs/new }
products:
  image: registry.example.com/{product}
  each:
    docs: { root: apps/docs, dependsOn: [LIB] }
    api: { root: apps/api }
environments: { dev: {} }
`;
    const tree = (lib: string): Record<string, string> => ({
      'tsconfig.base.json': JSON.stringify({
        compilerOptions: { paths: { '@acme/lib': [`libs/${lib}/index.ts`] } },
      }),
    });
    const all = {
      'apps/docs/a.ts': '1',
      'apps/api/a.ts': '1',
      'libs/old/index.ts': 'o',
      'libs/new/index.ts': 'n',
    };
    const remote = makeMemoryRemote();
    const before = remote.commit({ ...all, ...tree('old') });
    const withOld = sourcesAt(remote.open(), before, { config: text.replace('LIB', 'old') });
    await release(withOld, { products: ['docs', 'api'].map(product), first: true });
    const head = remote.commit(tree('new'), 'refactor: another library');
    const found = await plan(
      sourcesAt(remote.open(), head, { config: text.replace('LIB', 'new') }),
    );
    const docs = releaseOf(found, 'docs');
    expect(docs.reasons).toMatchObject([
      { kind: 'joined', project: 'new', path: ['docs', 'new'] },
      { kind: 'left', project: 'old' },
      { kind: 'typescript-path', alias: '@acme/lib' },
    ]);
    expect(docs.notes.map(({ subject }) => subject)).toEqual([
      'refactor: another library'.replace('refactor: ', ''),
    ]);
    expect(entryOf(found, 'api').kind).toBe('unaffected');
  });

  it('an affected product whose image was not told', async () => {
    const remote = await releasedRemote();
    const head = remote.commit({ 'libs/shared/index.ts': '2' }, 'feat: shared');
    const sources = sourcesAt(remote.open(), head);
    const reserving = await release(sources, { reserveOnly: true });
    expect(endings(reserving)).toEqual([
      'api reserved 1.0.1',
      'docs reserved 1.0.1',
      'web unaffected',
    ]);
    const told = parseToldImages([
      `api=registry.example.com/acme/api:1.0.1@sha256:${'a'.repeat(64)}`,
    ]);
    const outcome = await release(sources, { target: false, told });
    expect(endings(outcome)).toEqual(['api published 1.0.1', 'docs not-told', 'web unaffected']);
    expect(outcome.exitCode).toBe(1);
    expect(reserved(remote)).toEqual(['refs/lanewise/reserved/docs/1.0.1']);
    // Told again after it was released from this commit: nothing to do.
    const again = await release(sources, { target: false, told });
    expect(endings(again)).toContain('api unaffected');
  });

  it('a late run of an older commit', async () => {
    const remote = await releasedRemote();
    const older = remote.commit({ 'apps/docs/index.md': '2' }, 'fix: one');
    const newer = remote.commit({ 'README.md': 'more' }, 'docs: read me');
    await release(sourcesAt(remote.open(), newer));
    const before = remote.describe();
    const outcome = await release(sourcesAt(remote.open(), older), { target: true });
    expect(endings(outcome)).toEqual(['api unaffected', 'docs late', 'web unaffected']);
    expect(outcome.exitCode).toBe(0);
    expect(remote.describe()).toBe(before);
  });

  it('two runs at the same commit at the same time', async () => {
    const remote = await releasedRemote();
    const head = remote.commit({ 'apps/docs/index.md': '2' }, 'fix: one');
    const second = remote.open();
    let met = false;
    const outcome = await release(
      sourcesAt(remote.open(), head),
      {},
      {
        build: async () => {
          if (!met) {
            met = true;
            const other = await release(sourcesAt(second, head), {}, { now: () => 1 });
            expect(endings(other)).toContain('docs published 1.0.1');
          }
          return { kind: 'ok' };
        },
      },
    );
    expect(endings(outcome)).toContain('docs unaffected');
    expect([...remote.refs().keys()].filter((ref) => ref.includes('docs@'))).toEqual([
      'refs/tags/docs@1.0.0',
      'refs/tags/docs@1.0.1',
    ]);
    expect(reserved(remote)).toEqual([]);
  });

  it('a declared graph whose projects are cut differently with no file changed', async () => {
    const remote = await releasedRemote();
    const text = config.replace('projects:', 'projects:\n  plugin: { root: apps/docs/plugin }');
    const head = remote.commit({ 'lanewise.yaml': text });
    expect(outline(await plan(sourcesAt(remote.open(), head, { config: text })))).toContain(
      'docs unaffected',
    );
    const withFiles = remote.commit({ 'apps/docs/plugin/a.md': 'a' }, 'feat: inside', {
      branch: 'main',
    });
    await release(sourcesAt(remote.open(), withFiles));
    const cut = remote.commit({ 'lanewise.yaml': `${text}# cut\n` });
    const docs = entryOf(await plan(sourcesAt(remote.open(), cut, { config: text })), 'docs');
    expect(docs).toMatchObject({ kind: 'release', reasons: [{ kind: 'boundary' }] });
  });

  it('a project that only moves', async () => {
    const remote = await releasedRemote();
    const text = config.replace('root: libs/shared', 'root: libs/common');
    const head = remote.commit({
      'lanewise.yaml': text,
      'libs/shared/index.ts': null,
      'libs/common/index.ts': files['libs/shared/index.ts'],
    });
    const docs = releaseOf(await plan(sourcesAt(remote.open(), head, { config: text })), 'docs');
    expect(docs.reasons).toEqual([
      {
        kind: 'moved',
        project: 'shared',
        path: ['docs', 'shared'],
        from: 'libs/shared',
        to: 'libs/common',
      },
    ]);
    expect(
      declaredGraph(parseConfig(text, 'lanewise.yaml')).projects.get('shared' as ProjectName)?.root,
    ).toBe('libs/common');
  });

  it('a pin file that is declared as an input: its pinned value is not one', async () => {
    const text = config.replace(
      'docs: { root: apps/docs,',
      'docs: { inputs: ["deploy/*/docs.yaml"], root: apps/docs,',
    );
    const remote = makeMemoryRemote();
    const head = remote.commit({
      ...files,
      'lanewise.yaml': text,
      'deploy/dev/docs.yaml': 'image:\n  tag: ""\nreplicas: 1\n',
    });
    await release(sourcesAt(remote.open(), head, { config: text }), first);
    const moved = remote.commit({ 'deploy/dev/docs.yaml': 'image:\n  tag: 1.0.0\nreplicas: 1\n' });
    expect(outline(await plan(sourcesAt(remote.open(), moved, { config: text })))).toContain(
      'docs unaffected',
    );
    const quoted = remote.commit({
      'deploy/dev/docs.yaml': 'image:\n  tag: "1.10"\nreplicas: 1\n',
    });
    expect(outline(await plan(sourcesAt(remote.open(), quoted, { config: text })))).toContain(
      'docs unaffected',
    );
    const changed = remote.commit({
      'deploy/dev/docs.yaml': 'image:\n  tag: 1.0.0\nreplicas: 2\n',
    });
    const docs = releaseOf(await plan(sourcesAt(remote.open(), changed, { config: text })), 'docs');
    expect(docs.reasons).toMatchObject([{ kind: 'globals', files: { count: 1 } }]);
  });
});
