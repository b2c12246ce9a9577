import { byText } from '../canonical.js';
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
  return changed
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
