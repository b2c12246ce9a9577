import { LanewiseError, show, type RepoPath } from '@lanewise/model';
import type { Lockfile } from './lockfile.js';
import { readBunLockfile } from './bun.js';
import { readNpmLockfile } from './npm.js';
import { readPnpmLockfile } from './pnpm.js';
import { readBerryYarnLockfile } from './yarn-berry.js';
import { readClassicYarnLockfile } from './yarn-classic.js';

type Reader = (text: string, file: string) => Lockfile;

/** One reader for each file name. */
const readers: Readonly<Record<string, Reader>> = {
  'package-lock.json': readNpmLockfile,
  'npm-shrinkwrap.json': readNpmLockfile,
  'pnpm-lock.yaml': readPnpmLockfile,
  'yarn.lock': (text, file) =>
    /^__metadata:/m.test(text)
      ? readBerryYarnLockfile(text, file)
      : readClassicYarnLockfile(text, file),
  'bun.lock': readBunLockfile,
};

/** Tells whether a lockfile of this name can be read; others can only be compared as whole files. */
export function canReadLockfile(file: RepoPath): boolean {
  return readerOf(file) !== undefined;
}

/** Reads a lockfile by its name. Throws GRAPH_INVALID where it does not parse, NOT_YET for an unknown kind. */
export function readLockfile(text: string, file: RepoPath): Lockfile {
  const reader = readerOf(file);
  if (reader === undefined) {
    throw new LanewiseError(
      'NOT_YET',
      `${show(file)} is no lockfile that can be read package by package.`,
      {
        hint: `Known are ${Object.keys(readers).join(', ')}.`,
      },
    );
  }
  return reader(text, file);
}

function readerOf(file: string): Reader | undefined {
  const name = file.slice(file.lastIndexOf('/') + 1);
  return Object.hasOwn(readers, name) ? readers[name] : undefined;
}
