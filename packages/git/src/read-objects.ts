import { LanewiseError, type CommitId, type ObjectId } from '@lanewise/model';
import { runFetch } from './fetch.js';
import { refspecOf, parseRefPattern } from './ref-pattern.js';
import {
  makeBatchParser,
  startObjectStream,
  type ObjectStream,
  type StoredObject,
} from './object-stream.js';
import { lastWords } from './failure.js';
import { parseCommit, parseTag } from './parse-objects.js';
import type { Commit, TagObject } from './repository.js';
import { runGit } from './runner.js';
import type { Session } from './session.js';

/** Reads objects of the store: one `cat-file --batch` that is started when first asked and stays. */
export interface ObjectReader {
  readObjects(names: readonly string[]): Promise<readonly (StoredObject | undefined)[]>;
  /** Id and type only. */
  checkObjects(names: readonly string[]): Promise<readonly (StoredObject | undefined)[]>;
  close(): Promise<void>;
}

/** Makes a reader whose processes start when they are needed. */
export function makeObjectReader(session: Session): ObjectReader {
  const streams = new Map<boolean, ObjectStream>();
  const stream = (contents: boolean): ObjectStream => {
    const running = streams.get(contents) ?? startObjectStream(session.readerPlace, contents);
    streams.set(contents, running);
    return running;
  };
  const ask = async (contents: boolean, names: readonly string[]) => {
    try {
      return await stream(contents).read(names);
    } catch (cause) {
      streams.delete(contents);
      throw cause;
    }
  };
  return {
    readObjects: (names) => ask(true, names),
    checkObjects: (names) =>
      names.length > manyNames ? checkMany(session, names) : ask(false, names),
    close: async () => {
      const open = [...streams.values()];
      streams.clear();
      await Promise.all(open.map((one) => one.close()));
    },
  };
}

/** From here on a process of its own that collects its answers is quicker than one that flushes each. */
const manyNames = 300;

async function checkMany(
  session: Session,
  names: readonly string[],
): Promise<readonly (StoredObject | undefined)[]> {
  const input = names.map((name) => `${name}\n`).join('');
  const result = await runGit(session.readerPlace, ['cat-file', '--batch-check', '--buffer'], {
    input,
  });
  const answers: (StoredObject | undefined)[] = [];
  makeBatchParser(false, (object) => answers.push(object))(result.stdout);
  if (answers.length !== names.length) {
    throw new LanewiseError('OBJECT_MISSING', `git cat-file ended: ${lastWords(result.stderr)}.`);
  }
  return answers;
}

/** Contents by id; all that are missing come in one fetch. `refs`: what to fetch whole from a server that gives nothing by id. */
export async function readBlobs(
  session: Session,
  reader: ObjectReader,
  ids: readonly ObjectId[],
  refs: readonly string[],
): Promise<ReadonlyMap<ObjectId, Uint8Array>> {
  const wanted = [...new Set(ids)];
  const found = new Map<ObjectId, Uint8Array>();
  const read = async (asked: readonly ObjectId[]): Promise<ObjectId[]> => {
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
