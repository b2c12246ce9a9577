import type { RepoPath } from '@lanewise/model';
import { byText } from '../canonical.js';
import type { ProductInputs } from '../workspace-graph.js';
import type { LockedKey, LockedPackage, Lockfile } from './lockfile.js';

/** A package in the closure of what a project or product uses. */
export interface ResolvedPackage extends LockedPackage {
  /** Names from the one that is used directly to this one (shortest, then by name). */
  readonly path: readonly string[];
  /** `name@version` of what it resolves its own dependencies to. */
  readonly dependencies: readonly string[];
}

/** All external packages behind a project or product, by `name@version`. */
export interface ResolvedPackages {
  readonly packages: ReadonlyMap<string, ResolvedPackage>;
  /** Why the set cannot be trusted, so that any change of the lockfile must count; else null. */
  readonly wider: string | null;
}

/**
 * The closure of packages that code in a folder reaches by the names it uses directly. Without
 * names (null) those that the folder's package.json asks for, as the lockfile repeats them.
 */
export function resolvePackages(
  lockfile: Lockfile,
  projectRoot: RepoPath,
  names: readonly string[] | null,
): ResolvedPackages {
  return closure(lockfile, direct(lockfile, projectRoot, names));
}

/** The closure of packages behind all projects that a product is built from. */
export function resolveProductPackages(
  lockfile: Lockfile,
  inputs: Pick<ProductInputs, 'members'>,
  packagesKnown: boolean,
): ResolvedPackages {
  const starts = inputs.members.map(({ project }) =>
    direct(lockfile, project.root, packagesKnown ? project.packages : null),
  );
  return closure(lockfile, {
    keys: starts.flatMap((start) => start.keys),
    wider: starts.find((start) => start.wider !== null)?.wider ?? null,
  });
}

interface Start {
  readonly keys: readonly LockedKey[];
  readonly wider: string | null;
}

function direct(lockfile: Lockfile, root: RepoPath, names: readonly string[] | null): Start {
  const asked = names ?? lockfile.declared(root);
  if (asked === null) {
    return {
      keys: [],
      wider: `which packages ${root === '' ? 'the root' : root} uses is not known`,
    };
  }
  const keys = asked.flatMap((name) => lockfile.find(root, name) ?? []);
  return { keys, wider: null };
}

function closure(lockfile: Lockfile, start: Start): ResolvedPackages {
  const packages = new Map<string, ResolvedPackage>();
  let wider = start.wider;
  const seen = new Set<LockedKey>(start.keys);
  let level = [...seen].map((key) => ({ key, path: [lockfile.packageAt(key).name] }));
  while (level.length > 0) {
    const next: typeof level = [];
    for (const { key, path } of level.sort((a, b) => byText(a.path.join(), b.path.join()))) {
      const { keys, missing } = lockfile.dependencies(key);
      const locked = lockfile.packageAt(key);
      if (missing[0] !== undefined)
        wider ??= `${nameKey(locked)} needs ${missing[0]}, which the lockfile lacks`;
      add(packages, {
        ...locked,
        path,
        dependencies: keys.map((inner) => nameKey(lockfile.packageAt(inner))),
      });
      for (const inner of keys) {
        if (seen.has(inner)) continue;
        seen.add(inner);
        next.push({ key: inner, path: [...path, lockfile.packageAt(inner).name] });
      }
    }
    level = next;
  }
  return { packages, wider };
}

function nameKey({ name, version }: LockedPackage): string {
  return `${name}@${version}`;
}

/** The same version may be installed at several places, each with its own dependencies. */
function add(packages: Map<string, ResolvedPackage>, found: ResolvedPackage): void {
  const key = nameKey(found);
  const known = packages.get(key);
  const dependencies = new Set([...(known?.dependencies ?? []), ...found.dependencies]);
  packages.set(key, { ...(known ?? found), dependencies: [...dependencies].sort(byText) });
}
