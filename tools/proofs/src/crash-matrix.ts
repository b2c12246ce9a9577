import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeKillingGit, type Remote } from '@lanewise/testing';
import { expect } from 'vitest';
import type { Ended } from './binary.js';
import { told, type Estate } from './estate.js';
import { normalForm } from './normal-form.js';

export interface Crashes {
  /** Outside effects of the undisturbed run, each of which was a place to die at. */
  readonly effects: readonly string[];
  readonly kills: number;
}

export interface CrashQuestion {
  readonly estate: Estate;
  readonly args: readonly string[];
}

const tooMany = 60;

/**
 * Runs a command undisturbed; then, each time from the same beginning, kills it after its first
 * effect and runs it again, kills it after its second and runs it again, and so on. However it
 * died, the second run must come to what the undisturbed one came to, and a third must do nothing. All
 * of them but the killed end with exit code 0.
 */
export async function crashEverywhere(question: CrashQuestion): Promise<Crashes> {
  const { estate, args } = question;
  const remotes: readonly Remote[] = [...new Set([estate.mono, estate.deploy])];
  const home = mkdtempSync(join(tmpdir(), 'lanewise-killing-'));
  const git = makeKillingGit(home);
  const run = (killAfter: number): Promise<Ended> =>
    estate.runIn(git.environment(estate.environment, killAfter), ...args);
  const again = async (what: string): Promise<void> => {
    const ended = await run(0);
    if (ended.code !== 0) {
      throw new Error(
        `${what}: lanewise ${args.join(' ')} ended with ${ended.code}\n${told(ended)}`,
      );
    }
  };
  try {
    estate.keep();
    await again('undisturbed');
    const effects = git.effects();
    const expected = normalForm(remotes);
    await again('once more');
    expect(normalForm(remotes)).toBe(expected);
    for (let n = 1; ; n++) {
      estate.restore();
      const killed = await run(n);
      if (killed.signal === null && git.effects().length < n) {
        expect(normalForm(remotes)).toBe(expected);
        return { effects, kills: n - 1 };
      }
      const killedAfterPush = git.effects()[n - 1] === 'push';
      const where = `killed after effect ${n} (${git.effects().join(', ')})`;
      expect(killed.signal, `${where}\n${told(killed)}`).toBe('SIGKILL');
      await again(where);
      expect(normalForm(remotes), where).toBe(expected);
      // What is the same outside was asked about before; a cache that was left behind is looked at here.
      if (killedAfterPush) {
        const refs = estate.refs();
        await again(`${where}, run a third time`);
        expect(estate.refs(), where).toBe(refs);
      }
      if (n === tooMany) throw new Error(`More than ${tooMany} effects: does it ever end?`);
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/**
 * Kills a command at moments drawn at random, whatever it does then, each time from the same
 * beginning: alone, as when memory runs out, and with all that it started, as when the power goes.
 * The run after it must end well and come to what an undisturbed one comes to. A run that was over
 * before its moment is judged as well and does not count: how fast a machine is proves nothing.
 */
export async function crashAnywhere(
  { estate, args }: CrashQuestion,
  kills: number,
  random: () => number,
): Promise<void> {
  const remotes: readonly Remote[] = [...new Set([estate.mono, estate.deploy])];
  estate.keep();
  let length = await timed(async () => {
    const undisturbed = await estate.run(...args);
    expect(undisturbed.code, told(undisturbed)).toBe(0);
  });
  const expected = normalForm(remotes);
  for (let n = 0; n < kills;) {
    estate.restore();
    const kill = {
      milliseconds: random() * length,
      whom: n % 2 === 0 ? 'command' : 'all',
    } as const;
    const killed = await estate.runKilled(kill, ...args);
    if (killed.signal === null) length *= 0.8;
    else n += 1;
    const where = `kill ${n}, of ${kill.whom} after ${kill.milliseconds.toFixed(1)} ms`;
    const healed = await estate.run(...args);
    expect(healed.code, `${where}\n${told(healed)}`).toBe(0);
    expect(normalForm(remotes), where).toBe(expected);
  }
}

async function timed(run: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}
