import { byText, type RepoPath } from '@lanewise/model';
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
  /** Those of them that projects use by name. */
  readonly direct: ReadonlySet<string>;
  /** Why the set cannot be trusted, so that any change of the lockfile must count; else null. */
  readonly wider: string | null;
}

/**
 * The closure of packages that code in a folder reaches by the names it uses directly. Without
 * names (null) those that the nearest package.json asks for, as the lockfile repeats them.
 */
export function resolvePackages(
  lockfile: Lockfile,
  projectRoot: RepoPath,
  names: readonly string[] | null,
): ResolvedPackages {
  return closure(lockfile, directPackages(lockfile, projectRoot, names));
}

/** The closure of packages behind all projects that a product is built from. */
export function resolveProductPackages(
  lockfile: Lockfile,
  inputs: Pick<ProductInputs, 'members'>,
  packagesKnown: boolean,
): ResolvedPackages {
  const starts = inputs.members.map(({ project }) =>
    directPackages(lockfile, project.root, packagesKnown ? project.packages : null),
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

/** The packages that code in a folder takes by name. */
export function directPackages(
  lockfile: Lockfile,
  root: RepoPath,
  names: readonly string[] | null,
): Start {
  const asked = names ?? declaredAbove(lockfile, root);
  if (asked === null) {
    const who = root === '' ? 'the root' : root;
    return { keys: [], wider: `which packages ${who} uses is not known` };
  }
  return { keys: asked.flatMap((name) => lockfile.find(root, name)), wider: null };
}

/** A folder without a package.json of its own may use what the nearest one above asks for. */
function declaredAbove(lockfile: Lockfile, root: RepoPath): readonly string[] | null {
  for (
    let folder: string = root;
    ;
    folder = folder.slice(0, Math.max(folder.lastIndexOf('/'), 0))
  ) {
    const names = lockfile.declared(folder as RepoPath);
    if (names !== null || folder === '') return names;
  }
}

/**
 * Breadth first. As starts and the dependencies of each package are in the order of names, each
 * level is in the order of its paths, and the first way found is the shortest, first by name.
 */
function closure(lockfile: Lockfile, start: Start): ResolvedPackages {
  const steps = stepsOf(lockfile);
  const packages = new Map<string, ResolvedPackage>();
  const keys = [...new Set(start.keys)].sort((a, b) =>
    byText(steps(a).locked.name, steps(b).locked.name),
  );
  const seen = new Set<LockedKey>(keys);
  const queue = keys.map((key) => ({ step: steps(key), path: [steps(key).locked.name] }));
  let wider = start.wider;
  for (const { step, path } of queue) {
    const { locked, key, dependencies, next } = step;
    wider ??= step.wider;
    const known = packages.get(key);
    const all = known === undefined ? dependencies : union(known.dependencies, dependencies);
    packages.set(key, { ...locked, path: known?.path ?? path, dependencies: all });
    for (const inner of next) {
      if (seen.has(inner)) continue;
      seen.add(inner);
      queue.push({ step: steps(inner), path: [...path, steps(inner).locked.name] });
    }
  }
  return { packages, direct: new Set(keys.map((key) => steps(key).key)), wider };
}

/** One locked package as the walk needs it: made once for a lockfile, whoever walks. */
interface Step {
  readonly locked: LockedPackage;
  readonly key: string;
  readonly next: readonly LockedKey[];
  readonly dependencies: readonly string[];
  readonly wider: string | null;
}

const kept = new WeakMap<Lockfile, Map<LockedKey, Step>>();

function stepsOf(lockfile: Lockfile): (key: LockedKey) => Step {
  const steps = kept.get(lockfile) ?? new Map<LockedKey, Step>();
  kept.set(lockfile, steps);
  return (key) => {
    const step = steps.get(key) ?? makeStep(lockfile, key);
    steps.set(key, step);
    return step;
  };
}

function makeStep(lockfile: Lockfile, key: LockedKey): Step {
  const locked = lockfile.packageAt(key);
  const { keys, missing } = lockfile.dependencies(key);
  const found = keys.map((next) => ({ next, locked: lockfile.packageAt(next) }));
  found.sort((a, b) => byText(a.locked.name, b.locked.name));
  const [first] = missing;
  return {
    locked,
    key: nameKey(locked),
    next: found.map(({ next }) => next),
    dependencies: found.map((one) => nameKey(one.locked)).sort(byText),
    wider:
      first === undefined ? null : `${nameKey(locked)} needs ${first}, which the lockfile lacks`,
  };
}

function nameKey({ name, version }: LockedPackage): string {
  return `${name}@${version}`;
}

/** The same version may be installed at several places, each with its own dependencies. */
function union(one: readonly string[], other: readonly string[]): readonly string[] {
  return [...new Set([...one, ...other])].sort(byText);
}
