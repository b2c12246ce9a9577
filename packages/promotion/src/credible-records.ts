import type { Repository } from '@lanewise/git';
import { isLanewiseError, type CommitId } from '@lanewise/model';
import type { ReleaseBook } from '@lanewise/release';
import type { Cell, CellKey } from './cell.js';
import type { RecordTag } from './observe-tags.js';
import { everRan } from './past.js';
import { readTrailers } from './trailers.js';

type Store = Pick<Repository, 'fetchCommits' | 'readCommits'>;

interface Known {
  readonly cells: ReadonlyMap<CellKey, Cell>;
  readonly book: ReleaseBook;
}

/**
 * Records that may speak of a past that was lost. No record makes anything land; one that names a
 * commit outside the branch's history is the only trace of rewritten history on a machine that kept
 * nothing, so it makes automation wait. Anybody who may push tags can forge that, so those that say
 * nothing of the kind are passed over: a tag that is not on its release's commit, a release that the
 * history shows there anyway, and a commit that can be read and is no promotion of that release. For
 * a commit that is nowhere to be found the careful answer stays: what it did cannot be told.
 */
export async function credibleRecords(
  gitops: Store,
  records: readonly RecordTag[],
  known: Known,
): Promise<readonly RecordTag[]> {
  const open = records.filter((record) => isOpen(record, known));
  const answers = await Promise.all(open.map((record) => saysSo(gitops, record)));
  return open.filter((_, index) => answers[index]);
}

/** Whether the tag names a release that the environment's history does not show. */
function isOpen({ target, product, version, commit }: RecordTag, known: Known): boolean {
  const cell = [...known.cells.values()].find((one) => one.product === product);
  if (cell === undefined) return true;
  const release = known.book.releases(product).find((one) => one.version === version);
  if (release === undefined || release.commit !== commit) return false;
  // promotions record themselves by environment, never by group
  const there = known.cells.get(`${target}/${product}`);
  return there !== undefined && !everRan(there.history, release);
}

async function saysSo(
  gitops: Store,
  { target, product, version, landed }: RecordTag,
): Promise<boolean> {
  const message = await messageOf(gitops, landed);
  if (message === null) return true;
  const { Product = [], Environment = [], To = [] } = readTrailers(message);
  return Product[0] === product && Environment[0] === target && To[0] === version;
}

async function messageOf(gitops: Store, commit: CommitId): Promise<string | null> {
  try {
    // it may stand on another branch: only the remote can say that it is nowhere
    await gitops.fetchCommits([commit], 'tip');
    return (await gitops.readCommits([commit])).get(commit)?.message ?? null;
  } catch (error) {
    if (isLanewiseError(error)) return null;
    throw error;
  }
}
