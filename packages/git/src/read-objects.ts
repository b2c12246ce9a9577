import { LanewiseError, type CommitId, type ObjectId } from '@lanewise/model';
import { runFetch } from './fetch.js';
import { refspecOf, parseRefPattern } from './ref-pattern.js';
import {
  startObjectStream,
  type ObjectQuestion,
  type ObjectStream,
  type StoredObject,
} from './object-stream.js';
import { parseCommit, parseTag } from './parse-objects.js';
import type { Commit, TagObject } from './repository.js';
import { runGit } from './runner.js';
import type { Session } from './session.js';

/** Reads objects of the store: one `cat-file` that is started when first asked and stays. */
export interface ObjectReader {
  readObjects(names: readonly string[]): Promise<readonly (StoredObject | undefined)[]>;
  /** Id and type only. */
  checkObjects(names: readonly string[]): Promise<readonly (StoredObject | undefined)[]>;
  close(): Promise<void>;
}

/** Makes a reader whose process starts when it is needed. */
export function makeObjectReader(session: Session): ObjectReader {
  let running: ObjectStream | undefined;
  const ask = async (question: ObjectQuestion, names: readonly string[]) => {
    if (names.length === 0) return [];
    const stream = (running ??= startObjectStream(session.readerPlace));
    try {
      return await stream.read(question, names);
    } catch (cause) {
      if (running === stream) running = undefined;
      throw cause;
    }
  };
  return {
    readObjects: (names) => ask('contents', names),
    checkObjects: (names) => ask('info', names),
    close: async () => {
      const open = running;
      running = undefined;
      await open?.close();
    },
  };
}

/**
 * Contents by id; all that are missing come in one fetch. `refs`: what to fetch whole from a server
 * that gives nothing by id; `largest`: larger ones are left out.
 */
export async function readBlobs(
  session: Session,
  reader: ObjectReader,
  ids: readonly ObjectId[],
  { refs, largest = null }: { readonly refs: readonly string[]; readonly largest?: number | null },
): Promise<ReadonlyMap<ObjectId, Uint8Array>> {
  const wanted = [...new Set(ids)];
  const found = new Map<ObjectId, Uint8Array>();
  const read = async (all: readonly ObjectId[]): Promise<ObjectId[]> => {
    const asked = largest === null ? all : await leaveOutLarge(reader, all, largest);
    const objects = await reader.readObjects(asked);
    return asked.filter((id, index) => {
      const object = objects[index];
      if (object !== undefined) found.set(id, object.content);
      return object === undefined;
    });
  };
  let missing = await read(wanted);
  if (missing.length > 0 && (await fetchObjects(session, missing))) missing = await read(missing);
  if (missing.length > 0 && (await fetchWhole(session, refs))) missing = await read(missing);
  if (missing.length > 0) throw missingObject(session, missing);
  return found;
}

/** What is not there is kept: its size is not known yet. */
async function leaveOutLarge(
  reader: ObjectReader,
  ids: readonly ObjectId[],
  largest: number,
): Promise<readonly ObjectId[]> {
  const known = await reader.checkObjects(ids);
  return ids.filter((_, index) => (known[index]?.size ?? 0) <= largest);
}

/** Fetches objects by id in one round trip, as git does for a promised one, but for all at once. */
async function fetchObjects(session: Session, ids: readonly ObjectId[]): Promise<boolean> {
  const place = await session.remotePlace();
  const result = await runGit(
    place,
    [
      '-c',
      'fetch.negotiationAlgorithm=noop',
      'fetch',
      '--no-tags',
      '--no-write-fetch-head',
      '--no-recurse-submodules',
      '--no-auto-maintenance',
      '--filter=blob:none',
      '--stdin',
      '--',
      'lanewise',
    ],
    { input: ids.map((id) => `${id}\n`).join('') },
  );
  return result.code === 0;
}

/** A server that gives nothing by id gives everything that the refs name. */
async function fetchWhole(session: Session, refs: readonly string[]): Promise<boolean> {
  if (refs.length === 0) return false;
  const shallow = await session.isShallow();
  const refspecs = refs.map((ref) => refspecOf(parseRefPattern(ref)));
  const outcome = await runFetch(
    session,
    ['--refetch', '--no-filter', ...(shallow ? ['--depth=1'] : [])],
    refspecs,
  );
  return outcome.kind === 'done';
}

/** Commits by id. Throws OBJECT_MISSING. */
export async function readCommits(
  session: Session,
  reader: ObjectReader,
  ids: readonly CommitId[],
): Promise<ReadonlyMap<CommitId, Commit>> {
  const objects = await reader.readObjects(ids);
  return new Map(
    ids.map((id, index) => {
      const object = objects[index];
      if (object?.type !== 'commit') throw missingObject(session, [id]);
      return [id, parseCommit(id, object.content)];
    }),
  );
}

/** Annotated tags by id, null for what is no tag object. Throws OBJECT_MISSING. */
export async function readTags(
  session: Session,
  reader: ObjectReader,
  ids: readonly ObjectId[],
): Promise<ReadonlyMap<ObjectId, TagObject | null>> {
  const objects = await reader.readObjects(ids);
  return new Map(
    ids.map((id, index) => {
      const object = objects[index];
      if (object === undefined) throw missingObject(session, [id]);
      return [id, object.type === 'tag' ? parseTag(id, object.content) : null];
    }),
  );
}

/** The error for objects that neither the store nor the remote has. */
export function missingObject(session: Session, ids: readonly ObjectId[]): LanewiseError {
  const more = ids.length > 1 ? ` and ${ids.length - 1} more` : '';
  return new LanewiseError(
    'OBJECT_MISSING',
    `${session.name} does not give the object ${ids[0] ?? ''}${more}.`,
    {
      hint: 'The repository may have been rewritten, or its history cut off; run the command again to read it anew.',
    },
  );
}
