import { makeMemoryRemote, type RemoteCall } from '@lanewise/testing';
import { branchRef, type CommitId } from '@lanewise/model';
import { describe, expect, it } from 'vitest';
import { reuseFetches, type Repository } from '@lanewise/git';

function setUp(): {
  repository: Repository;
  calls: RemoteCall[];
  commit: (text: string) => CommitId;
} {
  const remote = makeMemoryRemote();
  const commit = (text: string): CommitId => remote.commit({ 'a.txt': text });
  const first = commit('one');
  remote.tag('docs@1.0.0', first);
  const calls: RemoteCall[] = [];
  const opened = remote.open({
    beforeEffect: async (call: RemoteCall) => {
      calls.push(call);
    },
  });
  return { repository: reuseFetches(opened), calls, commit };
}

const main = branchRef('main');

describe('fetches of one command', () => {
  it('are one where a later one asks for no more', async () => {
    const { repository, calls } = setUp();
    await repository.fetch({ refs: [main, 'refs/tags/'], depth: 'history' });
    const narrow = await repository.fetch({ refs: ['refs/tags/docs@*'], depth: 'tip' });
    expect([...narrow.refs.keys()]).toEqual(['refs/tags/docs@1.0.0']);
    expect(calls).toEqual(['fetch']);
  });

  it('are put together from several, also from one that is still under way', async () => {
    const { repository, calls } = setUp();
    const ahead = [
      repository.fetch({ refs: [main], depth: 'tip' }),
      repository.fetch({ refs: ['refs/tags/docs@*'], depth: 'tip' }),
    ];
    const both = await repository.fetch({ refs: [main, 'refs/tags/docs@*'], depth: 'tip' });
    await Promise.all(ahead);
    expect(both.refs.size).toBe(2);
    expect(calls).toEqual(['fetch', 'fetch']);
  });

  it('ask again for what was not asked for', async () => {
    const { repository, calls } = setUp();
    await repository.fetch({ refs: [main], depth: 'tip' });
    await repository.fetch({ refs: [main, 'refs/tags/'], depth: 'tip' });
    expect(calls).toEqual(['fetch', 'fetch']);
  });

  it('see one moment of the remote until something is published, and a new one after that', async () => {
    const { repository, commit } = setUp();
    const before = await repository.fetch({ refs: [main], depth: 'tip' });
    const moved = commit('two');
    expect(await repository.fetch({ refs: [main], depth: 'tip' })).toEqual(before);
    const outcome = await repository.publish([
      { ref: main, expected: before.refs.get(main) ?? null, to: null },
    ]);
    expect(outcome.kind).toBe('moved');
    const after = await repository.fetch({ refs: [main], depth: 'tip' });
    expect(after.refs.get(main)).toBe(moved);
  });
});
