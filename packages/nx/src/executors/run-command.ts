import { spawn } from 'node:child_process';
import { findCommand } from './find-command.js';

export interface CommandRun {
  readonly exitCode: number;
}

/**
 * Runs `lanewise` in a process of its own, without a shell, in the workspace's root. What it prints
 * is the task's output. A signal that ends the task ends the command, which then leaves nothing half done.
 */
export function runCommand(args: readonly string[], workspaceRoot: string): Promise<CommandRun> {
  const program = findCommand(workspaceRoot);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: workspaceRoot,
      env: withoutTask(process.env),
      stdio: ['ignore', 'inherit', 'inherit'],
      windowsHide: true,
    });
    const pass = (signal: NodeJS.Signals): void => {
      child.kill(signal);
    };
    const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, pass);
    const done = (): void => {
      for (const signal of signals) process.off(signal, pass);
    };
    child.on('error', (error) => {
      done();
      reject(error);
    });
    child.on('close', (code) => {
      done();
      resolve({ exitCode: code ?? 130 });
    });
  });
}

/** Variables by which Nx tells a task what it is. Lanewise asks Nx itself, and must not look like a part of that task. */
const taskOnly =
  /^(?:NX_TASK_.*|NX_TERMINAL_OUTPUT_PATH|NX_FORKED_TASK_EXECUTOR|NX_INVOKED_BY_RUNNER|NX_STREAM_OUTPUT|NX_PREFIX_OUTPUT|NX_CLI_SET|NX_SET_CLI|LERNA_PACKAGE_NAME)$/;

/** The environment as it was before Nx made a task of the command. */
export function withoutTask(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !taskOnly.test(name)));
}
