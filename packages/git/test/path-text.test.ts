import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld, type World } from '@lanewise/testing';
import type { Repository } from '@lanewise/git';
import type { CommitId, RepoPath } from '@lanewise/model';

/** Names as fast-import reads them, and what they become. */
const names = [
  ['a/bytes-\\377', 'a/bytes-\udcff'],
  ['a/bytes-\\376', 'a/bytes-\udcfe'],
  ['a/cut-\\342\\230', 'a/cut-\udce2\udc98'],
  ['a/surrogate-\\355\\262\\200', 'a/surrogate-\udced\udcb2\udc80'],
  ['a/replacement-\\357\\277\\275', 'a/replacement-\ufffd'],
  ['a/snow-\\342\\230\\203', 'a/snow-☃'],
  ['a/face-\\360\\237\\230\\200', 'a/face-😀'],
  ['a/line\\nbreak', 'a/line\nbreak'],
] as const;

describe('paths that are no text', () => {
  let world: World;
  let repository: Repository;
  let commits: readonly CommitId[];
  beforeAll(async () => {
    world = makeWorld();
    const remote = world.makeRemote();
    const commit = (content: string): string =>
      `commit refs/heads/main\ncommitter Dev <dev@example.com> 1767300000 +0000\ndata 1\nx\n${names
        .map(([name]) => `M 644 inline "${name}"\ndata 1\n${content}\n`)
        .join('')}\n`;
    const first = `${commit('1')}`;
    const input = first + commit('2');
    execFileSync('git', ['-C', remote.path, 'fast-import', '--quiet'], {
      input,
      env: world.environment,
    });
    commits = remote.git('rev-list', '--reverse', 'main').trim().split('\n') as CommitId[];
    repository = await world.open(remote);
    await repository.fetch({ refs: ['refs/heads/main'], depth: 'history' });
  });
  afterAll(() => world.dispose());

  const expected = names.map(([, path]) => path).sort();

  it('are listed, compared and walked by one name each, whatever way they are read', async () => {
    const [before, after] = commits as [CommitId, CommitId];
    const listed = await repository.listFiles(after);
    expect(listed.map(({ path }) => path as string).sort()).toEqual(expected);
    const diffs = await repository.diffTrees(before, after);
    expect(diffs.map(({ path }) => path as string).sort()).toEqual(expected);
    const read = await repository.readCommits([before, after]);
    const treeOf = (commit: CommitId) => read.get(commit)?.tree ?? null;
    const [pair] = await repository.diffTreePairs([{ from: treeOf(before), to: treeOf(after) }]);
    expect(pair?.map(({ path }) => path as string).sort()).toEqual(expected);
    for await (const { changes } of repository.readHistory({ tip: after, firstParent: true }))
      expect(changes.map(({ path }) => path as string).sort()).toEqual(expected);
  });

  it('are found again by these names', async () => {
    const commit = commits[1] as CommitId;
    const paths = names.map(([, path]) => ({ commit, path: path as string as RepoPath }));
    const found = await repository.readEntries(paths);
    expect(found.map((entry) => entry?.path)).toEqual(paths.map(({ path }) => path));
    const missing = await repository.readEntries([
      { commit, path: 'a/bytes-\udcfd' as string as RepoPath },
    ]);
    expect(missing).toEqual([undefined]);
  });
});
