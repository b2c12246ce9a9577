import type { ObjectId, RepoPath } from '@lanewise/model';
import type { FileVersion } from './file-version.js';
import type { PastCommit } from './past-line.js';
import type { PastPin, PinnedFile } from './past-pin.js';

type Cell = Pick<PastPin, 'product' | 'environment'>;

/**
 * Gives files that are gone the product and environment under which they went on: where a commit
 * deleted a manifest and made one with the same values, of the same product in another environment
 * (its folder was renamed) or, if that is the only one, of another product in the same environment.
 */
export function followRenames(
  line: readonly PastCommit[],
  files: ReadonlyMap<RepoPath, PinnedFile>,
  isGone: (path: RepoPath) => boolean,
  versionOf: (file: PinnedFile, blob: ObjectId) => FileVersion,
): ReadonlyMap<RepoPath, PinnedFile> {
  const present = new Set<string>();
  for (const [path, { pins }] of files)
    if (!isGone(path)) for (const pin of pins) present.add(keyOf(pin));
  const wentOn = new Map<string, Cell>();
  const textsOf = (file: PinnedFile, blob: ObjectId): string =>
    JSON.stringify([...new Set(versionOf(file, blob).texts)].sort());
  // From the newest: what a manifest became may have been renamed again later.
  for (let at = line.length - 1; at >= 0; at -= 1) {
    const steps = line[at]?.steps ?? [];
    const came = steps.flatMap(({ path, before, after }) => {
      const file = files.get(path);
      const [pin] = file?.pins ?? [];
      if (file === undefined || pin === undefined || before !== null || after === null) return [];
      return [{ texts: textsOf(file, after), cell: wentOn.get(keyOf(pin)) ?? pin }];
    });
    for (const { path, before, after } of came.length === 0 ? [] : steps) {
      const file = files.get(path);
      const [pin] = file?.pins ?? [];
      if (file === undefined || pin === undefined || before === null || after !== null) continue;
      if (present.has(keyOf(pin)) || wentOn.has(keyOf(pin))) continue;
      const texts = textsOf(file, before);
      const alike = came.filter((one) => one.texts === texts && keyOf(one.cell) !== keyOf(pin));
      const moved = alike.find(({ cell }) => cell.product === pin.product);
      const renamed = alike.filter(({ cell }) => cell.environment === pin.environment);
      const next = moved ?? (renamed.length === 1 ? renamed[0] : undefined);
      if (next !== undefined) wentOn.set(keyOf(pin), next.cell);
    }
  }
  if (wentOn.size === 0) return files;
  return new Map([...files].map(([path, file]) => [path, relabel(file, wentOn)]));
}

function relabel(file: PinnedFile, wentOn: ReadonlyMap<string, Cell>): PinnedFile {
  const pins = file.pins.map((pin) => {
    const cell = wentOn.get(keyOf(pin));
    if (cell === undefined) return pin;
    return { ...pin, product: cell.product, environment: cell.environment };
  });
  return { ...file, pins };
}

function keyOf({ product, environment }: Cell): string {
  return `${environment}\n${product}`;
}
