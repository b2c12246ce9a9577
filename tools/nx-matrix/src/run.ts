import { spawn } from 'node:child_process';

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, as a person sees them. */
  readonly output: string;
}

/** Runs a program to its end, in an environment that holds nothing of the person's. */
export function run(program: string, args: readonly string[], folder: string): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...ownSettings(folder), ...npmSettings(), ...nxSettings },
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ exitCode: code ?? 1, stdout, stderr, output: stdout + stderr });
    });
  });
}

/** As `run`, and throws with all that was said where the program fails; gives its standard output. */
export async function must(
  program: string,
  args: readonly string[],
  folder: string,
): Promise<string> {
  const { exitCode, stdout, output } = await run(program, args, folder);
  if (exitCode === 0) return stdout;
  throw new Error(`'${program} ${args.join(' ')}' ended with ${exitCode}.\n${output}`);
}

function ownSettings(folder: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: folder,
    TZ: 'UTC',
    LC_ALL: 'C',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Dev',
    GIT_AUTHOR_EMAIL: 'dev@example.com',
    GIT_COMMITTER_NAME: 'Dev',
    GIT_COMMITTER_EMAIL: 'dev@example.com',
    GIT_TERMINAL_PROMPT: '0',
    // Lanewise keeps its mirrors and graphs here.
    XDG_CACHE_HOME: `${folder}/.nx/home`,
  };
}

const nxSettings = {
  NX_DAEMON: 'false',
  NX_NO_CLOUD: 'true',
  NX_TUI: 'false',
  NX_INTERACTIVE: 'false',
  NX_VERBOSE_LOGGING: 'false',
  NO_COLOR: '1',
  CI: 'true',
};

/** Where packages come from and are kept is the machine's affair. */
function npmSettings(): NodeJS.ProcessEnv {
  const { HOME = '', npm_config_registry: registry } = process.env;
  return {
    npm_config_userconfig: `${HOME}/.npmrc`,
    npm_config_cache: process.env['npm_config_cache'] ?? `${HOME}/.npm`,
    ...(registry !== undefined && { npm_config_registry: registry }),
  };
}
