import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectId, RefName } from '@lanewise/model';
import type { Mirror } from './mirror.js';
import { makeRefFilter, mirrorNamespace, mirrorRef, parseRefLines } from './ref-pattern.js';
import type { RefPattern } from './ref-pattern.js';

/**
 * The refs asked for as the mirror has them, read from its files without a process. Its store is
 * made by us in git's files format (gitrepository-layout(5)): a file for a ref, and `packed-refs`
 * for many, where the single file counts. Single files are read first, as git does, so that a ref
 * that is being packed is seen in the one place or the other.
 */
export async function readMirroredRefs(
  mirror: Pick<Mirror, 'store'>,
  patterns: readonly RefPattern[],
): Promise<ReadonlyMap<RefName, ObjectId>> {
  if (patterns.length === 0) return new Map();
  const loose = await readLooseRefs(mirror, patterns);
  const packed = await readFile(join(mirror.store, 'packed-refs'), 'utf8').catch(() => '');
  const refs = parseRefLines(packed, ' ', patterns, mirrorNamespace);
  for (const [ref, id] of parseRefLines(loose.join('\n'), ' ', patterns, mirrorNamespace))
    refs.set(ref, id);
  return refs;
}

/** Lines of `<id> <ref>` of the refs that have a file each. */
async function readLooseRefs(
  { store }: Pick<Mirror, 'store'>,
  patterns: readonly RefPattern[],
): Promise<readonly string[]> {
  const exact = patterns.flatMap((one) => (one.kind === 'exact' ? [mirrorRef(one.ref)] : []));
  const folders = new Set(
    patterns.flatMap((one) => (one.kind === 'prefix' ? [folderOf(mirrorRef(one.prefix))] : [])),
  );
  const below = await Promise.all([...folders].map((folder) => listBelow(store, folder)));
  const wanted = makeRefFilter(patterns);
  const names = new Set([...exact, ...below.flat()]);
  const lines = await Promise.all(
    [...names]
      .filter((name) => wanted(`refs/${name.slice(mirrorNamespace.length)}`))
      .map(async (name) => {
        const text = await readFile(join(store, name), 'utf8').catch(() => '');
        const id = /^[0-9a-f]{40,64}(?=\s*$)/.exec(text)?.[0];
        return id === undefined ? [] : [`${id} ${name}`];
      }),
  );
  return lines.flat();
}

function folderOf(prefix: string): string {
  return prefix.slice(0, prefix.lastIndexOf('/') + 1);
}

async function listBelow(store: string, folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(store, folder), { withFileTypes: true }).catch(() => []);
  const lists = await Promise.all(
    entries.map((entry) =>
      entry.isDirectory() ? listBelow(store, `${folder}${entry.name}/`) : [folder + entry.name],
    ),
  );
  return lists.flat();
}

/**
 * Makes the mirror's refs of the patterns those given, in one `packed-refs`: git would write a file
 * for each, which costs seconds for thousands. Takes git's own lock of that file; false where another
 * has it, such as a git that outlived the run that started it. Throws where it cannot be written.
 */
export async function replaceMirroredRefs(
  mirror: Pick<Mirror, 'store'>,
  patterns: readonly RefPattern[],
  refs: ReadonlyMap<RefName, ObjectId>,
): Promise<boolean> {
  const file = join(mirror.store, 'packed-refs');
  const matches = makeRefFilter(patterns);
  const isReplaced = (name: string): boolean =>
    name.startsWith(mirrorNamespace) && matches(`refs/${name.slice(mirrorNamespace.length)}`);
  if (!(await makeLockFile(`${file}.lock`))) return false;
  try {
    const before = await readFile(file, 'utf8').catch(() => '');
    const kept = before.split('\n').filter((line) => {
      // Without the line of traits git sorts by itself, and looks up what tags name.
      return /^[0-9a-f]/.test(line) && !isReplaced(line.slice(line.indexOf(' ') + 1));
    });
    const written = [...refs].map(([ref, id]) => `${id} ${mirrorRef(ref)}`);
    await writeFile(`${file}.lock`, [...kept, ...written, ''].join('\n'));
    await rename(`${file}.lock`, file);
  } catch (cause) {
    await rm(`${file}.lock`, { force: true });
    throw cause;
  }
  const loose = await readLooseRefs(mirror, patterns);
  const names = loose.map((line) => line.slice(line.indexOf(' ') + 1));
  await Promise.all(names.map((name) => rm(join(mirror.store, name), { force: true })));
  return true;
}

async function makeLockFile(path: string): Promise<boolean> {
  try {
    await writeFile(path, '', { flag: 'wx' });
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}
