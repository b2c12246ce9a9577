/**
 * Runs several programs against one shared world in every possible order of their outside
 * effects, with a crash of one of them at every possible point: stateless model checking. Each
 * schedule starts from a fresh world and follows a list of choices; the next schedule changes the
 * last choice that has an alternative left.
 *
 * A program calls its `step` before every effect or observation that the others could notice and
 * goes on when the scheduler lets it. A crashed program simply never goes on: like a process that
 * was killed, it runs no `catch` and no `finally`.
 */
export type Step = (name: string) => Promise<void>;

export interface Exploration<World> {
  readonly make: () => World;
  readonly programs: readonly ((world: World, step: Step) => Promise<unknown>)[];
  /** How many crashes a schedule may hold. */
  readonly crashes: number;
  /** Called at the end of each schedule with the trace; throws where a promise is broken. */
  readonly check: (world: World, end: ScheduleEnd) => Promise<void> | void;
  /** Stop after so many schedules; the rest is reported as not explored. */
  readonly limit: number;
}

export interface ScheduleEnd {
  /** What happened in order, such as `0: publish` or `1: crash before publish`. */
  readonly trace: readonly string[];
  /** How each program ended: its value, its error, or that it crashed. */
  readonly outcomes: readonly Outcome[];
}

export type Outcome =
  | { readonly kind: 'done'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'crashed' };

export interface Explored {
  readonly schedules: number;
  /** False where `limit` ended the search before all schedules were seen. */
  readonly complete: boolean;
  readonly longest: number;
}

/** Explores all schedules, depth first. An error of `check` is thrown again with the trace that led to it. */
export async function explore<World>(exploration: Exploration<World>): Promise<Explored> {
  let choices: number[] = [];
  let schedules = 0;
  let longest = 0;
  for (;;) {
    const taken = await runSchedule(exploration, choices);
    schedules++;
    longest = Math.max(longest, taken.length);
    const next = nextChoices(taken);
    if (next === null) return { schedules, complete: true, longest };
    if (schedules >= exploration.limit) return { schedules, complete: false, longest };
    choices = next;
  }
}

interface Choice {
  readonly picked: number;
  readonly of: number;
}

function nextChoices(taken: readonly Choice[]): number[] | null {
  for (let at = taken.length - 1; at >= 0; at--) {
    const choice = taken[at];
    if (choice !== undefined && choice.picked + 1 < choice.of) {
      return [...taken.slice(0, at).map(({ picked }) => picked), choice.picked + 1];
    }
  }
  return null;
}

interface Running {
  waiting: { readonly name: string; readonly go: () => void } | null;
  outcome: Outcome | null;
}

async function runSchedule<World>(
  { make, programs, crashes, check }: Exploration<World>,
  choices: readonly number[],
): Promise<readonly Choice[]> {
  const world = make();
  const settled = makeSignal();
  const running = programs.map((program) => start(program, world, settled.notify));
  const taken: Choice[] = [];
  const trace: string[] = [];
  let crashesLeft = crashes;
  for (;;) {
    await settled.until(() => running.every((one) => one.waiting !== null || one.outcome !== null));
    const waiting = running.flatMap((one, index) => (one.waiting === null ? [] : [{ one, index }]));
    if (waiting.length === 0) break;
    const options = waiting.length * (crashesLeft > 0 ? 2 : 1);
    const picked = choices[taken.length] ?? 0;
    taken.push({ picked, of: options });
    const chosen = waiting[picked % waiting.length];
    if (chosen === undefined) break;
    const isCrash = picked >= waiting.length;
    trace.push(
      `${chosen.index}: ${isCrash ? 'crash before ' : ''}${chosen.one.waiting?.name ?? ''}`,
    );
    if (isCrash) {
      crashesLeft--;
      chosen.one.waiting = null;
      chosen.one.outcome = { kind: 'crashed' };
    } else proceed(chosen.one);
  }
  const outcomes = running.map(({ outcome }) => outcome ?? { kind: 'crashed' as const });
  try {
    await check(world, { trace, outcomes });
  } catch (error) {
    throw new Error(`after the schedule\n  ${trace.join('\n  ')}\n${describe(error)}`, {
      cause: error,
    });
  }
  return taken;
}

function start<World>(
  program: (world: World, step: Step) => Promise<unknown>,
  world: World,
  notify: () => void,
): Running {
  const running: Running = { waiting: null, outcome: null };
  const step: Step = (name) =>
    new Promise<void>((go) => {
      running.waiting = { name, go };
      notify();
    });
  program(world, step).then(
    (value) => {
      running.outcome = { kind: 'done', value };
      notify();
    },
    (error: unknown) => {
      running.outcome = { kind: 'failed', error };
      notify();
    },
  );
  return running;
}

function proceed(running: Running): void {
  const { waiting } = running;
  running.waiting = null;
  waiting?.go();
}

function makeSignal(): { notify: () => void; until: (isTrue: () => boolean) => Promise<void> } {
  let wake: (() => void) | null = null;
  return {
    notify: () => wake?.(),
    until: async (isTrue) => {
      while (!isTrue()) await new Promise<void>((resolve) => (wake = resolve));
      wake = null;
    },
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
