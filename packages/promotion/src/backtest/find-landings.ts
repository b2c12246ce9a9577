import type { CommitId, ObjectId, RepoPath, Timestamp } from '@lanewise/model';
import type { Landing } from './deployment.js';
import { unreadVersion, type FileVersion } from './file-version.js';
import type { PastCommit, PastStepOfFile } from './past-line.js';
import type { PastPin, PinnedFile } from './past-pin.js';

export interface LandingSources {
  /** The branch's line, oldest first. */
  readonly line: readonly PastCommit[];
  readonly files: ReadonlyMap<RepoPath, PinnedFile>;
  readonly versionOf: (file: PinnedFile, blob: ObjectId) => FileVersion;
  /** When a commit landed: the latest of its own date and its parents'. */
  readonly landedAt: (commit: PastCommit) => Timestamp;
  /** The commit at which the history was cut off, so that it seems to have made every file; null: it was not. */
  readonly cutAt: CommitId | null;
}

/** One product in one environment, while the line is gone along. */
interface Cell extends Pick<PastPin, 'product' | 'environment'> {
  /** The present values by place. */
  readonly values: Map<string, string>;
}

/**
 * Finds every commit that gave a product another value in an environment. That is so where a pin
 * holds another text than before, or where a pin that came holds a text that none of the product's
 * pins there held: so a manifest that moves elsewhere with its value is no deployment.
 */
export function findLandings(sources: LandingSources): readonly Landing[] {
  const cells = new Map<string, Cell>();
  const cellOf = ({ product, environment }: Pick<PastPin, 'product' | 'environment'>): Cell => {
    const key = `${environment}\n${product}`;
    let cell = cells.get(key);
    if (cell === undefined) cells.set(key, (cell = { product, environment, values: new Map() }));
    return cell;
  };
  const known = new Map<PinnedFile, PlacedFile>();
  const placed = (file: PinnedFile): PlacedFile => {
    let found = known.get(file);
    if (found === undefined) known.set(file, (found = placeFile(file, cellOf)));
    return found;
  };
  const landings: Landing[] = [];
  sources.line.forEach((commit, place) => {
    const moved = applyCommit(commit, sources, placed);
    if (commit.id === sources.cutAt) return;
    const movedFiles = new Set(moved.flatMap(({ files }) => [...files.keys()]));
    const products = new Set(moved.map(({ cell }) => cell.product));
    for (const { cell, from, to, files } of moved) {
      landings.push({
        place,
        commit: commit.id,
        at: sources.landedAt(commit),
        author: commit.author,
        subject: commit.subject,
        product: cell.product,
        environment: cell.environment,
        from,
        to,
        beyond: {
          bytes: [...files.values()].some((more) => more),
          files: commit.changed - movedFiles.size,
          products: products.size - 1,
        },
      });
    }
  });
  return landings;
}

/** A file's pins with their cells and the names of their places: made once, as histories are long. */
interface PlacedFile {
  readonly file: PinnedFile;
  readonly places: readonly string[];
  /** The cell of each pin, in the order of the pins. */
  readonly owners: readonly Cell[];
  readonly cells: readonly Cell[];
}

function placeFile(file: PinnedFile, cellOf: (pin: PastPin) => Cell): PlacedFile {
  const owners = file.pins.map(cellOf);
  const places = file.pins.map((_, index) => `${file.file}\n${index}`);
  return { file, places, owners, cells: [...new Set(owners)] };
}

interface Moved {
  readonly cell: Cell;
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** Files in which its values moved, and whether other bytes of them changed. */
  readonly files: ReadonlyMap<RepoPath, boolean>;
}

/** Takes one commit's steps into the cells, and gives those that hold another value now. */
function applyCommit(
  commit: PastCommit,
  { files, versionOf }: LandingSources,
  placed: (file: PinnedFile) => PlacedFile,
): readonly Moved[] {
  const before = new Map<Cell, ReadonlyMap<string, string>>();
  const touched = new Map<Cell, PastStepOfFile[]>();
  for (const step of commit.steps) {
    const file = files.get(step.path);
    if (file === undefined) continue;
    const version = step.after === null ? null : versionOf(file, step.after);
    const one = placed(file);
    for (const cell of one.cells) {
      if (!before.has(cell)) before.set(cell, new Map(cell.values));
      const steps = touched.get(cell);
      if (steps === undefined) touched.set(cell, [step]);
      else steps.push(step);
    }
    takeVersion(one, version);
  }
  const moved: Moved[] = [];
  for (const [cell, was] of before) {
    const old = new Set(was.values());
    const places = [...cell.values].filter(([place, text]) =>
      was.has(place) ? was.get(place) !== text : !old.has(text),
    );
    if (places.length === 0) continue;
    const paths = new Set(places.map(([place]) => place.slice(0, place.lastIndexOf('\n'))));
    const own = (touched.get(cell) ?? []).filter(({ path }) => paths.has(path));
    moved.push({
      cell,
      from: sorted(old),
      to: sorted(new Set(places.map(([, text]) => text))),
      files: new Map(own.map((step) => [step.path, changedMore(step, files, versionOf)])),
    });
  }
  return moved;
}

/** Writes a version's values into the cells; what cannot be read leaves the value that was there. */
function takeVersion({ file, places, owners }: PlacedFile, version: FileVersion | null): void {
  if (version === unreadVersion) return;
  owners.forEach(({ values }, index) => {
    const text = version === null ? null : version.texts[index];
    const place = places[index] ?? '';
    if (text === null) values.delete(place);
    else if (text !== undefined) values.set(place, text);
  });
  const [first] = owners;
  if (first === undefined || file.images === null) return;
  const { values } = first;
  const prefix = `${file.file}\nfound`;
  for (const place of values.keys()) if (place.startsWith(prefix)) values.delete(place);
  version?.found.forEach((text, index) => values.set(`${prefix}${index}`, text));
}

function changedMore(
  { path, before, after }: PastStepOfFile,
  files: LandingSources['files'],
  versionOf: LandingSources['versionOf'],
): boolean {
  const file = files.get(path);
  if (file === undefined || after === null) return false;
  if (before === null) return true;
  const [was, is] = [versionOf(file, before).rest, versionOf(file, after).rest];
  return was !== null && is !== null && was !== is;
}

function sorted(texts: ReadonlySet<string>): readonly string[] {
  return [...texts].sort();
}
