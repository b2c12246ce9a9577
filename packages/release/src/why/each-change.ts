import type { FileChange, Repository } from '@lanewise/git';
import { isLanewiseError, type ObjectId, type RepoPath } from '@lanewise/model';
import type { TrailCommit } from './trail.js';

/** One file changed by one commit. */
export interface ListedChange {
  readonly commit: TrailCommit;
  readonly change: FileChange;
}

/** What the file was before and after; null: there was none, or it is too long to be a source. */
export interface Texts {
  readonly before: string | null;
  readonly after: string | null;
}

type Reader = Pick<Repository, 'readBlobs'>;

const atOnce = 200;
const largest = 1 << 20;

/** Said of commits where the remote does not give what stood in files before. */
export const unreadable = 'older versions of files are not in the repository';

/** The changes of wanted files by commits, in their order; merges bring what their branches tell. */
export function listChanges(
  commits: readonly TrailCommit[],
  wanted: (path: RepoPath) => boolean,
): readonly ListedChange[] {
  return commits
    .filter(({ parents }) => parents.length < 2)
    .flatMap((commit) => commit.changes.map((change) => ({ commit, change })))
    .filter(({ change }) => wanted(change.path));
}

/** Reads both sides of each change, some at a time. false: the remote does not give what stood there. */
export async function eachChange(
  repository: Reader,
  changes: readonly ListedChange[],
  look: (change: ListedChange, texts: Texts) => void,
): Promise<boolean> {
  for (let from = 0; from < changes.length; from += atOnce) {
    const some = changes.slice(from, from + atOnce);
    const ids = some.flatMap(({ change }) => [change.id, change.before?.id ?? null]);
    const texts = await readTexts(
      repository,
      ids.filter((id) => id !== null),
    );
    if (texts === null) return false;
    const textOf = (id: ObjectId | null | undefined): string | null => texts.get(id ?? '') ?? null;
    for (const one of some)
      look(one, { before: textOf(one.change.before?.id), after: textOf(one.change.id) });
  }
  return true;
}

/** Texts of blobs by id; null: the remote does not give one of them. */
export async function readTexts(
  repository: Reader,
  ids: readonly ObjectId[],
): Promise<ReadonlyMap<string, string> | null> {
  const blobs = await readBlobsOfPast(repository, ids, { largest });
  if (blobs === null) return null;
  return new Map([...blobs].map(([id, bytes]) => [id, new TextDecoder().decode(bytes)]));
}

/** Blobs by id, as a clone of few commits or without files may not have them: then null. */
export async function readBlobsOfPast(
  repository: Reader,
  ids: readonly ObjectId[],
  options?: Parameters<Reader['readBlobs']>[1],
): Promise<ReadonlyMap<ObjectId, Uint8Array> | null> {
  if (ids.length === 0) return new Map();
  try {
    return await repository.readBlobs([...new Set(ids)], options);
  } catch (error) {
    if (isLanewiseError(error, 'OBJECT_MISSING')) return null;
    throw error;
  }
}
