import { describe, expect, it } from 'vitest';
import { parseRefName, parseRepoPath, type CommitId } from '@lanewise/model';
import type { Repository } from '@lanewise/git';
import {
  isCrash,
  makeCrash,
  makeMemoryRemote,
  makeWorld,
  type RemoteCall,
} from '@lanewise/testing';

const main = parseRefName('refs/heads/main');

async function add(repository: Repository, file: string): Promise<string> {
  const tip = (await repository.fetch({ refs: [main], depth: 'tip' })).refs.get(main) as CommitId;
  const edits = [{ path: parseRepoPath(file), content: Buffer.from('x'), mode: '100644' as const }];
  const ids = await repository.write([
    {
      kind: 'commit',
      mark: 'c',
      parents: [tip],
      edits,
      message: file,
      author: { name: 'Dev', email: 'dev@example.com' },
      at: 1_767_230_000,
    },
  ]);
  return (await repository.publish([{ ref: main, expected: tip, to: ids.get('c') as CommitId }]))
    .kind;
}

describe('the remote in memory', () => {
  it('has the ids of real git for the same commits and tags', () => {
    const world = makeWorld();
    const real = world.makeRemote();
    const memory = makeMemoryRemote();
    const act = (remote: Pick<typeof memory, 'commit' | 'tag' | 'files' | 'log'>) => {
      const first = remote.commit(
        { 'a/b': '1', 'a.b': '2', 'a-b': { content: 'x', mode: '100755' } },
        'one',
      );
      const second = remote.commit({ 'a/b': null, 'ä/ö': 'ü' }, 'two\n');
      const merge = remote.commit({ m: '' }, 'merge', { parents: [second, first] });
      return [
        first,
        second,
        merge,
        remote.tag('t@1', merge, 'message'),
        remote.tag('light', first),
        remote.files(),
        remote.log().length,
      ];
    };
    const expected = act(memory);
    expect(expected.slice(0, -1)).toEqual(act(real).slice(0, -1));
    return world.dispose();
  });

  it('lets a scheduler interleave two runs, and the loser sees that the branch moved', async () => {
    const remote = makeMemoryRemote();
    remote.commit({ start: '' });
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const slow = add(
      remote.open({ beforeEffect: (call) => (call === 'publish' ? gate : undefined) }),
      'slow',
    );
    expect(await add(remote.open(), 'quick')).toBe('published');
    release();
    expect(await slow).toBe('moved');
    expect(Object.keys(remote.files())).toEqual(['quick', 'start']);
  });

  it.each(['beforeEffect', 'afterEffect'] as const)(
    'a crash in %s of a push leaves it undone or done',
    async (hook) => {
      const remote = makeMemoryRemote();
      remote.commit({ start: '' });
      const crash = (call: RemoteCall) => {
        if (call === 'publish') throw makeCrash();
      };
      const failure = await add(remote.open({ [hook]: crash }), 'file').catch(
        (cause: unknown) => cause,
      );
      expect(isCrash(failure)).toBe(true);
      expect(Object.keys(remote.files()).includes('file')).toBe(hook === 'afterEffect');
    },
  );

  it('goes its own way after clone, on both sides, however often', async () => {
    const remote = makeMemoryRemote();
    remote.commit({ start: '' });
    let copy = remote;
    for (let index = 0; index < 20; index += 1) {
      copy = copy.clone();
      await add(copy.open(), `f${index}`);
    }
    remote.commit({ other: '' });
    expect(Object.keys(copy.files()).length).toBe(21);
    expect(Object.keys(remote.files())).toEqual(['other', 'start']);
    expect(copy.describe()).not.toBe(remote.describe());
  });
});
