import { run } from './run.js';
import { processShell } from './shell.js';

/** Runs the process's command line and ends the process with its exit code. */
export async function main(): Promise<void> {
  quietBrokenPipes();
  endOnInterrupt();
  const exitCode = await run(process.argv.slice(2), processShell());
  process.exitCode = exitCode;
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit(exitCode);
}

/** A reader that has enough (`lanewise status | head -1`) is no error. */
function quietBrokenPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
      throw error;
    });
  }
}

/** What was begun is completed by the next run, so nothing has to be undone here. */
function endOnInterrupt(): void {
  process.once('SIGINT', () => {
    process.stderr.write('\nInterrupted. Run the command again: it completes what was begun.\n');
    process.exit(130);
  });
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => {
      resolve();
    });
  });
}
