import type { Ancestry, TreeEntry } from '@lanewise/git';
import {
  expandPins,
  type CommitId,
  type NamedProduct,
  type ObjectId,
  type PinSelector,
  type Placement,
  type ProductName,
  type RefName,
  type RepoPath,
} from '@lanewise/model';
import type { ReleaseBook } from '@lanewise/release';
import { cellKey, type Cell, type CellKey, type PinState, type PinValue } from './cell.js';
import { filesOf, pinsByFile, readCellHistory, type FileHistory } from './history.js';
import { readHistoryIndex, type HistoryIndex } from './history-index.js';
import { lockDirectory, lockPath } from './lock-places.js';
import type { LockFile } from './lock.js';
import { readLocks } from './observe-locks.js';
import type { PromotionSources } from './promote.js';
import { makeRecogniser, type Recognise } from './recognise.js';
import { recogniseCell } from './recognise-cell.js';
import type { ObserveScope } from './scope.js';
import { makeToldBy } from './told.js';
import { readValues, type ValueSource, type WantedValues } from './values.js';
import { watchConfig } from './watch.js';

export interface CellSources {
  readonly sources: PromotionSources;
  readonly scope: ObserveScope;
  readonly products: readonly NamedProduct[];
  readonly tip: CommitId;
  readonly branch: RefName;
  readonly book: ReleaseBook;
  readonly ancestry: Ancestry;
}

export interface ReadCells {
  readonly cells: ReadonlyMap<CellKey, Cell>;
  readonly locks: ReadonlyMap<string, LockFile>;
  readonly index: HistoryIndex | null;
}

/** From so many files on, the whole tree is listed instead of each file looked up. */
const manyFiles = 400;

/** Reads what runs in every cell of the scope, and its past where that is asked for. */
export async function readCells(from: CellSources): Promise<ReadCells> {
  const { sources, products, tip, branch, scope } = from;
  const { config, gitops } = sources;
  const possible = expandPins(config, products, null);
  const [files, index] = await Promise.all([
    readFiles(from, possible),
    scope.history
      ? readHistoryIndex({ repository: gitops, branch, tip, watch: watchConfig(config) })
      : null,
  ]);
  const placements = expandPins(config, products, new Set(files.keys()));
  const pasts = index === null ? null : filesOf(index, pastFiles(placements, possible));
  const placed = placements.map((placement, at) => leftBehind(placement, possible[at], pasts));
  const values = await readValues(gitops, [
    ...placed.flatMap((placement) => wantedNow(placement, files)),
    ...(pasts === null ? [] : placed.flatMap((placement) => wantedPast(placement, pasts))),
  ]);
  const cells = makeCells(from, placed, files, values, pasts);
  return { cells, locks: await readLocks(gitops, files), index };
}

type Files = ReadonlyMap<RepoPath, TreeEntry>;
type Pasts = ReadonlyMap<RepoPath, FileHistory>;

/** Files of the tree that matter: those that pins can name, and lock files. */
async function readFiles(
  { sources, tip }: CellSources,
  possible: readonly Placement[],
): Promise<Files> {
  const { gitops } = sources;
  const paths = [...new Set(possible.flatMap(({ pins }) => pins.map(({ file }) => file)))];
  const globs = paths.some((path) => /[*?[\]{}]/.test(path));
  if (globs || paths.length > manyFiles) {
    const entries = await gitops.listFiles(tip);
    return new Map(
      entries.filter(({ type }) => type !== 'tree').map((entry) => [entry.path, entry]),
    );
  }
  const [entries, locks] = await Promise.all([
    gitops.readEntries(paths.map((path) => ({ commit: tip, path }))),
    gitops.readEntries([{ commit: tip, path: lockDirectory }]),
  ]);
  const below = locks[0]?.type === 'tree' ? await gitops.listFiles(tip, lockDirectory) : [];
  const found = [...entries, ...below].filter(
    (entry) => entry !== undefined && entry.type !== 'tree',
  );
  return new Map(found.flatMap((entry) => (entry === undefined ? [] : [[entry.path, entry]])));
}

function pastFiles(
  placements: readonly Placement[],
  possible: readonly Placement[],
): ReadonlySet<RepoPath> {
  const pins = [...placements, ...possible].flatMap((placement) => placement.pins);
  const locks = placements.map((placement) => lockPath(placement));
  return new Set([...pins.map(({ file }) => file), ...locks]);
}

