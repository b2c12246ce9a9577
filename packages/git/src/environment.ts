/** Environment variables as a value. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Variables by which a caller's git (a hook, `git rebase --exec`, an alias) points its children at
 * its own repository: `git rev-parse --local-env-vars` without the configuration, and those that
 * change what a path on the command line means.
 */
const foreign = new Set([
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_ATTR_SOURCE',
  'GIT_COMMON_DIR',
  'GIT_CONFIG',
  'GIT_DEFAULT_HASH',
  'GIT_DEFAULT_REF_FORMAT',
  'GIT_DIR',
  'GIT_GLOB_PATHSPECS',
  'GIT_GRAFT_FILE',
  'GIT_ICASE_PATHSPECS',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_LITERAL_PATHSPECS',
  'GIT_NAMESPACE',
  'GIT_NOGLOB_PATHSPECS',
  'GIT_NO_REPLACE_OBJECTS',
  'GIT_OBJECT_DIRECTORY',
  'GIT_PREFIX',
  'GIT_QUARANTINE_PATH',
  'GIT_REPLACE_REF_BASE',
  'GIT_SHALLOW_FILE',
  'GIT_WORK_TREE',
]);

/**
 * The environment for git: what the caller has, without what points at another repository, with
 * one language for messages and no question on the terminal. The user's and the system's
 * configuration (credentials, proxies, certificates) stays in force.
 */
export function gitEnvironment(environment: Environment): Environment {
  const kept = Object.entries(environment).filter(([name]) => !foreign.has(name.toUpperCase()));
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C',
    LANGUAGE: '',
    GIT_TERMINAL_PROMPT: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_DEFAULT_REF_FORMAT: 'files',
  };
}

/**
 * Adds configuration to an environment, behind what is there: `GIT_CONFIG_COUNT`, `_KEY_n`,
 * `_VALUE_n` (git-config(1)). So secrets stand neither in an argument, which every user of the
 * machine can read, nor in a file.
 */
export function withConfig(
  environment: Environment,
  entries: readonly (readonly [key: string, value: string])[],
): Environment {
  if (entries.length === 0) return environment;
  const before = Number.parseInt(environment['GIT_CONFIG_COUNT'] ?? '0', 10) || 0;
  const added: Record<string, string> = { GIT_CONFIG_COUNT: String(before + entries.length) };
  entries.forEach(([key, value], index) => {
    added[`GIT_CONFIG_KEY_${before + index}`] = key;
    added[`GIT_CONFIG_VALUE_${before + index}`] = value;
  });
  return { ...environment, ...added };
}
