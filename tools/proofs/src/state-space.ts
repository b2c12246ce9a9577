/**
 * Goes through every order of the calls of several programs to what they share, with a crash of one
 * of them before every call, as a graph of states instead of a list of schedules: schedules that
 * meet in one state go on as one. How many there are is counted all the same.
 *
 * A program is a function of what its calls answered. So what it does next after the same answers
 * is found out once, by running it with the answers it was given, and remembered.
 */
export type Ask<World> = <Result>(
  name: string,
  perform: (world: World) => Promise<Result>,
) => Promise<Result>;

export type SharedProgram<World> = (ask: Ask<World>) => Promise<unknown>;

export interface Space<World> {
  readonly begin: World;
  readonly programs: readonly Behaviour<World>[];
  /** How many crashes a schedule may hold. */
  readonly crashes: number;
  readonly copy: (world: World) => World;
  /** Equal for worlds that are the same. */
  readonly describe: (world: World) => string;
  /** Called once for each end with its outcomes; throws where a promise is broken. */
  readonly check: (world: World, ends: readonly ProgramEnd[]) => Promise<void>;
}

export type ProgramEnd = 'done' | 'crashed';

export interface Counted {
  /** Orders of calls and crashes, each of which leads to an end that was checked. */
  readonly schedules: number;
  readonly states: number;
  readonly ends: number;
  readonly longest: number;
}

interface Call<World> {
  readonly name: string;
  readonly perform: (world: World) => Promise<unknown>;
}

/** What a program does after certain answers: its next call, or its end. */
interface Moment<World> {
  readonly number: number;
  readonly answers: readonly unknown[];
  readonly next: Call<World> | null;
  readonly error: unknown;
  readonly after: Map<string, Moment<World>>;
}

export interface Behaviour<World> {
  readonly first: () => Promise<Moment<World>>;
  readonly follow: (moment: Moment<World>, answer: unknown) => Promise<Moment<World>>;
}

/** A program whose doings are remembered. */
export function remember<World>(program: SharedProgram<World>): Behaviour<World> {
  let count = 0;
  let begin: Promise<Moment<World>> | undefined;
  const see = async (answers: readonly unknown[]): Promise<Moment<World>> => {
    const { next, error } = await runUntilUnknown(program, answers);
    return { number: (count += 1), answers, next, error, after: new Map() };
  };
  return {
    first: () => (begin ??= see([])),
    follow: async (moment, answer) => {
      const key = keyOf(answer);
      const known = moment.after.get(key);
      if (known !== undefined) return known;
      const found = await see([...moment.answers, answer]);
      moment.after.set(key, found);
      return found;
    },
  };
}

/** Runs a program with answers that are known, to the first call that has none yet, where it stays for ever. */
function runUntilUnknown<World>(
  program: SharedProgram<World>,
  answers: readonly unknown[],
): Promise<{ readonly next: Call<World> | null; readonly error: unknown }> {
  return new Promise((resolve) => {
    let asked = 0;
    const ask: Ask<World> = <Result>(
      name: string,
      perform: (world: World) => Promise<Result>,
    ): Promise<Result> => {
      const at = asked;
      asked += 1;
      if (at < answers.length) return Promise.resolve(answers[at] as Result);
      if (at === answers.length) resolve({ next: { name, perform }, error: null });
      return new Promise<Result>(() => undefined);
    };
    program(ask).then(
      () => resolve({ next: null, error: null }),
      (error: unknown) => resolve({ next: null, error }),
    );
  });
}

function keyOf(answer: unknown): string {
  return JSON.stringify(answer, (_, value: unknown) =>
    value instanceof Map ? [...(value as Map<string, unknown>)].sort() : value,
  );
}

interface State<World> {
  readonly world: World;
  readonly moments: readonly Moment<World>[];
  readonly crashed: readonly boolean[];
}

/** Goes through the whole space. An error is thrown again with the calls that led to it. */
export async function exploreStates<World>(space: Space<World>): Promise<Counted> {
  const known = new Map<string, number>();
  const ends = new Set<string>();
  const trace: string[] = [];
  let longest = 0;
  const count = async (state: State<World>): Promise<number> => {
    longest = Math.max(longest, trace.length);
    const key = describeState(space, state);
    const before = known.get(key);
    if (before !== undefined) return before;
    let schedules = 0;
    for (const index of waiting(state)) {
      const crashes = [false, ...(mayCrash(space, state) ? [true] : [])];
      for (const crash of crashes) {
        const name = state.moments[index]?.next?.name ?? '';
        trace.push(`${index}: ${crash ? 'crash before ' : ''}${name}`);
        schedules += await count(crash ? kill(state, index) : await step(space, state, index));
        trace.pop();
      }
    }
    if (schedules === 0) {
      schedules = 1;
      ends.add(key);
      await checkEnd(space, state, trace);
    }
    known.set(key, schedules);
    return schedules;
  };
  const moments = await Promise.all(space.programs.map((program) => program.first()));
  const crashed = moments.map(() => false);
  const schedules = await count({ world: space.begin, moments, crashed });
  return { schedules, states: known.size, ends: ends.size, longest };
}

/** Runs one program to its end, alone. */
export async function runAlone<World>(program: Behaviour<World>, world: World): Promise<void> {
  let moment = await program.first();
  while (moment.next !== null) {
    moment = await program.follow(moment, await moment.next.perform(world));
  }
  if (moment.error !== null) throw moment.error;
}

function waiting<World>({ moments, crashed }: State<World>): readonly number[] {
  return moments.flatMap(({ next }, index) =>
    next === null || crashed[index] === true ? [] : [index],
  );
}

function mayCrash<World>({ crashes }: Space<World>, { crashed }: State<World>): boolean {
  return crashed.filter(Boolean).length < crashes;
}

function kill<World>(state: State<World>, index: number): State<World> {
  return { ...state, crashed: state.crashed.map((was, at) => was || at === index) };
}

async function step<World>(
  space: Space<World>,
  state: State<World>,
  index: number,
): Promise<State<World>> {
  const moment = state.moments[index];
  const program = space.programs[index];
  const next = moment?.next ?? null;
  if (moment === undefined || next === null || program === undefined) return state;
  const world = space.copy(state.world);
  const reached = await program.follow(moment, await next.perform(world));
  return {
    ...state,
    world,
    moments: state.moments.map((was, at) => (at === index ? reached : was)),
  };
}

function describeState<World>(space: Space<World>, state: State<World>): string {
  const places = state.moments.map(({ number }, index) =>
    state.crashed[index] === true ? 'crashed' : number,
  );
  return `${places.join(' ')}\n${space.describe(state.world)}`;
}

async function checkEnd<World>(
  space: Space<World>,
  { world, moments, crashed }: State<World>,
  trace: readonly string[],
): Promise<void> {
  try {
    const failed = moments.find(({ error }) => error !== null);
    if (failed !== undefined) throw failed.error;
    const ends = crashed.map((was): ProgramEnd => (was ? 'crashed' : 'done'));
    await space.check(space.copy(world), ends);
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    throw new Error(`after the schedule\n  ${trace.join('\n  ')}\n${why}`, { cause: error });
  }
}
