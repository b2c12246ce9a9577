import { randomBytes } from 'node:crypto';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gitFailure } from './failure.js';
import { takeLock, type Lock } from './lock.js';
import { runOrdinary } from './ordinary.js';
import { mirrorName } from './remote-url.js';
import type { Notice } from './repository.js';
import type { GitPlace } from './runner.js';

/**
 * The folders of one mirror.
 *
 * `store` is the bare partial repository that fetches. `reader` is a repository over the same
 * objects that knows no promisor: where an object is missing git says so at once instead of
 * fetching it alone, with every git version. Deleting the whole folder loses nothing.
 */
export interface Mirror {
  readonly root: string;
  readonly store: string;
  readonly objects: string;
  readonly reader: string;
  readonly hooks: string;
  /** For caches of who uses the repository; null in a mirror that is thrown away. */
  readonly cache: string | null;
  readonly close: () => Promise<void>;
}

export interface MirrorRequest {
  readonly cacheDirectory: string;
  readonly temporaryDirectory?: string | undefined;
  readonly url: string;
  /** Object directory of the user's clone whose objects are used, or null. */
  readonly borrowedObjects: string | null;
  readonly now: () => number;
  readonly notices: Notice[];
}

/**
 * Takes the mirror of a remote in the cache directory, alone: nobody else writes to it until it is
 * closed. Where it is in use or the cache cannot be written, gives a fresh one in the temporary
 * directory, which `close` removes, and leaves a notice.
 */
export async function takeMirror(request: MirrorRequest): Promise<Mirror> {
  const name = mirrorName(request.url, request.borrowedObjects);
  const wanted = join(request.cacheDirectory, 'repositories', name);
  try {
    await mkdir(wanted, { recursive: true });
    const root = await realpath(wanted);
    const lock = await takeLock(root, request.now);
    if (lock !== null) return await lockedMirror(root, lock);
    request.notices.push({
      kind: 'cache-busy',
      message: `The cache in ${wanted} is in use by another run; a temporary one is used instead.`,
    });
  } catch (cause) {
    request.notices.push({
      kind: 'cache-unusable',
      message: `The cache in ${request.cacheDirectory} cannot be used (${(cause as Error).message}); a temporary one is used instead.`,
    });
  }
  return temporaryMirror(request.temporaryDirectory ?? tmpdir());
}

async function lockedMirror(root: string, lock: Lock): Promise<Mirror> {
  const cache = join(root, 'cache');
  try {
    await mkdir(join(root, 'hooks'), { recursive: true });
    await mkdir(cache, { recursive: true });
    // Proves that the folder takes files, which is not told by its being there.
    const proof = join(root, 'used');
    await writeFile(proof, '');
    await removeLeftovers(root);
  } catch (cause) {
    await lock.release();
    throw cause;
  }
  return { ...mirrorIn(root), cache, close: () => lock.release() };
}

/**
 * What a run left that was killed in the middle of a write, a fetch or a push. Nobody else writes
 * here, so locks, half packs and marks of packs that were just being made belong to a run that died:
 * a later git would wait for the lock, or refuse to make the same pack.
 */
async function removeLeftovers(root: string): Promise<void> {
  const packs = join('store.git', 'objects', 'pack');
  const [here, packed] = await Promise.all([
    readdir(root),
    readdir(join(root, packs)).catch(() => []),
  ]);
  const left = [
    join('store.git', 'packed-refs.lock'),
    ...here.filter((name) => /^(?:draft|push)-|\.old$/.test(name)),
    ...packed.filter((name) => /^tmp_|\.keep$/.test(name)).map((name) => join(packs, name)),
  ];
  await Promise.all(left.map((name) => rm(join(root, name), { recursive: true, force: true })));
}

async function temporaryMirror(directory: string): Promise<Mirror> {
  const root = await realpath(await mkdtemp(join(directory, 'lanewise-')));
  await mkdir(join(root, 'hooks'));
  const remove = () => rm(root, { recursive: true, force: true, maxRetries: 3 });
  return { ...mirrorIn(root), cache: null, close: remove };
}