/** A product that had its pin there and whose file is gone did not leave: it is missing. */
function leftBehind(
  placement: Placement,
  possible: Placement | undefined,
  pasts: Pasts | null,
): Placement {
  const first = possible?.pins[0];
  if (placement.membership === 'in' || possible?.membership !== 'in' || first === undefined)
    return placement;
  return pasts?.has(first.file) === true
    ? { ...possible, pins: possible.pins, missing: possible.pins }
    : placement;
}

const selectorLists = new WeakMap<object, readonly PinSelector[]>();

function selectorsOf(pins: readonly { readonly selector: PinSelector }[]): readonly PinSelector[] {
  const known = selectorLists.get(pins);
  if (known !== undefined) return known;
  const list = pins.map(({ selector }) => selector);
  selectorLists.set(pins, list);
  return list;
}

function wantedNow(placement: Placement, files: Files): readonly WantedValues[] {
  return [...pinsByFile(placement)].flatMap(([file, pins]) => {
    const entry = files.get(file);
    return entry?.type === 'blob' ? [{ blob: entry.id, file, selectors: selectorsOf(pins) }] : [];
  });
}

function wantedPast(placement: Placement, pasts: Pasts): readonly WantedValues[] {
  return [...pinsByFile(placement)].flatMap(([file, pins]) =>
    (pasts.get(file)?.steps ?? []).flatMap(({ blob }) =>
      blob === null ? [] : [{ blob, file, selectors: selectorsOf(pins) }],
    ),
  );
}

function makeCells(
  { book, ancestry }: CellSources,
  placements: readonly Placement[],
  files: Files,
  values: ValueSource,
  pasts: Pasts | null,
): ReadonlyMap<CellKey, Cell> {
  const recognisers = new Map<ProductName, Recognise>();
  const toldBy = makeToldBy(
    (product, version) => book.releases(product).find((one) => one.version === version) ?? null,
  );
  const cells = new Map<CellKey, Cell>();
  for (const placement of placements) {
    const { product, environment } = placement;
    const recognise = recognisers.get(product) ?? makeRecogniser(book.releases(product), ancestry);
    recognisers.set(product, recognise);
    const valuesOf = valuesOfPins(placement, values);
    const pins = readPinStates(placement, files, valuesOf);
    const history =
      pasts === null || placement.membership === 'outside'
        ? null
        : readCellHistory({ placement, files: pasts, valuesOf, recognise, toldBy });
    const seen = recogniseCell(
      placement,
      pins.map(({ value }) => value),
      recognise,
    );
    const told = seen.kind === 'image' ? history?.stays.at(-1)?.state : undefined;
    const state = told?.kind === 'release' ? told : seen;
    cells.set(cellKey(environment, product), {
      product,
      environment,
      placement,
      pins,
      state,
      history,
    });
  }
  return cells;
}

type ValuesOf = (file: RepoPath, blob: ObjectId) => readonly PinValue[];

function valuesOfPins(placement: Placement, values: ValueSource): ValuesOf {
  const groups = pinsByFile(placement);
  return (file, blob) => {
    const pins = groups.get(file);
    return (pins && values.get({ blob, file, selectors: selectorsOf(pins) })) ?? [];
  };
}

function readPinStates(
  placement: Placement,
  files: Files,
  valuesOf: ValuesOf,
): readonly PinState[] {
  const states: PinState[] = [];
  for (const [file, pins] of pinsByFile(placement)) {
    const entry = files.get(file);
    const values = entry?.type === 'blob' ? valuesOf(file, entry.id) : [];
    pins.forEach(({ index }, at) => {
      const pin = placement.pins[index];
      const value = regular(entry, file) ?? values[at] ?? gone(file);
      if (pin !== undefined) states[index] = { pin, value, blob: entry?.id ?? null };
    });
  }
  return states;
}

function regular(entry: TreeEntry | undefined, file: RepoPath): PinValue | null {
  if (entry === undefined || entry.mode === '100644' || entry.mode === '100755') return null;
  const what = entry.mode === '120000' ? 'a symbolic link' : 'a submodule';
  return {
    kind: 'refused',
    message: `${file} is ${what}, and only plain files are read and changed.`,
    place: { file },
  };
}

function gone(file: RepoPath): PinValue {
  return { kind: 'missing', message: `${file} is not there.`, place: { file } };
}
