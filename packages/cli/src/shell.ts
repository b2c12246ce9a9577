import type { Timestamp } from '@lanewise/model';

/** The world of one run of the command: everything that a test replaces. */
export interface Shell {
  /** Writes to standard output and standard error. */
  readonly answer: (text: string) => void;
  readonly say: (text: string) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  /** Columns of the terminal on standard output and standard error; null where it is a pipe or file. */
  readonly answerColumns: number | null;
  readonly sayColumns: number | null;
  /** Whether a person can be asked. */
  readonly interactive: boolean;
  /** Asks a person and gives the line that was typed, trimmed; only where `interactive`. */
  readonly ask?: (question: string) => Promise<string>;
  /** All of standard input, for commands that take a stream of orders. */
  readonly readInput?: () => Promise<string>;
  readonly now: () => Timestamp;
  readonly random: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Milliseconds for measuring, from an arbitrary start. */
  readonly clock: () => number;
}

/** The process's own world. */
export function processShell(): Shell {
  const { env, stdout, stderr, stdin } = process;
  return {
    answer: (text) => void stdout.write(text),
    say: (text) => void stderr.write(text),
    environment: env,
    directory: process.cwd(),
    answerColumns: stdout.isTTY ? stdout.columns : null,
    sayColumns: stderr.isTTY ? stderr.columns : null,
    interactive: stdin.isTTY && stdout.isTTY && !isSet(env['CI']),
    ask: askInTerminal,
    readInput: readStandardInput,
    now: () => Math.floor(Date.now() / 1000),
    random: Math.random,
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    clock: () => performance.now(),
  };
}

/**
 * Whether a stream shows colours: a terminal does unless NO_COLOR is set (no-color.org), a pipe
 * does if FORCE_COLOR asks for it.
 */
export function showsColour(
  environment: Readonly<Record<string, string | undefined>>,
  columns: number | null,
): boolean {
  if (isSet(environment['NO_COLOR']) || environment['TERM'] === 'dumb') return false;
  if (environment['FORCE_COLOR'] !== undefined) return environment['FORCE_COLOR'] !== '0';
  return columns !== null;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}

async function askInTerminal(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(question)).trim();
  } finally {
    lines.close();
  }
}

async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
