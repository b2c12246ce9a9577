/**
 * What a finished command says to its caller: 0 done or nothing to do, 1 failed, 2 wrong usage or
 * configuration, 3 held by a gate, 4 drift or verification found something, 5 lost a race too
 * often, 130 interrupted.
 */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 130;

/** Every error code with the exit code it ends a command with. Codes are stable: scripts read them. */
const exitCodes = {
  // configuration and usage
  CONFIG_MISSING: 2,
  CONFIG_INVALID: 2,
  CONFIG_COLLISION: 2,
  CONFIG_ESCAPES_ROOT: 2,
  USAGE: 2,
  NAME_INVALID: 2,
  PRODUCT_UNKNOWN: 2,
  ENVIRONMENT_UNKNOWN: 2,
  NOT_YET: 2,
  // git
  NOT_A_REPOSITORY: 2,
  REF_UNKNOWN: 1,
  OBJECT_MISSING: 1,
  REMOTE_UNREACHABLE: 1,
  REMOTE_CREDENTIALS: 1,
  REMOTE_REFUSED: 1,
  REMOTE_MOVED: 5,
  SIGNING_CONFIGURED: 2,
  GIT_FAILED: 1,
  DISK_FULL: 1,
  HISTORY_REWRITTEN: 1,
  REF_BLOCKED: 1,
  // graph
  GRAPH_FAILED: 1,
  GRAPH_INVALID: 2,
  PROJECT_UNKNOWN: 2,
  NX_MISSING: 2,
  // manifests
  PIN_MISSING: 1,
  PIN_AMBIGUOUS: 1,
  PIN_REFUSED: 1,
  PIN_UNREADABLE: 1,
  EDIT_UNSAFE: 1,
  IMAGE_INVALID: 2,
  // release
  RECORD_INVALID: 1,
  RELEASE_UNKNOWN: 1,
  NOT_ON_RELEASE_BRANCH: 1,
  NO_RELEASES: 1,
  BASE_LOST: 1,
  TREE_DIRTY: 1,
  TOO_MANY_AFFECTED: 1,
  BUILD_FAILED: 1,
  IMAGE_NOT_TOLD: 1,
  IMAGE_UNEXPECTED: 1,
  // promotion
  HELD: 3,
  PROMOTION_REFUSED: 1,
  REQUEST_INVALID: 2,
  PLAN_STALE: 1,
  PLAN_INVALID: 2,
  // looking
  FOUND: 4,
  INTERRUPTED: 130,
  INTERNAL: 1,
} as const satisfies Record<string, ExitCode>;

export type ErrorCode = keyof typeof exitCodes;

/** The exit code a command ends with when it stops on this error. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  return exitCodes[code];
}

const worstFirst: readonly ExitCode[] = [130, 2, 1, 5, 3, 4, 0];

/** The exit code of several results: the worst, in the order 1, 5, 3, 0 (usage and interruption before all). */
export function worstExitCode(codes: readonly ExitCode[]): ExitCode {
  return worstFirst.find((code) => codes.includes(code)) ?? 0;
}
