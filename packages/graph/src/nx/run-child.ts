import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { childProgram } from './child-program.js';
import { endWithWorkers } from './end-processes.js';

/** What the child process said before it ended, or was ended. */
export type ChildOutcome =
  | { readonly kind: 'answer'; readonly text: string }
  | { readonly kind: 'silent'; readonly exit: string; readonly output: string }
  | { readonly kind: 'timeout'; readonly output: string };

export interface ChildOptions {
  readonly root: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
}

const keptOutput = 16_384;

/** Runs the program in a process of its own and waits for its answer, at most `timeoutMs`. */
export function runChild(options: ChildOptions): Promise<ChildOutcome> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', childProgram, options.root], {
    cwd: options.root,
    // Nx looks for the workspace's root in this variable first; a parent's Nx may have set another.
    env: { ...options.environment, NX_WORKSPACE_ROOT_PATH: options.root },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  return new Promise((resolve) => {
    const output = keepTail(child);
    const chunks: Buffer[] = [];
    const settle = (outcome: ChildOutcome): void => {
      clearTimeout(timer);
      letGo(child);
      resolve(outcome);
    };
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      const { pid } = child;
      const ended = pid === undefined ? Promise.resolve() : endWithWorkers(pid);
      void ended.then(() => {
        settle({ kind: 'timeout', output: output() });
      });
    }, options.timeoutMs);
    const pipe = child.stdio[3] as Readable;
    pipe.on('error', () => undefined);
    pipe.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (chunk.at(-1) !== 0) return;
      settle({ kind: 'answer', text: Buffer.concat(chunks).subarray(0, -1).toString('utf8') });
    });
    child.on('error', (error) => {
      settle({ kind: 'silent', exit: error.message, output: output() });
    });
    child.on('exit', (code, signal) => {
      // Whoever was late is ended here, and that is what is told.
      if (isLate) return;
      const exit = signal === null ? `exit code ${String(code)}` : `signal ${signal}`;
      // What was written just before the end may still be in the pipe.
      setTimeout(() => {
        settle({ kind: 'silent', exit, output: output() });
      }, 100);
    });
  });
}

/** The last of what the child printed, both streams in the order of arrival. */
function keepTail(child: ChildProcess): () => string {
  let tail = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      tail = (tail + text).slice(-keptOutput);
    });
  }
  return () => tail;
}

/**
 * Lets go of the child: its pipes are closed, as a daemon behind it may hold their other ends. One
 * that has answered is about to end by itself, and is given the time to end its workers.
 */
function letGo(child: ChildProcess): void {
  for (const stream of child.stdio) stream?.destroy();
  child.removeAllListeners('exit');
  child.unref();
  const late = setTimeout(() => child.kill('SIGKILL'), 5000).unref();
  child.once('exit', () => {
    clearTimeout(late);
  });
}
