import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Repository } from '@lanewise/git';
import { isLanewiseError, type CommitId, type RefName } from '@lanewise/model';
import { readKept, writeKept } from './kept-file.js';

type Store = Pick<Repository, 'cacheDirectory' | 'readAncestry'>;

/** A file name for what is kept of a branch. */
export function keptName(what: string, branch: RefName): string {
  return `promotion-${what}-${createHash('sha256').update(branch).digest('hex').slice(0, 12)}.json`;
}

/** Keeps the tip that was published: if it is ever no ancestor any more, history was rewritten. */
export async function keepSeenTip(
  { cacheDirectory }: Store,
  branch: RefName,
  tip: CommitId,
): Promise<void> {
  if (cacheDirectory === null) return;
  await writeKept(join(cacheDirectory, keptName('tip', branch)), { tip });
}

/** The tip that was published last from here; null: none, or it is not known any more. */
export async function readSeenTip(
  { cacheDirectory }: Store,
  branch: RefName,
): Promise<CommitId | null> {
  if (cacheDirectory === null) return null;
  const kept = await readKept(join(cacheDirectory, keptName('tip', branch)));
  const tip = (kept as { tip?: unknown } | null)?.tip;
  return typeof tip === 'string' ? (tip as CommitId) : null;
}

/** Whether a commit is in the history of another. One that is nowhere to be found is not. */
export async function isAncestor(
  repository: Pick<Repository, 'readAncestry'>,
  newer: CommitId,
  older: CommitId,
): Promise<boolean> {
  if (newer === older) return true;
  try {
    return (await repository.readAncestry([newer, older])).contains(newer, older);
  } catch (error) {
    if (isLanewiseError(error, 'OBJECT_MISSING')) return false;
    throw error;
  }
}
