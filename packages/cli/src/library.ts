import { run } from './run.js';
import { processShell } from './shell.js';
import type {
  AffectedAnswer,
  AffectedOptions,
  AffectedProjectsAnswer,
  LanewiseAnswer,
  LanewiseFailure,
  LibraryOptions,
  ProjectsOptions,
  WhyAnswer,
} from './library-answers.js';

export type * from './library-answers.js';

/**
 * Runs a command line in this process and gives its answer as data: what `--json` prints, by the
 * schema that the answer names. Nothing is printed and no exit code is set; what the command would
 * have said on standard error comes along as text.
 *
 * An answer may have an exit code that is not 0 (3: a gate holds what was asked by name). A command
 * that cannot answer throws a LanewiseFailure, with a code for programs and a hint for people.
 */
export async function lanewise<T extends LanewiseAnswer = LanewiseAnswer>(
  commandLine: readonly string[],
  options: LibraryOptions = {},
): Promise<T> {
  let printed = '';
  let said = '';
  const { GITHUB_OUTPUT: _outputs, GITHUB_STEP_SUMMARY: _summary, ...own } = process.env;
  const exitCode = await run(['--json', ...commandLine], {
    ...processShell(),
    answer: (text) => (printed += text),
    say: (text) => (said += text),
    environment: { ...(options.environment ?? own), NO_COLOR: '1' },
    directory: options.directory ?? process.cwd(),
    answerColumns: null,
    sayColumns: null,
    interactive: false,
  });
  const answer = parseAnswer(printed, commandLine);
  if (answer['schema'] === 'lanewise.dev/error/1') throw failure(answer);
  return { ...answer, exitCode, said } as T;
}

/** What changed since its own last release, product by product. */
export function affected(options: AffectedOptions = {}): Promise<AffectedAnswer> {
  const { products = [], explain, first, graph } = options;
  return lanewise<AffectedAnswer>(
    [
      'affected',
      ...(explain === true ? ['--explain'] : []),
      ...(first === true ? ['--first'] : []),
      ...(graph === undefined ? [] : [`--graph=${graph}`]),
      '--',
      ...products,
    ],
    options,
  );
}

/** The projects that changed since one commit, as `nx affected` finds them, with the way to each. */
export function affectedProjects(options: ProjectsOptions): Promise<AffectedProjectsAnswer> {
  const { base, head, graph } = options;
  return lanewise<AffectedProjectsAnswer>(
    [
      'affected',
      '--projects',
      `--base=${base}`,
      ...(head === undefined ? [] : [`--head=${head}`]),
      ...(graph === undefined ? [] : [`--graph=${graph}`]),
    ],
    options,
  );
}

/** Why a product is affected, with every file and commit; or what shows that it is not. */
export function why(product: string, options: AffectedOptions = {}): Promise<WhyAnswer> {
  const graph = options.graph === undefined ? [] : [`--graph=${options.graph}`];
  return lanewise<WhyAnswer>(['why', ...graph, '--', product], options);
}

/** Tells a command that could not answer from any other error. */
export function isLanewiseFailure(error: unknown): error is LanewiseFailure {
  return error instanceof Error && 'code' in error && 'hint' in error && 'exitCode' in error;
}

function parseAnswer(printed: string, commandLine: readonly string[]): Record<string, unknown> {
  try {
    return JSON.parse(printed) as Record<string, unknown>;
  } catch (cause) {
    const words = commandLine.join(' ');
    throw new TypeError(`'lanewise ${words}' answers in no JSON: ask a command.`, { cause });
  }
}

function failure(answer: Record<string, unknown>): LanewiseFailure {
  const { exitCode, error } = answer as unknown as {
    readonly exitCode: number;
    readonly error: Omit<LanewiseFailure, 'exitCode'>;
  };
  const { code, message, hint, place } = error;
  return Object.assign(new Error(message), { code, hint, place, exitCode });
}
