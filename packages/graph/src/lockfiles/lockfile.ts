import type { RepoPath } from '@lanewise/model';

/** Key of one locked package inside its lockfile; only the lockfile's reader knows its shape. */
export type LockedKey = string;

/** One package as a lockfile fixes it. */
export interface LockedPackage {
  /** The name by which it is imported (the alias, where there is one). */
  readonly name: string;
  /** Version, or what stands for it: `npm:other@1.0.0` for an alias, a URL for a tarball or git. */
  readonly version: string;
  /** Checksum, or the resolved address where the lockfile has no checksum; `''` where it has neither. */
  readonly integrity: string;
}

/**
 * A lockfile of any package manager, as a graph of locked packages. Links to folders of the
 * workspace are no packages: those are projects, and projects are followed by edges.
 */
export interface Lockfile {
  readonly manager: 'npm' | 'pnpm' | 'yarn' | 'yarn-berry' | 'bun';
  /**
   * The package that code in a folder gets for a name; none where that is a folder of the
   * workspace, or nothing. Several where the lockfile cannot tell which: then all of them count.
   */
  readonly find: (folder: RepoPath, name: string) => readonly LockedKey[];
  /** Names that the folder's own package.json asks for; null: the lockfile does not know. */
  readonly declared: (folder: RepoPath) => readonly string[] | null;
  readonly packageAt: (key: LockedKey) => LockedPackage;
  /** What a package resolves its own dependencies to, and names it needs that the lockfile lacks. */
  readonly dependencies: (key: LockedKey) => {
    readonly keys: readonly LockedKey[];
    readonly missing: readonly string[];
  };
}

/** File names of lockfiles, in the order in which Nx looks for the package manager in use. */
export const lockfileNames = [
  'bun.lockb',
  'bun.lock',
  'yarn.lock',
  'pnpm-lock.yaml',
  'package-lock.json',
  'npm-shrinkwrap.json',
] as const;

/** Keys by the name of their package. */
export function namedKeys(
  keys: Iterable<LockedKey>,
  nameOf: (key: LockedKey) => string,
): ReadonlyMap<string, readonly LockedKey[]> {
  const named = new Map<string, LockedKey[]>();
  for (const key of keys) {
    const name = nameOf(key);
    const known = named.get(name);
    if (known === undefined) named.set(name, [key]);
    else known.push(key);
  }
  return named;
}
