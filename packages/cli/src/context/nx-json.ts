import { dirname, join } from 'node:path/posix';
import { LanewiseError, parseRepoPath, type RepoPath } from '@lanewise/model';

/** The nx.json that stands beside a configuration. */
export function nxJsonPath(configFile: RepoPath): RepoPath {
  return parseRepoPath(join(dirname(configFile), 'nx.json'));
}

/**
 * nx.json, parsed, where it says something of releases; null: there is none, or it does not. Throws
 * CONFIG_INVALID where it cannot be parsed: what releases are called may stand in it.
 */
export async function parseNxJson(text: string | null, file: string): Promise<unknown> {
  if (text === null || !text.includes('"release"')) return null;
  const { readJsonc } = await import('@lanewise/graph');
  try {
    return readJsonc(text);
  } catch (cause) {
    throw new LanewiseError('CONFIG_INVALID', `${file} is no valid JSON.`, {
      cause,
      place: { file },
      hint: "Its 'release' says what releases are called where lanewise.yaml does not. Mend it, then run the command again.",
    });
  }
}
