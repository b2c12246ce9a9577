import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { encodeRecord } from '@lanewise/release';
import {
  parseConfig,
  parseImageReference,
  type CommitId,
  type ProductName,
  type Version,
} from '@lanewise/model';
import { makeWorld, type Remote, type World } from '@lanewise/testing';
import {
  observePromotion,
  promote,
  wholeScope,
  type PromotionRequest,
  type PromotionResult,
  type PromotionSources,
  type PromotionState,
} from '@lanewise/promotion';
import { hour, plainConfig, values, verdicts } from './place.js';

let world: World;
afterEach(async () => world.dispose());

const config = parseConfig(plainConfig, 'lanewise.yaml');
const ready: PromotionRequest = { kind: 'ready', products: null, released: null };

interface Scene {
  readonly workspace: Remote;
  readonly gitops: Remote;
  /** Opens the repositories as one process does, and closes them: their caches stay. */
  readonly using: <T>(
    act: (sources: PromotionSources) => Promise<T>,
    cacheDirectory?: string,
  ) => Promise<T>;
  readonly run: (request: PromotionRequest) => Promise<PromotionResult>;
  readonly observe: (cacheDirectory?: string) => Promise<PromotionState>;
  readonly release: (version: string) => CommitId;
}

function makeScene(shared = false): Scene {
  world = makeWorld();
  const workspace = world.makeRemote('workspace');
  const gitops = shared ? workspace : world.makeRemote('deploy');
  workspace.commit({ 'README.md': 'x\n' }, 'init');
  gitops.commit(
    Object.fromEntries(
      ['dev', 'staging', 'prod'].map((name) => [`${name}/docs/values.yaml`, values('')]),
    ),
    'manifests',
  );
  const products = [{ name: 'docs' as ProductName, project: null }];
  const using: Scene['using'] = async (act, cacheDirectory = world.cacheDirectory) => {
    const repository = await world.open(workspace, { cacheDirectory });
    const other = shared ? repository : await world.open(gitops, { cacheDirectory });
    try {
      return await act({
        config,
        configBranch: 'main',
        products,
        workspace: repository,
        gitops: other,
      });
    } finally {
      await repository.close();
      if (other !== repository) await other.close();
    }
  };
  return {
    workspace,
    gitops,
    using,
    run: (request) => using((sources) => promote(sources, request, surroundings())),
    observe: (cacheDirectory) =>
      using((sources) => observePromotion(sources, wholeScope, world.now), cacheDirectory),
    release: (version) => {
      const commit = workspace.commit({ [`src/${version}.ts`]: version }, `feat: ${version}`);
      const message = encodeRecord({
        kind: 'own',
        product: 'docs' as ProductName,
        version: version as Version,
        commit,
        committedAt: world.now,
        project: null,
        images: { main: parseImageReference(`registry.example.com/docs:${version}`) },
        inputs: null,
        needs: {},
        pinText: null,
        allowed: {},
      });
      workspace.tag(`docs@${version}`, commit, message);
      return commit;
    },
  };
}

function surroundings(): Parameters<typeof promote>[2] {
  return {
    now: () => world.now,
    random: () => 0,
    sleep: () => Promise.resolve(),
    identity: { name: 'Dev', email: 'dev@example.com' },
  };
}

