import { describe, expect, it } from 'vitest';
import { exploreStates, remember, type Ask, type ProgramEnd } from '../src/state-space.js';

interface Counter {
  value: number;
}

const read = async (counter: Counter): Promise<number> => counter.value;

/** The classic lost update: read, then write what was read plus one. */
async function addCarelessly(ask: Ask<Counter>): Promise<void> {
  const value = await ask('read', read);
  await ask('write', async (counter) => {
    counter.value = value + 1;
    return null;
  });
}

async function addAtomically(ask: Ask<Counter>): Promise<void> {
  await ask('add', async (counter) => {
    counter.value += 1;
    return null;
  });
}

function space(
  program: typeof addCarelessly,
  crashes: number,
  check: (value: number, ends: readonly ProgramEnd[]) => void,
): Parameters<typeof exploreStates<Counter>>[0] {
  return {
    begin: { value: 0 },
    programs: [remember(program), remember(program)],
    crashes,
    copy: ({ value }) => ({ value }),
    describe: ({ value }) => String(value),
    check: async ({ value }, ends) => check(value, ends),
  };
}

describe('the space of states', () => {
  it('counts every order of the calls of two programs', async () => {
    const values = new Set<number>();
    const counted = await exploreStates(space(addCarelessly, 0, (value) => void values.add(value)));
    expect(counted).toMatchObject({ schedules: 6, longest: 4 });
    expect([...values].sort()).toEqual([1, 2]);
  });

  it('finds a lost update and says which order led to it', async () => {
    const lost = exploreStates(space(addCarelessly, 0, (value) => expect(value).toBe(2)));
    await expect(lost).rejects.toThrow(/0: read\n {2}1: read/);
  });

  it('crashes each program before each of its calls', async () => {
    const ends = new Set<string>();
    const note = (value: number, kinds: readonly ProgramEnd[]): void =>
      void ends.add(`${value} ${kinds.join()}`);
    const counted = await exploreStates(space(addAtomically, 1, note));
    // Each of the two orders as it is, with the first killed, and with the second killed.
    expect(counted.schedules).toBe(6);
    expect([...ends].sort()).toEqual(['1 crashed,done', '1 done,crashed', '2 done,done']);
  });

  it('learns what a program does after the same answers only once', async () => {
    let runs = 0;
    const counting = async (ask: Ask<Counter>): Promise<void> => {
      runs += 1;
      await addAtomically(ask);
    };
    const program = remember(counting);
    await exploreStates({
      ...space(addAtomically, 0, () => undefined),
      programs: [program, program],
    });
    expect(runs).toBe(2);
  });

  it('tells an error of a program with the calls that led to it', async () => {
    const failing = async (ask: Ask<Counter>): Promise<void> => {
      await addAtomically(ask);
      if ((await ask('read', read)) === 2) throw new Error('two is too many');
    };
    const failed = exploreStates(space(failing, 0, () => undefined));
    await expect(failed).rejects.toThrow(/1: add\n {2}1: read\n[\s\S]*two is too many/);
  });
});
