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
  readonly make: () => World | Promise<World>;
  readonly programs: readonly ((world: World, step: Step) => Promise<unknown>)[];
  /** How many crashes a schedule may hold. */
  readonly crashes: number;
  /** Called at the end of each schedule with the trace; throws where a promise is broken. */
  readonly check: (world: World, end: ScheduleEnd) => Promise<void> | void;
  /** Stop after so many schedules; the rest is reported as not explored. */
  readonly limit: number;
  /**
   * Whether two steps of different programs come to the same in either order (both only read, or
   * they touch different things). Of schedules that differ only in the order of such neighbours
   * one is run: the others end in the same state. Absent: none do.
   */
  readonly commute?: (one: string, other: string) => boolean;
  /** Draws each choice (from 0 to below 1) instead of going through all; `limit` schedules are run. */
  readonly random?: () => number;
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
    const { taken, isRepeat } = await runSchedule(exploration, choices);
    if (!isRepeat) schedules++;
    longest = Math.max(longest, taken.length);
    const next = exploration.random === undefined ? nextChoices(taken) : [];
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

interface Waiting {
  readonly name: string;
  readonly go: () => void;
}

interface Running {
  /** Steps that the program waits for, in the order in which it asked. */
  readonly waiting: Waiting[];
  outcome: Outcome | null;
}

/** What can happen next: a program takes its step, or is killed before it. */
interface Option {
  readonly index: number;
  readonly kind: 'step' | 'crash';
  readonly name: string;
}

async function runSchedule<World>(
  exploration: Exploration<World>,
  choices: readonly number[],
): Promise<{ readonly taken: readonly Choice[]; readonly isRepeat: boolean }> {
  const { make, programs, crashes, check } = exploration;
  const world = await make();
  const settled = makeSignal();
  const running = programs.map((program) => start(program, world, settled.notify));
  const taken: Choice[] = [];
  const trace: string[] = [];
  let crashesLeft = crashes;
  let last: Option | null = null;
  for (;;) {
    await settled.until(() =>
      running.every((one) => one.waiting.length > 0 || one.outcome !== null),
    );
    const possible = optionsOf(running, crashesLeft > 0);
    if (possible.length === 0) break;
    const options = possible.filter((option) => isFirstOfItsKind(exploration, last, option));
    if (options.length === 0) return { taken, isRepeat: true };
    const { random } = exploration;
    const picked: number =
      random === undefined ? (choices[taken.length] ?? 0) : Math.floor(random() * options.length);
    taken.push({ picked, of: options.length });
    const option = options[picked];
    const chosen = option === undefined ? undefined : running[option.index];
    if (option === undefined || chosen === undefined) break;
    const { index, kind, name } = option;
    trace.push(`${index}: ${kind === 'crash' ? 'crash before ' : ''}${name}`);
    last = option;
    if (kind === 'crash') {
      crashesLeft--;
      chosen.waiting.length = 0;
      chosen.outcome = { kind: 'crashed' };
    } else chosen.waiting.shift()?.go();
  }
  const outcomes = running.map(({ outcome }) => outcome ?? { kind: 'crashed' as const });
  try {
    await check(world, { trace, outcomes });
  } catch (error) {
    throw new Error(`after the schedule\n  ${trace.join('\n  ')}\n${describe(error)}`, {
      cause: error,
    });
  }
  return { taken, isRepeat: false };
}

function optionsOf(running: readonly Running[], mayCrash: boolean): readonly Option[] {
  const steps = running.flatMap(({ waiting, outcome }, index): Option[] => {
    const [first] = waiting;
    return first === undefined || outcome !== null
      ? []
      : [{ index, kind: 'step', name: first.name }];
  });
  return mayCrash
    ? [...steps, ...steps.map((step) => ({ ...step, kind: 'crash' as const }))]
    : steps;
}

/**
 * Of two neighbours whose order does not matter the program with the lower number goes first: the
 * other order is left out. A crash touches nothing, so it goes with everything.
 */
function isFirstOfItsKind<World>(
  { commute, random }: Exploration<World>,
  last: Option | null,
  next: Option,
): boolean {
  if (commute === undefined || random !== undefined || last === null) return true;
  if (next.index >= last.index) return true;
  return !(last.kind === 'crash' || next.kind === 'crash' || commute(last.name, next.name));
}

function start<World>(
  program: (world: World, step: Step) => Promise<unknown>,
  world: World,
  notify: () => void,
): Running {
  const running: Running = { waiting: [], outcome: null };
  const step: Step = (name) =>
    new Promise<void>((go) => {
      if (running.outcome !== null) return;
      running.waiting.push({ name, go });
      notify();
    });
  program(world, step).then(
    (value) => {
      running.outcome ??= { kind: 'done', value };
      notify();
    },
    (error: unknown) => {
      running.outcome ??= { kind: 'failed', error };
      notify();
    },
  );
  return running;
}

function makeSignal(): { notify: () => void; until: (isTrue: () => boolean) => Promise<void> } {
  let wake: (() => void) | null = null;
  return {
    notify: () => wake?.(),
    until: async (isTrue) => {
      // What a step set going runs out first, so that schedules repeat exactly.
      await new Promise<void>((resolve) => void setImmediate(resolve));
      while (!isTrue()) await new Promise<void>((resolve) => (wake = resolve));
      wake = null;
    },
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
