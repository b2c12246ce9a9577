import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld, type Clone, type World } from '@lanewise/testing';
import { runIn, variablesOf } from './run-in.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

describe("Lanewise's own repository", () => {
  let world: World;
  let clone: Clone;
  beforeAll(() => {
    world = makeWorld();
    world.git(world.directory, 'init', '-q', '--bare', '-b', 'main', 'own.git');
    const remote = join(world.directory, 'own.git');
    world.git(root, 'push', '-q', remote, 'HEAD:refs/heads/main');
    clone = world.clone(remote);
    symlinkSync(join(root, 'node_modules'), join(clone.root, 'node_modules'), 'junction');
  });
  afterAll(() => world.dispose());

  const answerTo = async (...args: string[]): Promise<Record<string, unknown>> => {
    const { exitCode, stdout, stderr } = await runIn(world, clone.root, [...args, '--json'], {
      environment: { ...variablesOf(world), PATH: process.env['PATH'] },
    });
    expect(exitCode, stderr).toBe(0);
    return JSON.parse(stdout) as Record<string, unknown>;
  };

  it('is in order', async () => {
    expect(await answerTo('verify')).toMatchObject({
      problems: 0,
      products: 1,
      environments: 3,
      pins: 3,
    });
  });

  it('has one product, the command, which is built from all rooms', async () => {
    const answer = await answerTo('graph', '--focus', 'lanewise');
    expect(answer['products']).toMatchObject([
      { name: 'lanewise', project: 'lanewise', affected: false },
    ]);
    const names = (answer['projects'] as { name: string }[]).map(({ name }) => name);
    for (const room of ['model', 'git', 'manifests', 'graph', 'release', 'promotion'])
      expect(names).toContain(`@lanewise/${room}`);
  });

  it('knows its three environments', async () => {
    const answer = await answerTo('status');
    expect(answer['environments']).toEqual(['dev', 'staging', 'prod']);
    expect(answer['cells']).toHaveLength(3);
  });
});
