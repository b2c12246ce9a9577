import { execFile } from 'node:child_process';

/** How often it is looked again for what was started meanwhile. */
const mostLooks = 10;
const longestWaitMs = 1000;

/**
 * Ends a process and everything below it: the nx command it runs, plugin workers, and what plugins
 * started. Nx detaches its workers, and one that is busy for ever does not notice that its parent
 * is gone. All are stopped before one is ended: who runs on could start another, whose parent would
 * be gone then. A daemon is left alone: it serves others too.
 */
export async function endWithWorkers(pid: number): Promise<void> {
  const known = new Set([pid]);
  send(pid, 'SIGSTOP');
  for (let look = 0; look < mostLooks; look += 1) {
    const workers = workersUnder(known, await listProcesses());
    if (workers.length === 0) break;
    for (const worker of workers) {
      known.add(worker);
      send(worker, 'SIGSTOP');
    }
  }
  for (const one of known) send(one, 'SIGKILL');
  for (let waited = 0; waited < longestWaitMs && [...known].some(isThere); waited += 20)
    await new Promise((resolve) => setTimeout(resolve, 20));
}

interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Reads the output of `ps -A -o pid=,ppid=,args=`. */
function parseProcesses(output: string): RunningProcess[] {
  return output.split('\n').flatMap((line) => {
    const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}

/** All processes below some that are not among them, but a daemon of Nx and what it started. */
function workersUnder(
  known: ReadonlySet<number>,
  processes: readonly RunningProcess[],
): readonly number[] {
  const under = new Set(known);
  for (const above of under) {
    for (const { pid, parent, command } of processes)
      if (parent === above && !isDaemon(command)) under.add(pid);
  }
  return [...under].filter((pid) => !known.has(pid));
}

function isDaemon(command: string): boolean {
  return /[\\/]daemon[\\/]server[\\/]start/.test(command);
}

/** Without `ps` (Windows, small containers) only the child itself is ended. */
function listProcesses(): Promise<readonly RunningProcess[]> {
  return new Promise((resolve) => {
    execFile('ps', ['-A', '-o', 'pid=,ppid=,args='], { timeout: 10_000 }, (error, stdout) => {
      resolve(error === null ? parseProcesses(stdout) : []);
    });
  });
}

function send(pid: number, signal: 'SIGSTOP' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
