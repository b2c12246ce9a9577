import { byText } from '@lanewise/model';
import type { ResolvedPackage, ResolvedPackages } from './resolve-packages.js';

/** A package that is not the same as before, with the versions in use (`[]`: not in use). */
export interface ChangedPackage {
  readonly name: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Whether a project uses it by name. */
  readonly direct: boolean;
  /** Names from the one that a project uses to this one. */
  readonly path: readonly string[];
}

/**
 * Packages that differ between two resolutions: another set of versions, another checksum of the
 * same version, or another choice among versions that are both still there. Ordered by name.
 */
export function comparePackages(
  before: ResolvedPackages,
  after: ResolvedPackages,
): ChangedPackage[] {
  const old = byName(before);
  const now = byName(after);
  const names = new Set([...old.keys(), ...now.keys()]);
  const changed = [...names].filter(
    (name) => fingerprint(old.get(name)) !== fingerprint(now.get(name)),
  );
  const all = new Set([...changed, ...rewired(before, after, new Set(changed))]);
  return [...all]
    .sort(byText)
    .map((name) => describe(name, old.get(name) ?? [], now.get(name) ?? []));
}

function byName({ packages }: ResolvedPackages): Map<string, ResolvedPackage[]> {
  const names = new Map<string, ResolvedPackage[]>();
  for (const found of packages.values()) {
    const known = names.get(found.name);
    if (known === undefined) names.set(found.name, [found]);
    else known.push(found);
  }
  for (const versions of names.values()) versions.sort((a, b) => byText(a.version, b.version));
  return names;
}

function fingerprint(versions: readonly ResolvedPackage[] = []): string {
  return JSON.stringify(versions.map(({ version, integrity }) => [version, integrity]));
}

/**
 * What takes another of several versions that are all in use before and after, so that no set of
 * versions tells of the change: packages, and the projects' own code.
 */
function rewired(
  before: ResolvedPackages,
  after: ResolvedPackages,
  told: ReadonlySet<string>,
): string[] {
  const packages = [...after.packages].flatMap(([key, { name, dependencies }]) => {
    const old = before.packages.get(key)?.dependencies;
    if (old === undefined || told.has(name)) return [];
    return difference(old, dependencies).every((other) => told.has(nameOf(other))) ? [] : [name];
  });
  const old = [...before.direct];
  const now = [...after.direct];
  const direct = difference(old, now)
    .map(nameOf)
    .filter((name) => [old, now].every((keys) => keys.some((key) => nameOf(key) === name)));
  return [...packages, ...direct];
}

function difference(before: readonly string[], after: readonly string[]): string[] {
  return [
    ...before.filter((one) => !after.includes(one)),
    ...after.filter((one) => !before.includes(one)),
  ];
}

/** `@acme/ui@1.0.0` is a version of `@acme/ui`. */
function nameOf(key: string): string {
  return key.slice(0, key.indexOf('@', 1));
}

function describe(
  name: string,
  before: readonly ResolvedPackage[],
  after: readonly ResolvedPackage[],
): ChangedPackage {
  const [shortest] = [...after, ...before].sort((a, b) => a.path.length - b.path.length);
  return {
    name,
    before: before.map(({ version }) => version),
    after: after.map(({ version }) => version),
    direct: shortest?.path.length === 1,
    path: shortest?.path ?? [name],
  };
}
