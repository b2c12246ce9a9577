import type { Repository } from '@lanewise/git';
import { isLanewiseError, type ObjectId } from '@lanewise/model';
import {
  readFileVersion,
  unreadVersion,
  type FileVersion,
  type ReadVersion,
} from './file-version.js';
import type { PinnedFile } from './past-pin.js';

/** Reads versions of files in the background, while a walk goes on naming more of them. */
export interface VersionReader {
  /** Asks for a version; asking again costs nothing. */
  ask(file: PinnedFile, blob: ObjectId): void;
  /** Waits where too much is under way. */
  breathe(): Promise<void>;
  /** Reads what is left, and gives what was asked for. */
  finish(): Promise<void>;
  get(file: PinnedFile, blob: ObjectId): FileVersion;
  /** How many versions could not be read as a whole. */
  readonly unread: () => number;
}

/** Versions by blob, of all files that look for the same; null: it is asked for. */
type Versions = Map<ObjectId, FileVersion | null>;

/** Larger manifests are not read: nobody writes them by hand, and `init` finds nothing in them either. */
const largest = 512 * 1024;
/** At first few enough that the largest do not fill the memory; then as many as their size allows. */
const fewAtOnce = 256;
const mostAtOnce = 4096;
const bytesAtOnce = 4 * 1024 * 1024;

/**
 * Makes a reader: one `cat-file` for all, in batches; a blob is read once for all files that look for
 * the same in it, however often it comes back.
 */
export function makeVersionReader(repository: Pick<Repository, 'readBlobs'>): VersionReader {
  const groups = new Map<string, Versions>();
  const versionsOf = keyedOnce((file: PinnedFile): Versions => {
    const key = JSON.stringify([nameOf(file.file), file.selectors, file.images]);
    const known = groups.get(key) ?? new Map<ObjectId, FileVersion | null>();
    groups.set(key, known);
    return known;
  });
  let waiting: { readonly file: PinnedFile; readonly blob: ObjectId }[] = [];
  let running: Promise<void> = Promise.resolve();
  let underWay = 0;
  let unread = 0;
  let atOnce = fewAtOnce;
  const last = makeLastVersions();
  const readNow = async (batch: typeof waiting): Promise<void> => {
    const contents = await readSome(repository, [...new Set(batch.map(({ blob }) => blob))]);
    const size = [...contents.values()].reduce((sum, { length }) => sum + length, 1);
    const fitting = Math.floor((bytesAtOnce * contents.size) / size);
    atOnce = Math.max(fewAtOnce, Math.min(mostAtOnce, fitting));
    for (const { file, blob } of batch) {
      const bytes = contents.get(blob);
      const read = bytes === undefined ? null : readFileVersion(file, bytes, last.get(file));
      const version = read?.version ?? unreadVersion;
      if (read !== null) last.set(file, read);
      if (read === null || version.texts.some((text) => text === undefined)) unread += 1;
      versionsOf(file).set(blob, version);
    }
    underWay -= 1;
  };
  const flush = (): void => {
    if (waiting.length === 0) return;
    const batch = waiting;
    waiting = [];
    underWay += 1;
    running = running.then(() => readNow(batch));
    running.catch(() => undefined);
  };
  return {
    ask(file, blob) {
      const versions = versionsOf(file);
      if (versions.has(blob)) return;
      versions.set(blob, null);
      waiting.push({ file, blob });
      if (waiting.length >= atOnce) flush();
    },
    breathe: async () => {
      if (underWay > 2) await running;
    },
    finish: async () => {
      flush();
      await running;
    },
    get: (file, blob) => versionsOf(file).get(blob) ?? unreadVersion,
    unread: () => unread,
  };
}

/** Most bytes of versions that are kept for reading the next: with more, they are read from the beginning. */
const mostKept = 24 * 1024 * 1024;

/** The version of each file that was read last. */
function makeLastVersions() {
  const kept = new Map<PinnedFile, ReadVersion>();
  let size = 0;
  return {
    get: (file: PinnedFile): ReadVersion | null => kept.get(file) ?? null,
    set(file: PinnedFile, version: ReadVersion): void {
      const grown = version.bytes.length - (kept.get(file)?.bytes.length ?? 0);
      if (version.ranges === null || size + grown > mostKept) {
        size -= kept.get(file)?.bytes.length ?? 0;
        kept.delete(file);
        return;
      }
      size += grown;
      // A copy: the bytes are a part of what git said, which would be kept as a whole.
      kept.set(file, { ...version, bytes: Buffer.from(version.bytes) });
    },
  };
}

/** Those that can be read; where one is missing, the others are read all the same. */
async function readSome(
  repository: Pick<Repository, 'readBlobs'>,
  ids: readonly ObjectId[],
): Promise<ReadonlyMap<ObjectId, Uint8Array>> {
  try {
    return await repository.readBlobs(ids, { largest });
  } catch (error) {
    if (!isLanewiseError(error, 'OBJECT_MISSING')) throw error;
    if (ids.length < 2) return new Map();
    const half = ids.length >> 1;
    const first = await readSome(repository, ids.slice(0, half));
    return new Map([...first, ...(await readSome(repository, ids.slice(half)))]);
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function keyedOnce<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, { readonly value: V }>();
  return (key) => {
    let known = made.get(key);
    if (known === undefined) made.set(key, (known = { value: make(key) }));
    return known.value;
  };
}
