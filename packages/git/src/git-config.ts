import { LanewiseError, type ErrorCode } from '@lanewise/model';
import type { GitPlace } from './runner.js';
import { runOrdinary } from './ordinary.js';

export interface ConfigEntry {
  readonly scope: string;
  /** Section and key in small letters, the subsection between them as written. */
  readonly key: string;
  /** null: the key stands there without `=`, which git reads as true. */
  readonly value: string | null;
}

/** Git's configuration as it is in force at a place: later entries win. */
export type GitConfig = readonly ConfigEntry[];

/** Reads all of git's configuration in one process. Throws GIT_FAILED where git cannot read it. */
export async function readConfig(place: GitPlace): Promise<GitConfig> {
  const result = await runOrdinary(place, ['config', '--list', '--show-scope', '-z']);
  if (result.code !== 0) {
    throw new LanewiseError(
      'GIT_FAILED',
      `git cannot read its configuration: ${result.stderr.trim()}.`,
    );
  }
  return parseConfig(result.stdout);
}

/** Parses `git config --list --show-scope -z`: scope, NUL, key, newline, value, NUL. */
export function parseConfig(text: string): GitConfig {
  const fields = text.split('\0');
  const entries: ConfigEntry[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const entry = fields[index + 1] ?? '';
    const end = entry.indexOf('\n');
    const key = end < 0 ? entry : entry.slice(0, end);
    entries.push({ scope: fields[index] ?? '', key, value: end < 0 ? null : entry.slice(end + 1) });
  }
  return entries;
}

/**
 * What of a configuration read at one place is in force at every other: all but the repository's
 * own. Null where it cannot be told, as parts are included by place.
 */
export function configElsewhere(config: GitConfig): GitConfig | null {
  if (config.length === 0 || config.some(({ key }) => key.startsWith('includeif.'))) return null;
  return config.filter(({ scope }) => scope !== 'local' && scope !== 'worktree');
}

/** The last value of a key; undefined where it is not set, '' where it has no value. */
export function configValue(config: GitConfig, key: string): string | undefined {
  const entry = config.findLast((candidate) => candidate.key === key);
  return entry === undefined ? undefined : (entry.value ?? '');
}

/** A key as git reads booleans: no value, `true`, `yes`, `on` and numbers but 0 are true. */
export function configFlag(config: GitConfig, key: string): boolean {
  const entry = config.findLast((candidate) => candidate.key === key);
  if (entry === undefined) return false;
  if (entry.value === null) return true;
  const value = entry.value.toLowerCase();
  return /^(?:true|yes|on)$/.test(value) || (/^-?\d+$/.test(value) && Number(value) !== 0);
}

const signing = [
  ['commit.gpgsign', 'commit.gpgSign'],
  ['tag.gpgsign', 'tag.gpgSign'],
  ['tag.forcesignannotated', 'tag.forceSignAnnotated'],
  ['push.gpgsign', 'push.gpgSign'],
] as const;

/**
 * Refuses where the user's git signs what it writes: Lanewise cannot sign yet, and never writes
 * unsigned what somebody decided to have signed. Throws SIGNING_CONFIGURED.
 */
export function refuseSigning(config: GitConfig): void {
  const found = signing.find(([key]) => configFlag(config, key));
  if (found === undefined) return;
  const code: ErrorCode = 'SIGNING_CONFIGURED';
  throw new LanewiseError(
    code,
    `git is configured to sign (${found[1]} is true), which Lanewise does not do yet; nothing was written.`,
    {
      hint: `To write unsigned for this one command, run it with GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=${found[1]} GIT_CONFIG_VALUE_0=false in front.`,
    },
  );
}
