import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '@lanewise/model';
import type { GraphStore } from './kept-graph.js';

export interface GraphFolderOptions {
  /** Where all kept graphs lie, of all workspaces and spaces. */
  readonly directory: string;
  /** Those who may share graphs: see `graphSpace`. */
  readonly space: string;
  /** The workspace's root. */
  readonly root: string;
  /** The user who runs the command; undefined where the system has no such numbers. */
  readonly user: number | undefined;
}

/** Most kept graphs of all workspaces together, and most bytes of them; the oldest go first. */
const most = { files: 64, bytes: 256 * 1024 * 1024 };

/**
 * Graphs kept as files: a folder for each workspace and space, open to their owner only. A file
 * appears as a whole or not at all. One that belongs to somebody else, or that others may write, is
 * not read: it would decide what is released.
 */
export function openGraphFolder(options: GraphFolderOptions): GraphStore {
  const { directory, space, root, user } = options;
  const folder = join(directory, sha256(`${space}\0${root}`).slice(0, 24));
  return {
    read: (key) => readPrivate(join(folder, key), user),
    write: async (key, text) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const scratch = join(folder, `.${randomUUID()}`);
      try {
        await writeFile(scratch, text, { mode: 0o600, flag: 'wx' });
        await rename(scratch, join(folder, key));
      } catch (error) {
        await rm(scratch, { force: true });
        throw error;
      }
      await removeOldest(directory, join(folder, key));
    },
  };
}

async function readPrivate(file: string, user: number | undefined): Promise<string | null> {
  const handle = await open(file).catch(() => null);
  if (handle === null) return null;
  try {
    const { uid, mode } = await handle.stat();
    if (user !== undefined && (uid !== user || (mode & 0o022) !== 0)) return null;
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

interface KeptFile {
  readonly path: string;
  readonly size: number;
  readonly usedAt: number;
}

async function removeOldest(directory: string, written: string): Promise<void> {
  const files = (await listFiles(directory)).sort((a, b) => b.usedAt - a.usedAt);
  let bytes = 0;
  for (const [index, { path, size }] of files.entries()) {
    bytes += size;
    const fits = index < most.files && bytes <= most.bytes;
    if (!fits && path !== written) await rm(path, { force: true });
  }
}

async function listFiles(directory: string): Promise<KeptFile[]> {
  const folders = await readdir(directory).catch(() => []);
  const lists = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(join(directory, folder)).catch(() => []);
      return names.map((name) => join(directory, folder, name));
    }),
  );
  const found = await Promise.all(
    lists.flat().map(async (path) => {
      const file = await stat(path).catch(() => null);
      return file === null ? [] : [{ path, size: file.size, usedAt: file.mtimeMs }];
    }),
  );
  return found.flat();
}
