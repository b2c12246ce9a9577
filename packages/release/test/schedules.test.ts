import { describe, expect, it } from 'vitest';
import { explore, type MemoryRemote } from '@lanewise/testing';
import type { CommitId } from '@lanewise/model';
import {
  effects,
  endings,
  everything,
  plan,
  release,
  releasedRemote,
  sourcesAt,
} from './workspace.js';
import { applyRelease } from '@lanewise/release';

interface Two {
  readonly remote: MemoryRemote;
  readonly older: CommitId;
  readonly newer: CommitId;
  /** Which commits an image name was built from. */
  readonly builds: Map<string, Set<CommitId>>;
}

function run(world: Two, head: CommitId, step: (name: string) => Promise<void>): Promise<unknown> {
  const repository = world.remote.open({ beforeEffect: (call) => step(call) });
  return applyRelease(
    sourcesAt(repository, head),
    everything,
    effects({
      build: async ({ image, commit }) => {
        await step('build');
        const name = image ?? '';
        world.builds.set(name, (world.builds.get(name) ?? new Set()).add(commit));
        return { kind: 'ok' };
      },
    }),
  );
}

/** What must hold however the runs were mixed and wherever one of them died. */
async function check({ remote, newer, builds }: Two): Promise<void> {
  for (const [image, commits] of builds) expect([image, commits.size]).toEqual([image, 1]);
  const outcome = await release(sourcesAt(remote.open(), newer));
  expect(outcome.exitCode).toBe(0);
  const rest = await plan(sourcesAt(remote.open(), newer));
  expect(rest.entries.map(({ kind }) => kind)).toEqual(['unaffected', 'unaffected', 'unaffected']);
  const repository = remote.open();
  const tags = [...remote.refs()].filter(([ref]) => ref.startsWith('refs/tags/docs@'));
  const read = await repository.readTags(tags.map(([, id]) => id));
  for (const [ref, id] of tags) {
    const target = read.get(id)?.target;
    const image = `registry.example.com/acme/docs:${ref.slice('refs/tags/docs@'.length)}`;
    const built = builds.get(image);
    // What was published under a version was built from the commit that its tag names.
    if (built !== undefined) expect([...built]).toEqual([target]);
  }
}

describe('releases that run at the same time', () => {
  it('never build one image name from two commits and always leave a state that heals', async () => {
    const begin = await releasedRemote();
    const explored = await explore<Two>({
      make: () => {
        const remote = begin.clone();
        const older = remote.commit({ 'apps/docs/index.md': '2' }, 'fix: one');
        const newer = remote.commit({ 'apps/docs/index.md': '3' }, 'fix: two');
        return { remote, older, newer, builds: new Map() };
      },
      programs: [
        (world, step) => run(world, world.older, step),
        (world, step) => run(world, world.newer, step),
      ],
      crashes: 1,
      commute: (one, other) => one !== 'publish' && other !== 'publish',
      limit: 150,
      check,
    });
    expect(explored.schedules).toBeGreaterThan(100);
  });

  it('at one commit publish each version once, and leave no reservation', async () => {
    const begin = await releasedRemote();
    const explored = await explore<Two>({
      make: () => {
        const remote = begin.clone();
        const newer = remote.commit({ 'apps/docs/index.md': '3' }, 'fix: two');
        return { remote, older: newer, newer, builds: new Map() };
      },
      programs: [
        (world, step) => run(world, world.newer, step),
        (world, step) => run(world, world.newer, step),
      ],
      crashes: 1,
      commute: (one, other) => one !== 'publish' && other !== 'publish',
      limit: 1500,
      check: async (world) => {
        await check(world);
        expect([...world.remote.refs().keys()].filter((ref) => /docs@|reserved/.test(ref))).toEqual(
          ['refs/tags/docs@1.0.0', 'refs/tags/docs@1.0.1'],
        );
      },
    });
    expect(explored.schedules).toBeGreaterThan(50);
  });

  it('killed after any effect and run again end as if nothing had happened', async () => {
    const begin = await releasedRemote();
    const undisturbed = begin.clone();
    const change = (remote: MemoryRemote): CommitId =>
      remote.commit({ 'libs/shared/index.ts': '2' }, 'feat: shared');
    endings(await release(sourcesAt(undisturbed.open(), change(undisturbed))));
    const expected = undisturbed.describe();
    const explored = await explore<{ remote: MemoryRemote; head: CommitId }>({
      make: () => {
        const remote = begin.clone();
        return { remote, head: change(remote) };
      },
      programs: [
        (world, step) =>
          release(
            sourcesAt(world.remote.open({ beforeEffect: step, afterEffect: step }), world.head),
          ),
      ],
      crashes: 1,
      limit: 500,
      check: async ({ remote, head }) => {
        await release(sourcesAt(remote.open(), head));
        expect(remote.describe()).toBe(expected);
      },
    });
    expect(explored.complete).toBe(true);
  });
});
