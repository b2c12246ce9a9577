import { LanewiseError, type ObjectId, type RepoPath } from '@lanewise/model';
import { decodePath } from './path-text.js';
import { lastWords } from './failure.js';
import { normalMode, typeOfMode } from './parse-objects.js';
import type { FileChange, FileMode, TreeEntry } from './repository.js';
import { runGit } from './runner.js';
import type { Session } from './session.js';

/** All files of a tree, or those at or below some paths, in git's order. Throws OBJECT_MISSING. */
export async function listTree(
  session: Session,
  commit: ObjectId,
  options: readonly string[],
  below?: readonly RepoPath[],
): Promise<readonly TreeEntry[]> {
  if (below?.length === 0) return [];
  const limit = below === undefined || below.includes('' as RepoPath) ? [] : below;
  const result = await runGit(session.readerPlace, [
    'ls-tree',
    '-r',
    '-z',
    '--full-tree',
    ...options,
    commit,
    '--',
    ...limit,
  ]);
  if (result.code !== 0) throw unreadableTree(session, commit, result.stderr);
  return parseTreeList(result.stdout);
}

/** Parses `ls-tree -z`: `<mode> <type> <id>`, tab, path, NUL. */
export function parseTreeList(output: Buffer): readonly TreeEntry[] {
  const entries: TreeEntry[] = [];
  // One decoding for all names is by far the fastest; bytes that are no text need the careful way.
  const text = output.toString();
  if (text.includes('\ufffd')) return splitAtNul(output).map(parseTreeLine);
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\0', at);
    const tab = text.indexOf('\t', at);
    const first = text.indexOf(' ', at);
    const second = text.indexOf(' ', first + 1);
    const normal = normalMode(text.slice(at, first));
    entries.push({
      path: text.slice(tab + 1, end) as RepoPath,
      mode: normal,
      type: typeOfMode(normal),
      id: text.slice(second + 1, tab) as ObjectId,
    });
    at = end + 1;
  }
  return entries;
}

function parseTreeLine(line: Buffer): TreeEntry {
  const tab = line.indexOf('\t');
  const [mode = '', , id = ''] = line.toString('latin1', 0, tab).split(' ');
  const normal = normalMode(mode);
  const path = decodePath(line.subarray(tab + 1)) as RepoPath;
  return { path, mode: normal, type: typeOfMode(normal), id: id as ObjectId };
}

function splitAtNul(output: Buffer): readonly Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < output.length;) {
    const end = output.indexOf(0, at);
    parts.push(output.subarray(at, end));
    at = end + 1;
  }
  return parts;
}

/** Most bytes of paths that go into arguments; with more, everything is compared and the rest left out here. */
const longestPathArguments = 60_000;

/** Paths as arguments where they are few, and a test for what git then still gives too much. */
export function limitPaths(paths: readonly RepoPath[] | undefined): {
  readonly args: readonly string[];
  readonly wanted: (path: string) => boolean;
} {
  const all = { args: [], wanted: () => true };
  if (paths === undefined || paths.includes('' as RepoPath)) return all;
  const size = paths.reduce((sum, path) => sum + path.length + 1, 0);
  if (size <= longestPathArguments && paths.length > 0) return { args: paths, wanted: () => true };
  const wanted = new Set<string>(paths);
  return { args: [], wanted: (path) => ancestorsOf(path).some((folder) => wanted.has(folder)) };
}

function ancestorsOf(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** Files that differ between two trees. Throws OBJECT_MISSING. */
export async function diffTrees(
  session: Session,
  from: ObjectId,
  to: ObjectId,
  paths?: readonly RepoPath[],
): Promise<readonly FileChange[]> {
  const { args, wanted } = limitPaths(paths);
  const result = await runGit(session.readerPlace, [
    'diff-tree',
    '-r',
    '-z',
    '--raw',
    '--no-renames',
    '--no-abbrev',
    from,
    to,
    '--',
    ...args,
  ]);
  if (result.code !== 0) throw unreadableTree(session, to, result.stderr);
  const text = result.stdout.toString();
  const fields = text.includes('\ufffd')
    ? splitAtNul(result.stdout).map(decodePath)
    : text.split('\0');
  const changes: FileChange[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const change = parseRawChange(fields[index] ?? '', fields[index + 1] ?? '');
    if (wanted(change.path)) changes.push(change);
  }
  return changes;
}

/** One entry of git's raw diff format: `:<mode> <mode> <id> <id> <letter>` and its path. */
export function parseRawChange(meta: string, path: string, before = false): FileChange {
  const [, mode = '', , id = ''] = meta.split(' ');
  const deleted = mode === '000000';
  const change = {
    path: path as RepoPath,
    id: deleted ? null : (id as ObjectId),
    mode: deleted ? null : (mode as FileMode),
  };
  return before ? { ...change, before: parseBefore(meta) } : change;
}

/** What the first half of a raw entry says: mode and id of the file that stood there. */
function parseBefore(meta: string): NonNullable<FileChange['before']> | null {
  const [mode = '', , id = ''] = meta.slice(1).split(' ');
  return mode === '000000' ? null : { id: id as ObjectId, mode: mode as FileMode };
}

function unreadableTree(session: Session, commit: ObjectId, stderr: string): LanewiseError {
  return new LanewiseError(
    'OBJECT_MISSING',
    `The tree of ${commit} in ${session.name} could not be read: ${lastWords(stderr)}.`,
    {
      hint: 'The repository may have been rewritten; run the command again to read it anew.',
    },
  );
}
