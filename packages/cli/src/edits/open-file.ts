import { existsSync } from 'node:fs';
import { lstat, readFile, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { LanewiseError, show } from '@lanewise/model';

/** A file that may be edited in place. */
export interface OpenFile {
  /** As typed, for people. */
  readonly name: string;
  /** Where it really stands, links followed. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
}

const largest = 10 * 1024 * 1024;

/**
 * Reads a file for an edit. Refused, before anything is read: what is no file, what is too large
 * for a manifest, and a link that leads out of the repository (of the file's folder, where there is
 * no repository). Throws PIN_MISSING, PIN_REFUSED, PIN_UNREADABLE.
 */
export async function openFile(directory: string, name: string): Promise<OpenFile> {
  const asked = resolve(directory, name);
  const path = await realpath(asked).catch((cause: unknown) => {
    throw new LanewiseError('PIN_MISSING', `There is no file ${show(name)}.`, {
      cause,
      hint: `Paths are read from ${directory}.`,
    });
  });
  const root = await rootOf(asked);
  if (!isInside(path, root) || /(?:^|[\\/])\.git(?:[\\/]|$)/i.test(relative(root, path))) {
    throw new LanewiseError('PIN_REFUSED', `${show(name)} leads out of the repository ${root}.`, {
      hint: 'A symbolic link is followed inside the repository only. Name the file itself.',
    });
  }
  const state = await lstat(path);
  if (!state.isFile()) {
    const what = state.isDirectory() ? 'a folder' : 'no ordinary file';
    throw new LanewiseError('PIN_REFUSED', `${show(name)} is ${what}.`, {
      hint: 'Name a manifest: a text file.',
    });
  }
  if (state.size > largest) {
    const size = Math.round(state.size / 1024 / 1024);
    throw new LanewiseError('PIN_UNREADABLE', `${show(name)} is ${size} MiB large.`, {
      hint: 'Pins are read in files of at most 10 MiB.',
    });
  }
  return { name, path, bytes: await readFile(path), mode: state.mode & 0o7777 };
}

/** Top of the work tree that the name lies in, before links are followed; else its folder. */
async function rootOf(asked: string): Promise<string> {
  const start = dirname(asked);
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return realpath(folder);
    if (dirname(folder) === folder) return realpath(start);
  }
}

function isInside(path: string, root: string): boolean {
  const way = relative(root, path);
  return way !== '' && !way.startsWith('..') && !isAbsolute(way);
}