describe('with real Git', () => {
  it('lands releases, keeps an index, and extends it', async () => {
    const scene = makeScene();
    scene.release('1.0.0');
    expect((await scene.run(ready)).landed).toMatchObject([{ environment: 'dev', to: '1.0.0' }]);
    world.advance(hour);
    expect((await scene.run(ready)).landed).toMatchObject([{ environment: 'staging' }]);
    scene.gitops.commit({ 'dev/docs/values.yaml': values('0.9.0') }, 'by hand');
    const state = await scene.observe();
    const stays = state.cells.get('dev/docs')?.history?.stays ?? [];
    expect(stays.map((stay) => stay.state.kind)).toEqual(['empty', 'release', 'image']);
    expect(scene.gitops.read('staging/docs/values.yaml')).toBe(values('1.0.0'));
    expect(scene.gitops.log()).toHaveLength(4);
  });

  it('answers the same without its caches, and with damaged ones', async () => {
    const scene = makeScene();
    scene.release('1.0.0');
    await scene.run(ready);
    const told = async (): Promise<unknown> => {
      const state = await scene.observe();
      return [...state.cells.values()].map(({ state: seen, history }) => [
        seen.kind,
        history?.stays.length,
      ]);
    };
    const first = await told();
    const kept = findFiles(world.cacheDirectory).filter((file) => /promotion-history/.test(file));
    expect(kept.length).toBeGreaterThan(0);
    for (const file of kept) writeFileSync(file, readFileSync(file, 'utf8').slice(0, -20));
    expect(await told()).toEqual(first);
    for (const file of kept) writeFileSync(file, 'nonsense');
    expect(await told()).toEqual(first);
  });

  it('extends its index to the same as a fresh one, whatever is merged', async () => {
    const scene = makeScene();
    scene.release('1.0.0');
    const { gitops } = scene;
    const root = gitops.git('rev-parse', 'main').trim();
    const stays = (state: PromotionState): unknown =>
      [...state.cells.values()].map(({ history }) =>
        history?.stays.map(({ state: { kind }, landed, values: held }) => [
          kind,
          landed.commit,
          held,
        ]),
      );
    const pin = (tag: string, parents?: readonly string[]): string =>
      gitops.commit({ 'dev/docs/values.yaml': values(tag) }, `set ${tag}`, parents && { parents });
    const side = (tag: string): string =>
      gitops.commit({ 'dev/docs/values.yaml': values(tag) }, `side ${tag}`, {
        branch: `side-${tag}`,
        parents: [root],
      });
    const steps = [
      () => pin('1.0.0'),
      () => pin('2', [gitops.git('rev-parse', 'main').trim(), side('2')]),
      // main merged into a side branch and pushed as main: another first-parent line
      () => pin('3', [side('3'), gitops.git('rev-parse', 'main').trim()]),
      () => gitops.commit({ 'other.txt': 'x' }),
      () => gitops.commit({ 'dev/docs/values.yaml': null }),
    ];
    for (const [at, step] of steps.entries()) {
      step();
      const kept = await scene.observe();
      const fresh = await scene.observe(join(world.directory, `fresh-${at}`));
      expect(stays(kept), `step ${at}`).toEqual(stays(fresh));
      expect(kept.rewritten.size).toBe(0);
    }
  });

  it('GitOps main force-pushed', async () => {
    const scene = makeScene();
    scene.release('1.0.0');
    const first = scene.gitops.git('rev-parse', 'main').trim();
    await scene.run(ready);
    scene.gitops.setRef('refs/heads/main', first);
    scene.gitops.commit({ 'other.txt': 'x' }, 'after the rewrite');
    const rerun = await scene.run(ready);
    expect(rerun.landed).toEqual([]);
    expect(verdicts(rerun)).toContain('dev/docs: waiting rewritten');
    expect(rerun.notices.join()).toContain("the history of 'main' was rewritten");
    const named: PromotionRequest = {
      kind: 'name',
      promotions: [
        { product: 'docs' as ProductName, version: '1.0.0', images: null, builtFrom: null },
      ],
      to: 'dev',
      force: [],
      reason: null,
      again: false,
    };
    expect((await scene.run(named)).landed).toHaveLength(1);
    scene.release('1.1.0');
    const after = await scene.run(ready);
    expect(after.landed, 'a promotion by name settles it').toMatchObject([
      { environment: 'dev', to: '1.1.0' },
    ]);
  });

  it('tells from a record that history was rewritten, on a machine that kept nothing', async () => {
    const scene = makeScene();
    const commit = scene.release('1.0.0');
    scene.workspace.tag(
      'prod/docs@1.0.0',
      commit,
      `docs 1.0.0 in prod\n\nLanewise-Commit: ${'1'.repeat(40)}`,
    );
    const state = await scene.observe();
    expect([...state.rewritten.keys()]).toEqual(['prod']);
    expect(state.requests).toEqual([]);
  });

  it('passes over records that are forged as far as that can be told', async () => {
    const scene = makeScene();
    const commit = scene.release('1.0.0');
    await scene.run(ready);
    const record = (landed: string) => `forged\n\nLanewise-Commit: ${landed}`;
    const elsewhere = scene.gitops.commit({ 'x.txt': 'x' }, 'no promotion', { branch: 'side' });
    scene.workspace.tag('dev/docs@1.0.0', commit, record('1'.repeat(40)));
    scene.workspace.tag('prod/docs@1.0.0', commit, record(elsewhere));
    const other = scene.workspace.commit({ 'y.txt': 'y' }, 'other');
    scene.workspace.tag('staging/docs@1.0.0', other, record('2'.repeat(40)));
    scene.workspace.tag('staging/docs@7.0.0', commit, record('3'.repeat(40)));
    expect([...(await scene.observe()).rewritten.keys()]).toEqual([]);
  });

  it('follows a request tagged on the release tag to its commit', async () => {
    const scene = makeScene();
    scene.release('1.0.0');
    scene.workspace.git(
      '-c',
      'user.name=Dev',
      '-c',
      'user.email=dev@example.com',
      'tag',
      '-a',
      '-m',
      'please',
      'prod/docs@1.0.0',
      'docs@1.0.0',
    );
    const state = await scene.observe();
    expect(state.requests).toMatchObject([
      { name: 'prod/docs@1.0.0', commit: state.book.all[0]?.commit },
    ]);
  });

  it('pushes commit and record as one where the workspace holds the manifests', async () => {
    const scene = makeScene(true);
    scene.release('1.0.0');
    const named: PromotionRequest = {
      kind: 'name',
      promotions: [
        { product: 'docs' as ProductName, version: '1.0.0', images: null, builtFrom: null },
      ],
      to: 'prod',
      force: [
        { gate: 'after', reason: 'first' },
        { gate: 'soak', reason: 'first' },
      ],
      reason: 'first',
      again: false,
    };
    const result = await scene.run(named);
    expect(result.records).toEqual(['prod/docs@1.0.0']);
    const message = scene.workspace.git('cat-file', '-p', 'refs/tags/prod/docs@1.0.0');
    expect(message).toContain(
      `Lanewise-Commit: ${scene.workspace.git('rev-parse', 'main').trim()}`,
    );
    const again = await scene.run(named);
    expect(again.landed).toEqual([]);
    expect(again.exitCode).toBe(0);
  });

  it('reports a branch that takes no push, and writes nothing', async () => {
    const scene = makeScene();
    scene.release('1.0.0');
    scene.gitops.hook('pre-receive', 'echo protected >&2; exit 1');
    const before = [...scene.gitops.refs()];
    const result = await scene.run(ready);
    expect(result.failed).toMatchObject([
      { environment: 'dev', error: { code: 'REMOTE_REFUSED' } },
    ]);
    expect(result.exitCode).toBe(1);
    expect([...scene.gitops.refs()]).toEqual(before);
  });
});

function findFiles(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
