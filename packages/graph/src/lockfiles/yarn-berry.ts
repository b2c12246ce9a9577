import { namedKeys, type LockedKey, type LockedPackage, type Lockfile } from './lockfile.js';
import { isYamlMap, mapAt, readMachineYaml, textAt, type YamlMap } from './machine-yaml.js';

interface BerryLock {
  readonly entries: ReadonlyMap<LockedKey, YamlMap>;
  /** From `react@npm:^18.0.0` to the entry's key. */
  readonly descriptors: ReadonlyMap<string, LockedKey>;
  /** Folders of the workspace, `''` for the root. */
  readonly folders: ReadonlyMap<string, YamlMap>;
  readonly byName: ReadonlyMap<string, readonly LockedKey[]>;
}

/**
 * Reads a yarn.lock of Yarn 2 and newer. Peers are not written down: who uses a package asks for
 * its peers by itself. Throws GRAPH_INVALID.
 */
export function readBerryYarnLockfile(text: string, file = 'yarn.lock'): Lockfile {
  const lock = understand(readMachineYaml(text, file));
  return {
    manager: 'yarn-berry',
    find: (folder, name) => find(lock, folder, name),
    declared: (folder) => {
      const entry = lock.folders.get(folder);
      return entry === undefined ? null : [...mapAt(entry, 'dependencies').keys()];
    },
    packageAt: (key) => lockedPackage(key, lock),
    dependencies: (key) => dependencies(key, lock),
  };
}

function understand(root: YamlMap): BerryLock {
  const entries = new Map<LockedKey, YamlMap>();
  const descriptors = new Map<string, LockedKey>();
  const folders = new Map<string, YamlMap>();
  for (const [key, entry] of root) {
    if (key === '__metadata' || !isYamlMap(entry)) continue;
    entries.set(key, entry);
    for (const descriptor of key.split(', ')) descriptors.set(descriptor, key);
    const [, folder] = /@workspace:(.+)$/.exec(textAt(entry, 'resolution') ?? '') ?? [];
    if (folder !== undefined) folders.set(folder === '.' ? '' : folder, entry);
  }
  const external = [...entries].filter(([, entry]) => !isSoft(entry)).map(([key]) => key);
  return { entries, descriptors, folders, byName: namedKeys(external, nameOf) };
}

/** The nearest folder above that asks for the name; else all that have it. */
function find(lock: BerryLock, folder: string, name: string): readonly LockedKey[] {
  for (let at: string | null = folder; at !== null; at = parentOf(at)) {
    const range = textAt(mapAt(lock.folders.get(at) ?? new Map(), 'dependencies'), name);
    if (range !== undefined) return resolve(lock, name, range) ?? [];
  }
  return lock.byName.get(name) ?? [];
}

function parentOf(folder: string): string | null {
  return folder === '' ? null : folder.slice(0, Math.max(folder.lastIndexOf('/'), 0));
}

/**
 * What a range resolves to; `[]` for a folder of the workspace, null where the lockfile has nothing
 * of that name. With `resolutions` in package.json the asked range itself is not written down.
 */
function resolve(lock: BerryLock, name: string, range: string): readonly LockedKey[] | null {
  const key =
    lock.descriptors.get(`${name}@${range}`) ?? lock.descriptors.get(`${name}@npm:${range}`);
  if (key === undefined) return lock.byName.get(name) ?? null;
  const entry = lock.entries.get(key);
  return entry === undefined || isSoft(entry) ? [] : [key];
}

function dependencies(key: LockedKey, lock: BerryLock): { keys: LockedKey[]; missing: string[] } {
  const entry = lock.entries.get(key) ?? new Map<string, never>();
  const optional = mapAt(entry, 'dependenciesMeta');
  const keys = new Set<LockedKey>();
  const missing: string[] = [];
  for (const [name, range] of mapAt(entry, 'dependencies')) {
    const found = typeof range === 'string' ? resolve(lock, name, range) : null;
    for (const one of found ?? []) keys.add(one);
    if (found === null && !optional.has(name)) missing.push(name);
  }
  return { keys: [...keys], missing };
}

function lockedPackage(key: LockedKey, { entries }: BerryLock): LockedPackage {
  const entry = entries.get(key) ?? new Map<string, never>();
  const name = nameOf(key);
  const resolution = textAt(entry, 'resolution') ?? key;
  const version = textAt(entry, 'version') ?? '';
  const at = resolution.indexOf('@', 1);
  const source = at < 0 ? '' : resolution.slice(at + 1);
  // From the registry the version says all; a patch, a git commit or a tarball is named in full.
  const isRegistry = source === `npm:${version}`;
  const isAlias = resolution.slice(0, at) !== name;
  return {
    name,
    version: isRegistry
      ? isAlias
        ? `npm:${resolution.slice(0, at)}@${version}`
        : version
      : source,
    // The part before the slash is the number of the cache, not of the content.
    integrity: (textAt(entry, 'checksum') ?? resolution).replace(/^[\w.]+\//, ''),
  };
}

function isSoft(entry: YamlMap): boolean {
  return textAt(entry, 'linkType') === 'soft';
}

function nameOf(key: LockedKey): string {
  return key.slice(0, key.indexOf('@', 1));
}
