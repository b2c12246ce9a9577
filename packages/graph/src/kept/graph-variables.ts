import { byText } from '@lanewise/model';

/**
 * Variables that cannot change a graph: they belong to one terminal, one run of a CI, or one call
 * of a package manager. The same that Nx's daemon leaves out when it asks itself whether a graph
 * that it has still holds (Nx 23), without those that nobody sets where Lanewise runs. Leaving one
 * in costs a question to Nx; leaving one out that matters would be an error, so unknown ones count.
 */
const withoutMeaning = new Set(
  `_ SHLVL PWD OLDPWD INIT_CWD COLUMNS LINES TERM TERM_PROGRAM TERM_PROGRAM_VERSION COLORTERM COLOR
   COLORFGBG FORCE_COLOR NO_COLOR NODE_DISABLE_COLORS FORCE_HYPERLINK PAGER EDITOR VISUAL PROMPT
   TMPDIR DISPLAY WINDOWID VTE_VERSION WT_SESSION WT_PROFILE_ID TERMINAL_EMULATOR SHELL_SESSION_ID
   TERM_SESSION_ID XDG_SESSION_ID DBUS_SESSION_BUS_ADDRESS SECURITYSESSIONID SSH_AUTH_SOCK
   SSH_AGENT_PID GIT_ASKPASS GIT_EDITOR GIT_PAGER GIT_MERGE_AUTOEDIT FNM_MULTISHELL_PATH
   NX_WORKSPACE_ROOT_PATH NX_TASK_HASH NX_TASK_TARGET_PROJECT NX_TASK_TARGET_TARGET
   NX_TASK_TARGET_CONFIGURATION NX_TERMINAL_OUTPUT_PATH NX_STREAM_OUTPUT NX_PREFIX_OUTPUT
   NX_SKIP_NX_CACHE NX_CI_EXECUTION_ID NX_TUI NX_VERBOSE_LOGGING NX_PERF_LOGGING
   NX_NATIVE_LOGGING NX_INVOKED_BY_RUNNER NX_FORKED_TASK_EXECUTOR NX_CLI_SET NX_SET_CLI
   NX_DAEMON_PROCESS`.split(/\s+/),
);

const prefixesWithoutMeaning = [
  'GITHUB_',
  'RUNNER_',
  'CI_JOB_',
  'CI_PIPELINE_',
  'CIRCLE_',
  'JENKINS_',
  'BUILD_',
  'BUILDKITE_',
  'AGENT_',
  'SYSTEM_TASK',
  'npm_',
  'pnpm_',
  'NX_CLOUD_',
  'VSCODE_',
  'TMUX',
  'ITERM_',
  // Lanewise's own; what of them matters is in the key by itself.
  'LANEWISE_',
] as const;

/** The variables that a graph may depend on, with their values, in one order. */
export function variablesForGraph(
  environment: Readonly<Record<string, string | undefined>>,
): readonly (readonly [name: string, value: string])[] {
  return Object.entries(environment)
    .filter((entry): entry is [string, string] => entry[1] !== undefined && matters(entry[0]))
    .sort(([a], [b]) => byText(a, b));
}

function matters(name: string): boolean {
  if (withoutMeaning.has(name)) return false;
  return !prefixesWithoutMeaning.some((prefix) => name.startsWith(prefix));
}
