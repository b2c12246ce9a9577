import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { builtCommand } from '@lanewise/testing';

/** How a run of the command ended. */
export interface Ended {
  /** null: a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command as it is shipped, built from the sources as they are now. */
export interface Binary {
  run(
    directory: string,
    environment: Readonly<Record<string, string>>,
    args: readonly string[],
    kill?: Kill,
  ): Promise<Ended>;
}

/** SIGKILL some time after the start: to the command alone, or to every git that it started too; a server lives on. */
export interface Kill {
  readonly milliseconds: number;
  readonly whom: 'command' | 'all';
}

/** Builds the command, or takes what another test file has built of the same sources. */
export function buildBinary(): Binary {
  const program = builtCommand();
  return {
    run: (directory, environment, args, kill) =>
      runToEnd(process.execPath, [program, ...args], directory, environment, kill),
  };
}

function runToEnd(
  program: string,
  args: readonly string[],
  directory: string,
  environment: Readonly<Record<string, string>>,
  kill?: Kill,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], {
      cwd: directory,
      env: environment as NodeJS.ProcessEnv,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const timer =
      kill === undefined ? undefined : setTimeout(() => killNow(child, kill), kill.milliseconds);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    // `exit` and not `close`: a git that outlives its killed caller still holds the pipes.
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      const end = (): void => resolve({ code, signal, stdout, stderr });
      if (signal === null) child.on('close', end);
      else end();
    });
  });
}

function killNow(child: ChildProcess, { whom }: Kill): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  const started = whom === 'all' ? startedBy(child.pid) : [];
  for (const one of [child.pid, ...started]) {
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // It ended by itself in between.
    }
  }
}

/** Everything that a process started and what that started, but for the server's side of a push. On Linux. */
function startedBy(parent: number): readonly number[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const [, ppid] = /\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return [{ pid: Number(pid), ppid: Number(ppid), command }];
      } catch {
        return []; // It ended in between.
      }
    });
  const below = (from: number): readonly number[] =>
    all
      .filter(({ ppid, command }) => ppid === from && !command.includes('receive-pack'))
      .flatMap(({ pid }) => [pid, ...below(pid)]);
  return below(parent);
}
