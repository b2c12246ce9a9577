import { LanewiseError, type RepoPath } from '@lanewise/model';
import { isRecord } from '../canonical.js';
import { locateJsonError } from '../config-files/jsonc.js';
import type { LockedKey, LockedPackage, Lockfile } from './lockfile.js';

/** One entry of `packages` in a package-lock.json, as far as it matters. */
interface Entry {
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly resolved: string | undefined;
  readonly integrity: string | undefined;
  readonly link: boolean;
  readonly needed: readonly string[];
  /** Peers and optional packages: they count where they are installed. */
  readonly wanted: readonly string[];
  readonly development: readonly string[];
}

/**
 * Reads package-lock.json or npm-shrinkwrap.json, `lockfileVersion` 1 to 3. Places in
 * `node_modules` decide what a name means, as for Node itself. Throws GRAPH_INVALID.
 */
export function readNpmLockfile(text: string, file = 'package-lock.json'): Lockfile {
  const entries = readEntries(text, file);
  return {
    manager: 'npm',
    find: (folder, name) => {
      const key = findPackage(entries, folder, name);
      return key === null ? [] : [key];
    },
    declared: (folder) => declaredNames(entries, folder),
    packageAt: (key) => lockedPackage(key, entries),
    dependencies: (key) => resolveDependencies(key, entries),
  };
}

function readEntries(text: string, file: string): Map<string, Entry> {
  const lock = parse(text, file);
  const entries = new Map<string, Entry>();
  if (isRecord(lock['packages'])) {
    for (const [path, value] of Object.entries(lock['packages'])) {
      if (isRecord(value)) entries.set(path, readEntry(value));
    }
  } else if (isRecord(lock['dependencies'])) {
    readFirstVersion(lock['dependencies'], '', entries);
  } else if (typeof lock['lockfileVersion'] !== 'number') {
    throw new LanewiseError(
      'GRAPH_INVALID',
      `${file} has neither packages nor a lockfileVersion.`,
      {
        hint: 'Write it anew with npm install --package-lock-only.',
      },
    );
  }
  return entries;
}

function parse(text: string, file: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
    if (isRecord(value)) return value;
  } catch (cause) {
    throw new LanewiseError('GRAPH_INVALID', `The lockfile ${file} is no JSON.`, {
      hint: 'Look for the marks of an unfinished merge, or write it anew with npm install --package-lock-only.',
      place: locateJsonError(text, file),
      cause,
    });
  }
  throw new LanewiseError('GRAPH_INVALID', `The lockfile ${file} is no JSON object.`, {
    place: { file },
  });
}

function readEntry(value: Record<string, unknown>): Entry {
  return {
    name: textOf(value['name']),
    version: textOf(value['version']),
    resolved: textOf(value['resolved']),
    integrity: textOf(value['integrity']),
    link: value['link'] === true,
    needed: keysOf(value['dependencies']),
    wanted: [...keysOf(value['optionalDependencies']), ...keysOf(value['peerDependencies'])],
    development: keysOf(value['devDependencies']),
  };
}

/** Version 1 nests packages instead of naming their places. */
function readFirstVersion(
  dependencies: Record<string, unknown>,
  parent: string,
  entries: Map<string, Entry>,
): void {
  for (const [name, value] of Object.entries(dependencies)) {
    if (!isRecord(value)) continue;
    const path = `${parent}node_modules/${name}`;
    const version = textOf(value['version']);
    const [, alias] = /^npm:(.+)@[^@]*$/.exec(version ?? '') ?? [];
    entries.set(path, {
      name: alias,
      version: alias === undefined ? version : version?.slice(version.lastIndexOf('@') + 1),
      resolved: textOf(value['resolved']),
      integrity: textOf(value['integrity']),
      link: version?.startsWith('file:') === true && !/\.(?:tgz|tar\.gz)$/.test(version),
      needed: [],
      // This version does not tell what is optional.
      wanted: keysOf(value['requires']),
      development: [],
    });
    if (isRecord(value['dependencies']))
      readFirstVersion(value['dependencies'], `${path}/`, entries);
  }
}

/** Walks up the folders, as Node does. */
function findPackage(
  entries: ReadonlyMap<string, Entry>,
  from: string,
  name: string,
): LockedKey | null {
  for (let folder: string | null = from; folder !== null; folder = parentOf(folder)) {
    if (folder.endsWith('/node_modules') || folder === 'node_modules') continue;
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    const entry = entries.get(path);
    if (entry !== undefined) return entry.link ? null : path;
  }
  return null;
}

function parentOf(folder: string): string | null {
  if (folder === '') return null;
  const slash = folder.lastIndexOf('/');
  return slash < 0 ? '' : folder.slice(0, slash);
}

function isInstalled(entries: ReadonlyMap<string, Entry>, from: string, name: string): boolean {
  for (let folder: string | null = from; folder !== null; folder = parentOf(folder)) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (entries.has(path)) return true;
  }
  return false;
}

function resolveDependencies(
  key: LockedKey,
  entries: ReadonlyMap<string, Entry>,
): { keys: LockedKey[]; missing: string[] } {
  const entry = entries.get(key);
  const keys = new Set<LockedKey>();
  const missing: string[] = [];
  for (const name of [...(entry?.needed ?? []), ...(entry?.wanted ?? [])]) {
    const found = findPackage(entries, key, name);
    if (found !== null) keys.add(found);
    else if (entry?.needed.includes(name) === true && !isInstalled(entries, key, name))
      missing.push(name);
  }
  return { keys: [...keys], missing };
}

function declaredNames(
  entries: ReadonlyMap<string, Entry>,
  folder: RepoPath,
): readonly string[] | null {
  const entry = entries.get(folder);
  return entry === undefined ? null : [...entry.needed, ...entry.wanted, ...entry.development];
}

function lockedPackage(key: LockedKey, entries: ReadonlyMap<string, Entry>): LockedPackage {
  const entry = entries.get(key);
  const name = key.slice(key.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const version = entry?.version ?? entry?.resolved ?? '';
  const aliased = entry?.name !== undefined && entry.name !== name;
  return {
    name,
    version: aliased ? `npm:${entry.name}@${version}` : version,
    integrity: entry?.integrity ?? entry?.resolved ?? '',
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function keysOf(value: unknown): string[] {
  return isRecord(value) ? Object.keys(value) : [];
}
