import { describe, expect, it } from 'vitest';
import { explore, type Step } from '../src/explore.js';

interface Counter {
  value: number;
}

/** The classic lost update: read, then write what was read plus one. */
async function addCarelessly(counter: Counter, step: Step): Promise<void> {
  await step('read');
  const { value } = counter;
  await step('write');
  counter.value = value + 1;
}

async function addAtomically(counter: Counter, step: Step): Promise<void> {
  await step('add');
  counter.value++;
}

describe('the explorer', () => {
  it('sees every order of the steps of two programs', async () => {
    const traces = new Set<string>();
    const explored = await explore<Counter>({
      make: () => ({ value: 0 }),
      programs: [addCarelessly, addCarelessly],
      crashes: 0,
      check: (_world, { trace }) => void traces.add(trace.join()),
      limit: 100,
    });
    expect(explored).toEqual({ schedules: 6, complete: true, longest: 4 });
    expect(traces.size).toBe(6);
  });

  it('finds a lost update and says which order led to it', async () => {
    const lost = explore<Counter>({
      make: () => ({ value: 0 }),
      programs: [addCarelessly, addCarelessly],
      crashes: 0,
      check: ({ value }) => expect(value).toBe(2),
      limit: 100,
    });
    await expect(lost).rejects.toThrow(/0: read\n {2}1: read/);
  });

  it('crashes each program before each of its steps', async () => {
    const ends = new Set<string>();
    await explore<Counter>({
      make: () => ({ value: 0 }),
      programs: [addAtomically, addAtomically],
      crashes: 1,
      check: ({ value }, { outcomes }) =>
        void ends.add(`${value} ${outcomes.map(({ kind }) => kind).join()}`),
      limit: 100,
    });
    expect([...ends].sort()).toEqual(['1 crashed,done', '1 done,crashed', '2 done,done']);
  });

  it('runs one of the orders of steps that commute, and still finds every end', async () => {
    const explored = await explore<Counter>({
      make: () => ({ value: 0 }),
      programs: [addCarelessly, addCarelessly],
      crashes: 0,
      check: ({ value }) => expect([1, 2]).toContain(value),
      commute: (one, other) => one === 'read' && other === 'read',
      limit: 100,
    });
    expect(explored.schedules).toBe(4);
    const lost = explore<Counter>({
      make: () => ({ value: 0 }),
      programs: [addCarelessly, addCarelessly],
      crashes: 0,
      check: ({ value }) => expect(value).toBe(2),
      commute: (one, other) => one === 'read' && other === 'read',
      limit: 100,
    });
    await expect(lost).rejects.toThrow(/0: read\n {2}1: read/);
  });

  it('grants the steps that a program asks for at once in their order', async () => {
    const both = async (counter: Counter, step: Step): Promise<void> => {
      await Promise.all([addAtomically(counter, step), addAtomically(counter, step)]);
    };
    const explored = await explore<Counter>({
      make: () => ({ value: 0 }),
      programs: [both, addAtomically],
      crashes: 0,
      check: ({ value }) => expect(value).toBe(3),
      limit: 100,
    });
    expect(explored).toEqual({ schedules: 3, complete: true, longest: 3 });
  });

  it('leaves a schedule as soon as it can only repeat another', async () => {
    const readOnce = async ({ value }: Counter, step: Step): Promise<number> => {
      await step('read');
      return value;
    };
    const explored = await explore<Counter>({
      make: () => ({ value: 0 }),
      programs: [readOnce, readOnce],
      crashes: 0,
      check: (_world, { outcomes }) =>
        expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'done']),
      commute: () => true,
      limit: 100,
    });
    expect(explored).toEqual({ schedules: 1, complete: true, longest: 2 });
  });
});
