import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listWorkTree } from '@lanewise/git';
import { makeWorld, type World } from '@lanewise/testing';

let world: World;
beforeEach(() => {
  world = makeWorld();
});
afterEach(() => world.dispose());

it('a work tree has its tracked and new files, whatever their names, and none that git ignores', async () => {
  const remote = world.makeRemote();
  remote.commit({ '.gitignore': 'dist\n', 'a/*.json': '{}', 'a/naïve "x".json': '{}' }, 'begin');
  const { root } = world.clone(remote);
  mkdirSync(join(root, 'dist'));
  writeFileSync(join(root, 'dist/b.json'), '{}');
  writeFileSync(join(root, 'new.json'), '{}');
  const files = await listWorkTree(root, world.environment);
  expect([...files].sort()).toEqual(['.gitignore', 'a/*.json', 'a/naïve "x".json', 'new.json']);
});

it('a folder that is no work tree is refused with what git says', async () => {
  await expect(listWorkTree(world.directory, world.environment)).rejects.toMatchObject({
    code: 'GIT_FAILED',
  });
});
