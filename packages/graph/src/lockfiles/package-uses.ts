import { byText } from '@lanewise/model';
import type { ProductInputs } from '../workspace-graph.js';
import type { LockedKey, Lockfile } from './lockfile.js';
import { directPackages } from './resolve-packages.js';

/** How a product uses one package under one lockfile: equal use, equal texts. */
export type PackageUse = string;

/** What a use is written from. */
interface Use {
  /** Versions and checksums in use. */
  readonly versions: readonly string[];
  /** Who takes it, and in which versions: packages and projects. */
  readonly takers: Readonly<Record<string, readonly string[]>>;
  /** What each of its versions takes itself. */
  readonly brings: Readonly<Record<string, readonly string[]>>;
}

/**
 * How a product uses the packages of some names under a lockfile. One walk over all packages behind the
 * product tells it for all names. null: it cannot be told.
 */
export function packageUses(
  lockfile: Lockfile,
  { members }: Pick<ProductInputs, 'members'>,
  packagesKnown: boolean,
  names: ReadonlySet<string>,
): ReadonlyMap<string, PackageUse> | null {
  const versions = collect();
  const takers = new Map([...names].map((name) => [name, collect()] as const));
  const brings = new Map([...names].map((name) => [name, collect()] as const));
  const reached = new Set<LockedKey>();
  for (const { project } of members) {
    const start = directPackages(lockfile, project.root, packagesKnown ? project.packages : null);
    if (start.wider !== null) return null;
    for (const key of start.keys) {
      reached.add(key);
      const { name, version } = lockfile.packageAt(key);
      takers.get(name)?.add(`project ${project.name}`, version);
    }
  }
  // What is added while the set is walked is walked too.
  for (const key of reached) {
    const { name, version, integrity } = lockfile.packageAt(key);
    const { keys, missing } = lockfile.dependencies(key);
    if (missing.length > 0) return null;
    if (names.has(name)) versions.add(name, `${version} ${integrity}`);
    for (const next of keys) {
      reached.add(next);
      const found = lockfile.packageAt(next);
      takers.get(found.name)?.add(`package ${name}`, found.version);
      brings.get(name)?.add(version, `${found.name}@${found.version}`);
    }
  }
  return new Map(
    [...names].map((name) => {
      const use: Use = {
        versions: versions.of(name),
        takers: takers.get(name)?.all() ?? {},
        brings: brings.get(name)?.all() ?? {},
      };
      return [name, JSON.stringify(use)] as const;
    }),
  );
}

/**
 * Whether a package is not the same to a product between two uses: another set of versions or
 * checksums, or a taker that was there before takes another version. `rewired`: what it takes itself
 * counts as well, as where only the choice among versions differs in the end.
 */
export function isUsedOtherwise(before: PackageUse, after: PackageUse, rewired: boolean): boolean {
  if (before === after) return false;
  if (before === '' || after === '') return true;
  const [old, now] = [before, after].map((text) => JSON.parse(text) as Use);
  if (old === undefined || now === undefined) return true;
  return (
    old.versions.join('\n') !== now.versions.join('\n') ||
    differs(old.takers, now.takers) ||
    (rewired && differs(old.brings, now.brings))
  );
}

/** Whether any key of both has other values. */
function differs(old: Use['takers'], now: Use['takers']): boolean {
  return Object.entries(old).some(([key, values]) => {
    const others = Object.hasOwn(now, key) ? now[key] : undefined;
    return others !== undefined && others.join('\n') !== values.join('\n');
  });
}

/** Sorted sets of texts by key. */
function collect() {
  const sets = new Map<string, Set<string>>();
  const of = (key: string): readonly string[] => [...(sets.get(key) ?? [])].sort(byText);
  return {
    add(key: string, value: string): void {
      const known = sets.get(key);
      if (known === undefined) sets.set(key, new Set([value]));
      else known.add(value);
    },
    of,
    all: (): Readonly<Record<string, readonly string[]>> =>
      Object.fromEntries([...sets.keys()].sort(byText).map((key) => [key, of(key)])),
  };
}
