import { modelFiles, packagesOf, type Model } from './model.js';

/** Where the two tools answer differently on purpose. */
export type Rule =
  /** Any change of the lockfile touches every project for Nx; for Lanewise those that get another version. */
  | 'the lockfile counts by what is resolved'
  /** Any change of nx.json touches every project for Nx; for Lanewise only a key that decides something. */
  | 'nx.json counts by what decides something'
  /** Nx 22 reads names of files as git prints them, in quotes and escaped; Lanewise and later ones as they are. */
  | 'a file counts whatever signs its name has';

/** An answer that Nx may give, and the rule by which it is not Lanewise's; null: it is the same. */
export interface Allowed {
  readonly rule: Rule | null;
  readonly names: ReadonlySet<string>;
}

export interface Expected {
  readonly lanewise: ReadonlySet<string>;
  readonly nx: readonly Allowed[];
}

/**
 * What must be affected between two models: the owners of changed files, everybody where all
 * share it, the users of changed packages; then all that depend on them at the later one. Which rules
 * there are depends on the major version of Nx.
 */
export function expectAffected(before: Model, after: Model, major: string): Expected {
  const changed = changedFiles(before, after);
  const lanewise = affectedBy(changed, before, after);
  const nx: Allowed[] = [{ rule: null, names: lanewise }];
  const plain = changed.filter((file) => /^[\x20-\x7e]*$/.test(file));
  if (major === '22' && plain.length < changed.length)
    nx.push({
      rule: 'a file counts whatever signs its name has',
      names: affectedBy(plain, before, after),
    });
  const everybody = new Set(after.projects.keys());
  if (changed.includes('package-lock.json'))
    nx.push({ rule: 'the lockfile counts by what is resolved', names: everybody });
  if (changed.includes('nx.json'))
    nx.push({ rule: 'nx.json counts by what decides something', names: everybody });
  return { lanewise, nx };
}

function affectedBy(changed: readonly string[], before: Model, after: Model): ReadonlySet<string> {
  // Who depended on a project that is gone is not known any more.
  const isGone = [...before.projects.keys()].some((name) => !after.projects.has(name));
  if (isGone) return new Set(after.projects.keys());
  const isRaised = (name: string): boolean => before.packages[name] !== after.packages[name];
  const touched = [...after.projects.values()].filter(
    (project) =>
      changed.includes('shared.txt') ||
      changed.some((file) => file.startsWith(`${project.root}/`)) ||
      [...packagesOf(project)].some(isRaised),
  );
  const names = touched.map(({ name }) => name);
  return dependents(after, names);
}

function changedFiles(before: Model, after: Model): readonly string[] {
  const [old, now] = [modelFiles(before), modelFiles(after)];
  const names = new Set([...Object.keys(old), ...Object.keys(now)]);
  return [...names].filter((name) => old[name] !== now[name]);
}

function dependents({ projects }: Model, touched: readonly string[]): ReadonlySet<string> {
  const found = new Set(touched);
  for (let size = -1; size !== found.size;) {
    size = found.size;
    for (const { name, needs } of projects.values())
      if ([...needs].some((one) => found.has(one))) found.add(name);
  }
  return found;
}
