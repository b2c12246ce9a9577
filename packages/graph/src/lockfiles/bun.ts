import { LanewiseError } from '@lanewise/model';
import { isRecord } from '../canonical.js';
import { locateJsonError, readJsonc } from '../config-files/jsonc.js';
import type { LockedKey, LockedPackage, Lockfile } from './lockfile.js';

interface BunLock {
  /** Folders of the workspace with what they ask for, `''` for the root. */
  readonly folders: ReadonlyMap<
    string,
    { readonly name: string; readonly asked: readonly string[] }
  >;
  readonly packages: ReadonlyMap<LockedKey, readonly unknown[]>;
}

/**
 * Reads bun.lock (the text; the older bun.lockb is binary). A package's key is the way to it in
 * node_modules: `legacy/react` is what the package or folder `legacy` gets. Throws GRAPH_INVALID.
 */
export function readBunLockfile(text: string, file = 'bun.lock'): Lockfile {
  const lock = understand(parse(text, file));
  return {
    manager: 'bun',
    find: (folder, name) => {
      const key = findFrom(lock, lock.folders.get(nearestFolder(lock, folder))?.name ?? '', name);
      return key === null || isFolder(key, lock) ? [] : [key];
    },
    declared: (folder) => lock.folders.get(folder)?.asked ?? null,
    packageAt: (key) => lockedPackage(key, lock),
    dependencies: (key) => dependencies(key, lock),
  };
}

function parse(text: string, file: string): Record<string, unknown> {
  try {
    const value = readJsonc(text);
    if (isRecord(value) && isRecord(value['workspaces'])) return value;
  } catch (cause) {
    throw new LanewiseError('GRAPH_INVALID', `The lockfile ${file} cannot be read.`, {
      hint: 'Look for the marks of an unfinished merge, or let bun install write it anew.',
      place: locateJsonError(text.replace(/,(?=\s*[}\]])/g, ' '), file),
      cause,
    });
  }
  throw new LanewiseError('GRAPH_INVALID', `The lockfile ${file} has no workspaces.`, {
    hint: 'Let bun install write it anew.',
    place: { file },
  });
}

function understand(root: Record<string, unknown>): BunLock {
  const workspaces = Object.entries(isRecord(root['workspaces']) ? root['workspaces'] : {});
  const packages = Object.entries(isRecord(root['packages']) ? root['packages'] : {});
  const folders = workspaces.map(([folder, value]) => {
    const entry = isRecord(value) ? value : {};
    const name = typeof entry['name'] === 'string' && folder !== '' ? entry['name'] : '';
    const sections = [
      'dependencies',
      'optionalDependencies',
      'peerDependencies',
      'devDependencies',
    ];
    return [
      folder,
      { name, asked: sections.flatMap((section) => keysOf(entry[section])) },
    ] as const;
  });
  const lists = packages.filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]));
  return { folders: new Map(folders), packages: new Map(lists) };
}

/** A project without a package.json gets what the nearest folder above gets. */
function nearestFolder({ folders }: BunLock, folder: string): string {
  for (let at = folder; at !== ''; at = at.slice(0, Math.max(at.lastIndexOf('/'), 0))) {
    if (folders.has(at)) return at;
  }
  return '';
}

/** Looks in the innermost node_modules first, then in those around it. */
function findFrom({ packages }: BunLock, from: string, name: string): LockedKey | null {
  const parts = from === '' ? [] : (from.match(/@[^/]+\/[^/]+|[^/]+/g) ?? []);
  for (let depth = parts.length; depth >= 0; depth -= 1) {
    const key = [...parts.slice(0, depth), name].join('/');
    if (packages.has(key)) return key;
  }
  return null;
}

function dependencies(key: LockedKey, lock: BunLock): { keys: LockedKey[]; missing: string[] } {
  const details = (lock.packages.get(key) ?? []).find(isRecord) ?? {};
  const needed = keysOf(details['dependencies']);
  const wanted = [
    ...keysOf(details['optionalDependencies']),
    ...keysOf(details['peerDependencies']),
  ];
  const keys = new Set<LockedKey>();
  const missing: string[] = [];
  for (const name of [...needed, ...wanted]) {
    const found = findFrom(lock, key, name);
    if (found === null) {
      if (needed.includes(name)) missing.push(name);
    } else if (!isFolder(found, lock)) keys.add(found);
  }
  return { keys: [...keys], missing };
}

function lockedPackage(key: LockedKey, { packages }: BunLock): LockedPackage {
  const entry = packages.get(key) ?? [];
  const id = typeof entry[0] === 'string' ? entry[0] : key;
  const at = id.indexOf('@', 1);
  const name = key.match(/(?:@[^/]+\/)?[^/]+$/)?.[0] ?? key;
  const last = entry.at(-1);
  const integrity = entry.length > 1 && typeof last === 'string' ? last : id;
  return { name, version: id.slice(0, at) === name ? id.slice(at + 1) : `npm:${id}`, integrity };
}

function isFolder(key: LockedKey, { packages }: BunLock): boolean {
  const [id] = packages.get(key) ?? [];
  return typeof id === 'string' && /@(?:workspace|link|root):/.test(id);
}

function keysOf(value: unknown): string[] {
  return isRecord(value) ? Object.keys(value) : [];
}
