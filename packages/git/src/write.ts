import { randomBytes } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LanewiseError, parseRefName, tagRef, type ObjectId } from '@lanewise/model';
import { gitFailure } from './failure.js';
import { writeImportStream } from './fast-import.js';
import { refuseSigning } from './git-config.js';
import { makeBareDirectory } from './mirror.js';
import type { ObjectDraft } from './repository.js';
import { runGit } from './runner.js';
import { overObjects, type Session } from './session.js';

/**
 * Writes drafts by one `git fast-import`, in a repository of its own over the store's objects that
 * is removed afterwards: so no ref is left, and no two names collide. Gives ids by mark. Throws
 * SIGNING_CONFIGURED, DISK_FULL, GIT_FAILED.
 */
export async function writeDrafts(
  session: Session,
  drafts: readonly ObjectDraft[],
): Promise<ReadonlyMap<string, ObjectId>> {
  refuseSigning(await session.config());
  if (drafts.length === 0) return new Map();
  for (const draft of drafts) if (draft.kind === 'tag') parseRefName(tagRef(draft.name));
  const directory = join(session.mirror.root, `draft-${randomBytes(6).toString('hex')}.git`);
  try {
    await makeBareDirectory(directory, session.objectFormat);
    const place = overObjects(session.readerPlace, session.mirror, directory);
    const result = await runGit(place, ['fast-import', '--quiet', '--done', '--date-format=raw'], {
      input: writeImportStream(drafts),
    });
    if (result.code !== 0) throw gitFailure('git could not write the new objects', result.stderr);
    return readMarks(drafts, result.stdout.toString());
  } catch (cause) {
    throw asDiskFull(cause);
  } finally {
    await rm(directory, { recursive: true, force: true }).catch(() => undefined);
  }
}

function readMarks(drafts: readonly ObjectDraft[], output: string): ReadonlyMap<string, ObjectId> {
  const ids = output.trim().split('\n');
  if (ids.length !== drafts.length)
    throw new LanewiseError('GIT_FAILED', 'git fast-import did not name all that it wrote.');
  return new Map(drafts.map((draft, index) => [draft.mark, ids[index] as ObjectId]));
}

/** Node's own complaint about a full disk, as the one that callers know. */
function asDiskFull(cause: unknown): unknown {
  const code = (cause as { code?: unknown } | null)?.code;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return cause;
  return new LanewiseError(
    'DISK_FULL',
    'The disk is full: the new objects could not be written, and nothing was published.',
    {
      hint: 'Free some space, or point LANEWISE_CACHE at a disk that has it, and run the same command again.',
      cause,
    },
  );
}

/** Names of the packs in the store, to tell which ones a write added. */
export async function listPacks(session: Session): Promise<ReadonlySet<string>> {
  const names = await readdir(join(session.mirror.objects, 'pack')).catch(() => []);
  return new Set(names.filter((name) => name.endsWith('.pack')));
}

/**
 * Marks packs as coming from the remote, once it has what is in them. Without this git walks all
 * promised objects at the next fetch to see that our commits are whole.
 */
export async function markPromised(session: Session, packs: Iterable<string>): Promise<void> {
  const files = [...packs].map((name) =>
    join(session.mirror.objects, 'pack', name.replace(/\.pack$/, '.promisor')),
  );
  await Promise.all(files.map((file) => writeFile(file, '').catch(() => undefined)));
}