function mirrorIn(root: string) {
  const store = join(root, 'store.git');
  return {
    root,
    store,
    objects: join(store, 'objects'),
    reader: join(root, 'reader.git'),
    hooks: join(root, 'hooks'),
  };
}

export interface StoreShape {
  readonly url: string;
  readonly borrowedObjects: string | null;
  readonly objectFormat: 'sha1' | 'sha256';
}

/**
 * Makes the mirror's store where there is none, or where it was made for something else. Gives
 * true where it is new. Throws DISK_FULL, GIT_FAILED.
 */
export async function ensureStore(
  mirror: Mirror,
  place: GitPlace,
  shape: StoreShape,
): Promise<boolean> {
  const config = storeConfig(shape);
  const present = await readFile(join(mirror.root, 'made'), 'utf8').catch(() => null);
  if (present === config) return false;
  await discardStore(mirror);
  const format = shape.objectFormat === 'sha1' ? [] : ['--object-format=sha256'];
  const result = await runOrdinary(place, [
    'init',
    '--bare',
    '--template=',
    ...format,
    mirror.store,
  ]);
  if (result.code !== 0)
    throw gitFailure(`git could not make a repository in ${mirror.store}`, result.stderr);
  await writeFile(join(mirror.store, 'config'), config);
  await writeFile(join(mirror.store, 'HEAD'), 'ref: refs/heads/none\n');
  await mkdir(join(mirror.objects, 'info'), { recursive: true });
  if (shape.borrowedObjects !== null) {
    await writeFile(
      join(mirror.objects, 'info', 'alternates'),
      `${quotePath(shape.borrowedObjects)}\n`,
    );
  }
  await makeBareDirectory(mirror.reader, shape.objectFormat);
  // Written last: a store that was left half made is made again.
  await writeFile(join(mirror.root, 'made'), config);
  return true;
}

/** Throws the store away. It is moved aside first, so that a git that still works in it harms nothing. */
export async function discardStore(mirror: Mirror): Promise<void> {
  await rm(join(mirror.root, 'made'), { force: true });
  for (const directory of [mirror.store, mirror.reader]) {
    const aside = `${directory}.${randomBytes(4).toString('hex')}.old`;
    const moved = await rename(directory, aside).then(
      () => true,
      () => false,
    );
    if (moved)
      await rm(aside, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}

/** Makes a repository without objects or refs of its own, to be used with another's objects (`GIT_OBJECT_DIRECTORY`). */
export async function makeBareDirectory(
  directory: string,
  objectFormat: 'sha1' | 'sha256',
  more = '',
): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(join(directory, 'refs'), { recursive: true });
  await Promise.all([
    writeFile(join(directory, 'HEAD'), 'ref: refs/heads/none\n'),
    writeFile(join(directory, 'config'), coreConfig(objectFormat, []) + more),
  ]);
}

/** A value for git's configuration files, quoted. */
export function quoteConfig(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&')}"`;
}

function storeConfig(shape: StoreShape): string {
  return `${coreConfig(shape.objectFormat, ['partialClone = lanewise'])}[remote "lanewise"]
\turl = ${quoteConfig(shape.url)}
\tpromisor = true
\tpartialclonefilter = blob:none
; borrowed = ${shape.borrowedObjects === null ? 'nothing' : quoteConfig(shape.borrowedObjects)}
`;
}

function coreConfig(objectFormat: 'sha1' | 'sha256', extensions: readonly string[]): string {
  const all = [...extensions, ...(objectFormat === 'sha256' ? ['objectFormat = sha256'] : [])];
  const section =
    all.length === 0 ? '' : `[extensions]\n${all.map((line) => `\t${line}\n`).join('')}`;
  return `[core]\n\trepositoryformatversion = ${all.length === 0 ? 0 : 1}\n\tbare = true\n${section}`;
}

/** Lines of info/alternates may be quoted as C strings, which they must be where they begin so. */
function quotePath(path: string): string {
  return /^"|[\n]/.test(path) ? `"${path.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"` : path;
}
