import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { LanewiseError } from '@lanewise/model';
import type { Environment } from './environment.js';

/** One git process that ended, for `--verbose`: arguments without credentials, and how long it took. */
export interface GitCommand {
  readonly args: readonly string[];
  readonly milliseconds: number;
  /** The exit code; null where a signal ended it. */
  readonly code: number | null;
}

/** Where a git process runs, and in which environment: everything that its arguments do not say. */
export interface GitPlace {
  readonly directory: string;
  readonly environment: Environment;
  /** `-c` settings before the command. */
  readonly settings: readonly string[];
  readonly onCommand?: ((command: GitCommand) => void) | undefined;
  readonly now: () => number;
}

export interface GitResult {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string | Uint8Array | AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** Most bytes of output that are taken; more is an error. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

const defaultLimit = 512 * 1024 * 1024;
const longestComplaint = 64 * 1024;

/**
 * Runs git once with something on standard input, or with output that is not text: what
 * simple-git cannot do. No shell: arguments are a vector. Gives the exit code, and throws
 * GIT_FAILED only where git cannot be started or says more than `limit`.
 */
export async function runGit(
  place: GitPlace,
  args: readonly string[],
  options: RunOptions = {},
): Promise<GitResult> {
  const child = startGit(place, args, options.signal);
  const limit = options.limit ?? defaultLimit;
  const chunks: Buffer[] = [];
  let size = 0;
  child.process.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) child.process.kill('SIGKILL');
    else chunks.push(chunk);
  });
  const [ended] = await Promise.all([child.ended, feed(child.process, options.input)]);
  if (size > limit)
    throw new LanewiseError('GIT_FAILED', `git ${args[0] ?? ''} gave more than ${limit} bytes.`);
  return { code: ended.code, stdout: Buffer.concat(chunks), stderr: ended.stderr };
}

export interface StreamResult {
  readonly output: AsyncIterable<Buffer>;
  /** Resolves when the process has ended and its output is closed. */
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

/**
 * Runs git and gives its output as it comes; the process waits while nobody reads (backpressure)
 * and ends when the reader leaves early.
 */
export function streamGit(
  place: GitPlace,
  args: readonly string[],
  options: RunOptions = {},
): StreamResult {
  const child = startGit(place, args, options.signal);
  const feeding = feed(child.process, options.input);
  const ended = Promise.all([child.ended, feeding]).then(([result]) => result);
  ended.catch(() => undefined);
  return { output: readUntilLeft(child.process), ended };
}

async function* readUntilLeft(child: ChildProcessWithoutNullStreams): AsyncIterable<Buffer> {
  try {
    for await (const chunk of child.stdout) yield chunk as Buffer;
  } finally {
    if (child.exitCode === null) child.kill('SIGKILL');
  }
}

export interface StartedGit {
  readonly process: ChildProcessWithoutNullStreams;
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

/** Starts git; the caller reads and writes its streams. Its complaints are kept, cut at 64 KiB. */
export function startGit(
  place: GitPlace,
  args: readonly string[],
  signal?: AbortSignal,
): StartedGit {
  const began = place.now();
  const child = spawn('git', [...place.settings, ...args], {
    cwd: place.directory,
    env: place.environment as NodeJS.ProcessEnv,
    stdio: 'pipe',
    windowsHide: true,
    ...(signal && { signal }),
  });
  let stderr = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    if (stderr.length < longestComplaint) stderr += text;
  });
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve, reject) => {
    child.on('error', (cause) => reject(notStarted(args, cause)));
    child.on('close', (code) => {
      place.onCommand?.({ args, milliseconds: place.now() - began, code });
      resolve({ code, stderr });
    });
  });
  ended.catch(() => undefined);
  return { process: child, ended };
}

function notStarted(args: readonly string[], cause: Error & { code?: string }): LanewiseError {
  const hint =
    cause.code === 'ENOENT'
      ? 'Install git 2.39 or newer, and see that it is on the PATH.'
      : undefined;
  return new LanewiseError(
    'GIT_FAILED',
    `git ${args[0] ?? ''} could not be run: ${cause.message}.`,
    { hint, cause },
  );
}

async function feed(
  child: ChildProcessWithoutNullStreams,
  input: RunOptions['input'],
): Promise<void> {
  // A process that ends before it has read everything breaks the pipe; its exit code tells why.
  child.stdin.on('error', () => undefined);
  if (input === undefined || typeof input === 'string' || input instanceof Uint8Array) {
    child.stdin.end(input);
    return;
  }
  for await (const chunk of input) {
    if (child.stdin.destroyed || child.exitCode !== null) break;
    if (!child.stdin.write(chunk)) await drained(child);
  }
  child.stdin.end();
}

function drained(child: ChildProcessWithoutNullStreams): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      child.stdin.off('drain', done);
      child.off('close', done);
      resolve();
    };
    child.stdin.on('drain', done);
    child.on('close', done);
  });
}
