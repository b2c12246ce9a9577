import type { World } from '@lanewise/testing';
import { run } from '../src/run.js';
import type { Shell } from '../src/shell.js';

/** What a command said, in one text that a snapshot can hold. */
export interface Said {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in a directory of a world: no terminal, the world's clock, no chance. */
export async function runIn(
  world: World,
  directory: string,
  args: readonly string[],
  options: Partial<Shell> = {},
): Promise<Said> {
  const said = { stdout: '', stderr: '' };
  const exitCode = await run([...args], {
    answer: (text) => (said.stdout += text),
    say: (text) => (said.stderr += text),
    directory,
    answerColumns: null,
    sayColumns: null,
    interactive: false,
    now: () => world.now,
    random: () => 0.5,
    sleep: () => Promise.resolve(),
    clock: () => performance.now(),
    environment: variablesOf(world),
    ...options,
  });
  return { exitCode, ...said };
}

/** The variables of a world, as commands see them. */
export function variablesOf(world: World): Readonly<Record<string, string>> {
  const { environment, cacheDirectory } = world;
  return { ...environment, LANEWISE_CACHE: cacheDirectory, NO_COLOR: '1', NX_DAEMON: 'false' };
}
