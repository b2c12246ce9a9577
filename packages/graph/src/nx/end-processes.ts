import { execFile } from 'node:child_process';

/**
 * Ends a process and everything below it: the nx command it runs, plugin workers, and what plugins
 * started. Nx detaches its workers, and one that is busy for ever does not notice that its parent
 * is gone. A daemon is left alone: it serves others too.
 */
export async function endWithWorkers(pid: number): Promise<void> {
  const workers = workersUnder(pid, await listProcesses());
  for (const worker of [pid, ...workers]) end(worker);
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

/** All processes below one, but a daemon of Nx and what it started. */
function workersUnder(root: number, processes: readonly RunningProcess[]): number[] {
  const under = new Set([root]);
  for (const known of under) {
    for (const { pid, parent, command } of processes)
      if (parent === known && !isDaemon(command)) under.add(pid);
  }
  under.delete(root);
  return [...under];
}

function isDaemon(command: string): boolean {
  return /[\\/]daemon[\\/]server[\\/]start/.test(command);
}

/** Without `ps` (Windows, small containers) only the child itself is ended. */
function listProcesses(): Promise<readonly RunningProcess[]> {
  return new Promise((resolve) => {
    execFile('ps', ['-A', '-o', 'pid=,ppid=,args='], { timeout: 2000 }, (error, stdout) => {
      resolve(error === null ? parseProcesses(stdout) : []);
    });
  });
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
