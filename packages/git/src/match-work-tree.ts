import { stat } from 'node:fs/promises';
import {
  LanewiseError,
  redactCredentials,
  show,
  type CommitId,
  type RepoPath,
} from '@lanewise/model';
import type { WorkTreeStatus } from './work-tree-status.js';
import { lastWords } from './failure.js';
import { runGit, type GitPlace, type GitResult } from './runner.js';

/** What the index tells of a work tree, without a look at its files. */
export interface IndexedFiles {
  /** A file that git was told to overlook, in words; null: there is none. */
  readonly overlooked: string | null;
  /**
   * Files that only rules outside the repository ignore (`core.excludesFile`): they are neither
   * HEAD's nor shown by git, yet programs that know only `.gitignore` read them.
   */
  readonly strays: readonly RepoPath[];
  /** Whether a file is in the index. */
  tracks(path: string): boolean;
}

/** How the work tree compares with HEAD's tree, for those who read files as if they were HEAD's. */
export interface WorkTreeMatch extends IndexedFiles {
  /** HEAD as it was when the work tree was looked at. */
  readonly head: CommitId | null;
  /** The first thing that makes the work tree differ from HEAD's tree, in words; null: nothing does. */
  readonly difference: string | null;
}

export interface IndexQuestion {
  readonly place: GitPlace;
  /** The file with the user's own ignore rules; null: there is none. */
  readonly excludesFile: string | null;
  /** `info/exclude` of the repository. */
  readonly excludeFile: string;
}

/**
 * Tells whether the work tree holds exactly HEAD's tree. What `git status` is told to overlook is
 * looked at too: files that are assumed to be unchanged, that a sparse checkout leaves out, and
 * changes inside submodules. Both parts may be under way already.
 */
export async function matchWorkTree(
  place: GitPlace,
  parts: { readonly status: Promise<WorkTreeStatus>; readonly indexed: Promise<IndexedFiles> },
): Promise<WorkTreeMatch> {
  const [status, indexed] = await Promise.all([parts.status, parts.indexed]);
  const inside = indexed.tracks('.gitmodules') ? await changedSubmodule(place) : undefined;
  const [shown] = [...status.staged, ...status.changed, ...status.untracked];
  const difference = inWords(shown) ?? indexed.overlooked ?? inWords(inside);
  return { ...indexed, head: status.head, difference };
}

/** Reads what the index tells, and the files that only rules outside the repository ignore. */
export async function readIndexed(question: IndexQuestion): Promise<IndexedFiles> {
  const { place } = question;
  const [index, strays] = await Promise.all([
    runGit(place, ['ls-files', '-v', '-z']),
    findStrays(question),
  ]);
  const files = mustWork(place, index, 'ls-files').stdout;
  return {
    overlooked: inWords(findOverlooked(files)),
    strays,
    tracks: (path) => files.includes(`\0H ${path}\0`) || files.indexOf(`H ${path}\0`) === 0,
  };
}

function inWords(path: string | undefined): string | null {
  return path === undefined ? null : `${show(path)} is not as HEAD has it`;
}

/** A file that git was told to assume unchanged, or that a sparse checkout leaves out: any letter but H. */
function findOverlooked(files: Buffer): string | undefined {
  // One search over all of it, as there may be many thousands.
  const found = /(?:^|\0)[^H]/.exec(files.toString('latin1'));
  if (found === null || files.length === 0) return undefined;
  const at = found.index + found[0].length + 1;
  return files.toString('utf8', at, files.indexOf(0, at));
}

async function changedSubmodule(place: GitPlace): Promise<string | undefined> {
  const args = ['status', '--porcelain', '-z', '--ignore-submodules=none', '--no-renames'];
  const { stdout } = mustWork(place, await runGit(place, args), 'status');
  return stdout.toString().split('\0')[0]?.slice(3) || undefined;
}

async function findStrays({
  place,
  excludesFile,
  excludeFile,
}: IndexQuestion): Promise<readonly RepoPath[]> {
  if (excludesFile === null || !(await hasText(excludesFile))) return [];
  const known = (await hasText(excludeFile)) ? [`--exclude-from=${excludeFile}`] : [];
  const args = ['ls-files', '--others', '--exclude-per-directory=.gitignore', ...known, '-z'];
  const { stdout } = mustWork(place, await runGit(place, args), 'ls-files');
  return stdout.toString().split('\0').filter(Boolean) as RepoPath[];
}

async function hasText(file: string): Promise<boolean> {
  return stat(file).then(
    ({ size }) => size > 0,
    () => false,
  );
}

function mustWork(place: GitPlace, result: GitResult, name: string): GitResult {
  if (result.code === 0) return result;
  throw new LanewiseError(
    'GIT_FAILED',
    `git ${name} failed in ${place.directory}: ${redactCredentials(lastWords(result.stderr))}.`,
  );
}
