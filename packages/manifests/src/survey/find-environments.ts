import type { EnvironmentPlace } from './place-environment.js';
import { guessEnvironments, placeEnvironment } from './place-environment.js';

/** For each path the environment it belongs to, where one is named. */
export type PlacedPaths = ReadonlyMap<string, EnvironmentPlace & { readonly isAlone: boolean }>;

/**
 * Places paths by looking at all of them together. A name that teams use for other things too
 * (`test`, `live`) counts where the same file stands under another environment; a name that nobody
 * lists (`blue`, a customer's) counts where it stands in the very place of a listed one. `told` are
 * readings that something else than the path gives, and win.
 */
export function findEnvironments(
  paths: readonly string[],
  told: ReadonlyMap<string, EnvironmentPlace> = new Map(),
): PlacedPaths {
  const readings = new Map<string, EnvironmentPlace>();
  for (const path of paths) {
    const place = told.get(path) ?? placeEnvironment(path);
    if (place !== null) readings.set(path, place);
  }
  const names = groupNames([...readings.values()]);
  const sure = new Set(
    [...readings.values()].filter(({ strength }) => strength !== 'guess').map(({ name }) => name),
  );
  for (const [path, place] of readings) {
    const siblings = names.get(place.marked)?.size ?? 0;
    if (place.strength === 'guess' && siblings < 2 && !sure.has(place.name)) readings.delete(path);
  }
  const surely = groupNames([...readings.values()].filter(({ strength }) => strength === 'told'));
  for (const path of paths) {
    if (readings.has(path)) continue;
    const place = guessEnvironments(path).find(({ marked }) => surely.has(marked));
    if (place !== undefined) readings.set(path, place);
  }
  const all = groupNames([...readings.values()]);
  return new Map(
    [...readings].map(([path, place]) => [
      path,
      { ...place, isAlone: (all.get(place.marked)?.size ?? 0) < 2 },
    ]),
  );
}

function groupNames(places: readonly EnvironmentPlace[]): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>();
  for (const { marked, name } of places) {
    const group = groups.get(marked) ?? new Set();
    groups.set(marked, group.add(name));
  }
  return groups;
}
