import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declaredGraph } from '@lanewise/graph';
import { parseConfig, type CommitId, type RepoPath } from '@lanewise/model';
import { readAffectedProjects } from '@lanewise/release';
import { makeWorld, type Remote, type World } from '@lanewise/testing';
import { config, files } from './workspace.js';

describe('affected projects between two commits', () => {
  const graph = declaredGraph(parseConfig(config, 'lanewise.yaml'));
  let world: World;
  let remote: Remote;
  let base: CommitId;
  beforeAll(() => {
    world = makeWorld();
    remote = world.makeRemote();
    base = remote.commit(files);
  });
  afterAll(() => world.dispose());

  const find = async (
    to: CommitId,
    workTree?: Parameters<typeof readAffectedProjects>[0]['workTree'],
  ) => {
    const repository = await world.open(remote);
    await repository.fetch({ refs: ['refs/heads/main'], depth: 'history' });
    const sources = { repository, graph, from: base, to };
    const answer = await readAffectedProjects(
      workTree === undefined ? sources : { ...sources, workTree },
    );
    return [answer.changedFiles, ...answer.projects.map(({ project }) => project)];
  };

  it('are read from their trees: what was changed and changed back is no change', async () => {
    const changed = remote.commit({ 'libs/shared/index.ts': 'new' });
    expect(await find(changed)).toEqual([1, 'api', 'docs', 'shared']);
    const back = remote.commit({ 'libs/shared/index.ts': 'shared' });
    expect(await find(back)).toEqual([0]);
  });

  it('count the work tree where it is given, with texts of files that count by content', async () => {
    const textOf = (path: RepoPath): string | null =>
      path === 'package.json' ? '{"overrides": {"deep": "2"}}' : null;
    const file = (path: string, deleted = false) => ({ path: path as RepoPath, deleted });
    expect(await find(base, { files: [file('apps/docs/index.md')], textOf })).toEqual([1, 'docs']);
    const all = ['api', 'api-client', 'docs', 'shared', 'web'];
    expect(await find(base, { files: [file('package.json')], textOf })).toEqual([1, ...all]);
    expect(await find(base, { files: [file('apps/old/project.json', true)], textOf })).toEqual([
      1,
      ...all,
    ]);
  });
});
