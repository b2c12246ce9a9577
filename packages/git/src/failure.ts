import { LanewiseError, redactCredentials, type ErrorCode } from '@lanewise/model';

/** What made git fail, told from its words under `LC_ALL=C`: for errors to people, never to judge how a push ended. */
export type FailureKind = 'disk-full' | 'credentials' | 'unreachable' | 'read-only' | 'other';

const signs: readonly (readonly [FailureKind, RegExp])[] = [
  ['disk-full', /No space left on device|Disk quota exceeded|ENOSPC|EDQUOT/],
  [
    'credentials',
    /Authentication failed|could not read (?:Username|Password)|terminal prompts disabled|Permission denied \(|returned error: 40[13]|HTTP Basic: Access denied|Invalid username or (?:password|token)|Host key verification failed/,
  ],
  [
    'unreachable',
    /Could not resolve host|Connection (?:refused|timed out|reset|closed)|Failed to connect|Couldn't connect|unable to access|does not appear to be a git repository|repository .* (?:not found|does not exist)|Repository not found|Could not read from remote repository|remote end hung up|early EOF|RPC failed|unable to connect|Network is unreachable|No route to host|returned error: \d+|expected flush after|bad line length character|invalid server response|Operation timed out|unexpected disconnect|dubious ownership/i,
  ],
  ['read-only', /Read-only file system|Permission denied|EROFS|EACCES/],
];

/** Reads the kind of a failure from what git wrote on standard error. */
export function classifyFailure(stderr: string): FailureKind {
  return signs.find(([, sign]) => sign.test(stderr))?.[0] ?? 'other';
}

const codes: Readonly<Record<FailureKind, ErrorCode>> = {
  'disk-full': 'DISK_FULL',
  credentials: 'REMOTE_CREDENTIALS',
  unreachable: 'REMOTE_UNREACHABLE',
  'read-only': 'GIT_FAILED',
  other: 'GIT_FAILED',
};

const hints: Readonly<Record<FailureKind, string | undefined>> = {
  'disk-full':
    'Free some space, or point LANEWISE_CACHE at a disk that has it, and run the same command again.',
  credentials:
    "Set LANEWISE_GITOPS_TOKEN, or give git the credentials (git's credential helper, an SSH key), and try 'git ls-remote' with the same address.",
  unreachable:
    "Check the address and the network; 'git ls-remote' with the same address should work.",
  'read-only': undefined,
  other: undefined,
};

/** The error for a git command that failed: what was tried, git's own words, and what to do. */
export function gitFailure(
  what: string,
  stderr: string,
  secrets: readonly string[] = [],
): LanewiseError {
  const kind = classifyFailure(stderr);
  const words = lastWords(stderr, secrets);
  return new LanewiseError(
    codes[kind],
    `${what}: ${words === '' ? 'git gave no reason' : words}.`,
    {
      hint: hints[kind],
    },
  );
}

/** Git's words in one line without credentials, prefixes and advice. */
export function lastWords(stderr: string, secrets: readonly string[] = []): string {
  const lines = redactCredentials(stderr, secrets)
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter(
      (line) =>
        line !== '' &&
        !/^hint:/.test(line) &&
        !/^(?:Total|Enumerating|Counting|Compressing|Writing|Delta|POST git|From |To )/.test(line),
    );
  const told = lines.filter((line) => /^(?:fatal|error|remote):/.test(line));
  const chosen = told.length > 0 ? told : lines;
  return chosen
    .map((line) => line.replace(/^(?:fatal|error|remote): */, '').replace(/\.$/, ''))
    .filter((line) => line !== '')
    .slice(0, 6)
    .join('; ');
}
