import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCheckout } from '@lanewise/git';
import { makeWorld, type Clone, type World } from '@lanewise/testing';

describe('the commits between which something changed', () => {
  let world: World;
  let clone: Clone;
  let common: string;
  const find = async (base: string, head = 'HEAD') =>
    (await openCheckout(clone.root, { environment: world.environment })).findRange(base, head);

  beforeAll(() => {
    world = makeWorld();
    const remote = world.makeRemote();
    common = remote.commit({ a: '1' });
    clone = world.clone(remote);
    clone.git('checkout', '-q', '-b', 'topic');
    clone.write({ b: '1' });
    clone.git('add', '-A');
    clone.git('commit', '-q', '-m', 'topic');
    remote.commit({ c: '1' });
    clone.git('fetch', '-q');
    clone.git('tag', '-a', '-m', 'one', 'v1', 'topic');
  });
  afterAll(() => world.dispose());

  it('begin where the histories part, so that what the base alone has is no change', async () => {
    const head = clone.git('rev-parse', 'HEAD').trim();
    expect(await find('origin/main')).toEqual({ from: common, to: head });
    expect(await find('HEAD')).toEqual({ from: head, to: head });
    expect(await find('HEAD~1', 'v1')).toEqual({ from: common, to: head });
  });

  it('begin at the base itself where the histories have nothing in common', async () => {
    clone.git('checkout', '-q', '--orphan', 'alone');
    clone.git('commit', '-q', '-m', 'alone');
    const alone = clone.git('rev-parse', 'HEAD').trim();
    clone.git('checkout', '-q', 'topic');
    expect((await find('alone')).from).toBe(alone);
  });

  it('are refused by name where the clone lacks them, and no name is read as an option', async () => {
    for (const name of ['nope', '--output=x', '-n', '', 'HEAD:a', 'HEAD..topic']) {
      await expect(find(name), name).rejects.toMatchObject({ code: 'REF_UNKNOWN' });
    }
  });
});
