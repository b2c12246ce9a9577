import { canonicalJson, LanewiseError, type RepoPath } from '@lanewise/model';
import { namedKeys, type LockedKey, type LockedPackage, type Lockfile } from './lockfile.js';
import {
  isYamlMap,
  mapAt,
  readMachineYaml,
  textAt,
  type YamlMap,
  type YamlValue,
} from './machine-yaml.js';

const sections = ['dependencies', 'optionalDependencies', 'devDependencies'] as const;

interface PnpmLock {
  readonly major: number;
  /** What each folder's names resolve to. */
  readonly importers: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly packages: YamlMap;
  readonly snapshots: YamlMap;
}

/**
 * Reads pnpm-lock.yaml, lockfile versions 5.3 to 9. A package's key carries the peers it was
 * resolved with, and so tells them apart. Throws GRAPH_INVALID.
 */
export function readPnpmLockfile(text: string, file = 'pnpm-lock.yaml'): Lockfile {
  const lock = understand(readMachineYaml(text, file), file);
  const byName = namedKeys([...lock.snapshots.keys()], (key) => splitKey(key, lock.major).name);
  return {
    manager: 'pnpm',
    find: (folder, name) => find(lock, folder, name) ?? byName.get(name) ?? [],
    declared: (folder) => {
      const names = lock.importers.get(folder);
      return names === undefined ? null : [...names.keys()];
    },
    packageAt: (key) => lockedPackage(key, lock),
    dependencies: (key) => dependencies(key, lock),
  };
}

function understand(root: YamlMap, file: string): PnpmLock {
  const version = textAt(root, 'lockfileVersion');
  const major = Number.parseInt(version ?? '', 10);
  if (!(major >= 5 && major <= 9)) {
    const what = version === undefined ? 'no lockfileVersion' : `the lockfileVersion ${version}`;
    throw new LanewiseError('GRAPH_INVALID', `${file} has ${what}, where 5 to 9 can be read.`, {
      hint: 'Let pnpm write it anew, or tell us about the new version.',
      place: { file },
    });
  }
  const packages = mapAt(root, 'packages');
  const snapshots = root.has('snapshots') ? mapAt(root, 'snapshots') : packages;
  return { major, importers: readImporters(root), packages, snapshots };
}

/** A lockfile of a single package has no `importers`: its sections stand at the top. */
function readImporters(root: YamlMap): Map<string, ReadonlyMap<string, string>> {
  const importers = root.has('importers') ? mapAt(root, 'importers') : new Map([['.', root]]);
  return new Map(
    [...importers].map(([folder, value]) => [
      folder === '.' ? '' : folder,
      isYamlMap(value) ? references(value) : new Map<string, string>(),
    ]),
  );
}

function references(importer: YamlMap): Map<string, string> {
  const found = new Map<string, string>();
  for (const section of sections) {
    for (const [name, value] of mapAt(importer, section)) {
      const reference = isYamlMap(value) ? textAt(value, 'version') : value;
      if (typeof reference === 'string') found.set(name, reference);
    }
  }
  return found;
}

/** The nearest folder above that asks for the name; null: none does. */
function find(
  { importers, snapshots, major }: PnpmLock,
  folder: RepoPath,
  name: string,
): LockedKey[] | null {
  for (let at: string | null = folder; at !== null; at = parentOf(at)) {
    const reference = importers.get(at)?.get(name);
    if (reference === undefined) continue;
    const key = keyOf(name, reference, major);
    return key === null || !snapshots.has(key) ? [] : [key];
  }
  return null;
}

function parentOf(folder: string): string | null {
  if (folder === '') return null;
  return folder.slice(0, Math.max(folder.lastIndexOf('/'), 0));
}

/** From what a dependency says (`18.2.0`, `react@18.2.0`, `link:../ui`) to the package's key. */
function keyOf(name: string, reference: string, major: number): LockedKey | null {
  if (reference.startsWith('link:')) return null;
  const bare = reference.replace(/\(.*$/, '');
  if (major >= 9) return /^[^:]*@/.test(bare) ? reference : `${name}@${reference}`;
  if (bare.includes('/') || reference.startsWith('file:')) return reference;
  return major === 5 ? `/${name}/${reference}` : `/${name}@${reference}`;
}

function dependencies(
  key: LockedKey,
  { snapshots, major }: PnpmLock,
): { keys: LockedKey[]; missing: string[] } {
  const snapshot = snapshots.get(key);
  const keys = new Set<LockedKey>();
  const missing: string[] = [];
  if (!isYamlMap(snapshot)) return { keys: [], missing: [] };
  for (const section of ['dependencies', 'optionalDependencies']) {
    for (const [name, value] of mapAt(snapshot, section)) {
      const target = typeof value === 'string' ? keyOf(name, value, major) : null;
      if (target === null) continue;
      if (snapshots.has(target)) keys.add(target);
      else if (section === 'dependencies') missing.push(name);
    }
  }
  return { keys: [...keys], missing };
}

function lockedPackage(key: LockedKey, { packages, snapshots, major }: PnpmLock): LockedPackage {
  const { name, version } = splitKey(key, major);
  const entry = packages.get(key) ?? packages.get(key.replace(/\(.*$/, '')) ?? snapshots.get(key);
  const resolution = isYamlMap(entry) ? entry.get('resolution') : undefined;
  const integrity = isYamlMap(resolution) ? textAt(resolution, 'integrity') : undefined;
  return { name, version, integrity: integrity ?? plain(resolution) };
}

/** `/@acme/ui/1.0.0_react@18.2.0`, `/@acme/ui@1.0.0(react@18.2.0)`, `@acme/ui@1.0.0(react@18.2.0)`. */
function splitKey(key: LockedKey, major: number): { name: string; version: string } {
  const bare = key.replace(/^\//, '');
  const at =
    major === 5
      ? bare.indexOf('/', bare.startsWith('@') ? bare.indexOf('/') + 1 : 0)
      : bare.indexOf('@', 1);
  return at < 0
    ? { name: bare, version: '' }
    : { name: bare.slice(0, at), version: bare.slice(at + 1) };
}

function plain(value: YamlValue | undefined): string {
  if (value === undefined) return '';
  return isYamlMap(value) ? canonicalJson(Object.fromEntries(value)) : canonicalJson(value);
}
