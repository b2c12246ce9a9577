import type { Ancestry, TreeEntry } from '@lanewise/git';
import {
  expandPins,
  type CommitId,
  type Config,
  type NamedProduct,
  type Placement,
  type ProductName,
  type RefName,
  type RepoPath,
  type Version,
} from '@lanewise/model';
import type { ReleaseBook } from '@lanewise/release';
import { findAutomated, type Automated } from './automations.js';
import { cellKey, type Cell, type CellKey, type PinState, type PinValue } from './cell.js';
import {
  filesOf,
  pinsByFile,
  readCellHistory,
  type FileHistory,
  type FilePins,
} from './history.js';
import { readHistoryIndex, type HistoryIndex } from './history-index.js';
import { lockDirectory, lockKey, lockPath } from './lock-places.js';
import type { LockFile } from './lock.js';
import { readLocks } from './observe-locks.js';
import type { PromotionSources } from './promotion-sources.js';
import { makeRecogniser, type Recognise } from './recognise.js';
import { recogniseCell } from './recognise-cell.js';
import { makeToldBy } from './told.js';
import { onlyUses } from './only-uses.js';
import { readValues, type ValueSource, type WantedValues } from './values.js';
import { watchConfig } from './watch.js';

/** What is read of the GitOps repository, whatever has been released. */
export interface GroundSources {
  readonly sources: Pick<PromotionSources, 'config' | 'gitops'>;
  /** Whether the past of the pins is read too. */
  readonly history: boolean;
  readonly products: readonly NamedProduct[];
  readonly tip: CommitId;
  readonly branch: RefName;
}

/** A placement with its pins by file. */
export interface Placed {
  readonly placement: Placement;
  readonly groups: readonly FilePins[];
}

/** The pins of every cell and what they hold, as read at the branch's head: what cells are made from. */
export interface Ground {
  readonly placed: readonly Placed[];
  readonly values: ValueSource;
  /** null: not read. */
  readonly pasts: Pasts | null;
  readonly index: HistoryIndex | null;
  readonly tree: Tree;
  readonly locks: ReadonlyMap<string, LockFile>;
}

/** The same without what else stands beside the pins. */
export type PinnedValues = Omit<Ground, 'tree' | 'locks'> & Pick<Tree, 'files'>;

/** From so many files on, the whole tree is listed instead of each file looked up. */
const manyFiles = 400;

/** Reads the pins of every cell, and their past where that is asked for. No release is needed for it. */
export async function readGround(from: GroundSources): Promise<Ground> {
  const { gitops } = from.sources;
  const { files, ...pins } = await readPinnedValues(from);
  const [locks, automated] = await Promise.all([
    readLocks(gitops, files),
    findAutomated(
      gitops,
      from.tip,
      pins.placed.map(({ placement }) => placement),
    ),
  ]);
  return { ...pins, tree: { files, automated }, locks };
}

/** The same without what else stands beside the pins: locks, and who else writes there. */
export async function readPinnedValues(from: GroundSources): Promise<PinnedValues> {
  const { sources, products, tip, branch, history } = from;
  const { config, gitops } = sources;
  const [files, index] = await Promise.all([
    readFiles(from),
    history
      ? readHistoryIndex({ repository: gitops, branch, tip, watch: watchConfig(config) })
      : null,
  ]);
  const present = expandPins(config, products, files);
  const possible = index === null ? new Map<Placement, Placement>() : possiblePlaces(from, present);
  const pasts =
    index === null ? null : filesOf(index, pastFiles([...present, ...possible.values()]));
  const wide =
    pasts === null ? present : present.map((one) => leftBehind(one, possible.get(one), pasts));
  const placed = (await onlyUses(gitops, wide, files)).map((placement): Placed => {
    return { placement, groups: pinsByFile(placement) };
  });
  const values = await readValues(gitops, wantedValues(placed, files, pasts));
  return { placed, values, pasts, index, files };
}

type Files = ReadonlyMap<RepoPath, TreeEntry>;

/** The tree at the branch's head, and who else writes into it. */
interface Tree {
  readonly files: Files;
  readonly automated: Automated;
}

type Pasts = ReadonlyMap<RepoPath, FileHistory>;

/** Whether a scope is so wide that the whole tree is listed. */
function listsWholeTree(config: Config, products: readonly NamedProduct[]): boolean {
  return products.length * config.environments.size > manyFiles;
}

/** Files of the tree that matter: those that pins can name, and lock files. */
async function readFiles(from: GroundSources): Promise<Files> {
  const { sources, tip, products } = from;
  const { gitops, config } = sources;
  const few = !listsWholeTree(config, products);
  const paths = few ? pinPaths(expandPins(config, products, null)) : [];
  if (!few || paths.some((path) => /[*?[\]{}]/.test(path))) {
    const files = new Map<RepoPath, TreeEntry>();
    for (const entry of await gitops.listFiles(tip))
      if (entry.type !== 'tree') files.set(entry.path, entry);
    return files;
  }
  const entries = await gitops.readEntries(
    [...paths, lockDirectory].map((path) => ({ commit: tip, path })),
  );
  const locked = entries.at(-1)?.type === 'tree';
  const locks = locked ? await gitops.listFiles(tip, lockDirectory) : [];
  const found = [...entries, ...locks].flatMap((entry) => entry ?? []);
  return new Map(found.filter(({ type }) => type !== 'tree').map((entry) => [entry.path, entry]));
}

function pinPaths(placements: readonly Placement[]): readonly RepoPath[] {
  return [...new Set(placements.flatMap(({ pins }) => pins.map(({ file }) => file)))];
}

/** Where the products that are outside somewhere would have their pins. */
function possiblePlaces(
  { sources, products }: GroundSources,
  present: readonly Placement[],
): ReadonlyMap<Placement, Placement> {
  const outside = present.filter(({ membership }) => membership === 'outside');
  if (outside.length === 0) return new Map();
  const names = new Set(outside.map(({ product }) => product));
  const asked = products.filter(({ name }) => names.has(name));
  const places = new Map(
    expandPins(sources.config, asked, null).map((one) => [
      cellKey(one.environment, one.product),
      one,
    ]),
  );
  return new Map(
    outside.flatMap((one) => {
      const place = places.get(cellKey(one.environment, one.product));
      return place === undefined ? [] : [[one, place] as const];
    }),
  );
}

function pastFiles(placements: readonly Placement[]): ReadonlySet<RepoPath> {
  const files = new Set<RepoPath>();
  for (const placement of placements) {
    for (const { file } of placement.pins) files.add(file);
    files.add(lockPath(placement));
  }
  return files;
}

/** A product that had its pin there and whose file is gone did not leave: it is missing. */
function leftBehind(
  placement: Placement,
  possible: Placement | undefined,
  pasts: Pasts,
): Placement {
  const first = possible?.pins[0];
  if (placement.membership === 'in' || possible?.membership !== 'in' || first === undefined)
    return placement;
  return pasts.has(first.file)
    ? { ...possible, pins: possible.pins, missing: possible.pins }
    : placement;
}

/** What stands in the files now, and what stood there before. */
function wantedValues(
  placed: readonly Placed[],
  files: Files,
  pasts: Pasts | null,
): readonly WantedValues[] {
  const wanted: WantedValues[] = [];
  for (const { groups } of placed) {
    for (const { file, selectors } of groups) {
      const entry = files.get(file);
      if (entry?.type === 'blob') wanted.push({ blob: entry.id, file, selectors });
      for (const { blob } of pasts?.get(file)?.steps ?? [])
        if (blob !== null) wanted.push({ blob, file, selectors });
    }
  }
  return wanted;
}

/** What runs in every cell, and its past, by the releases that were published. */
export function makeCells(
  { placed, values, pasts, tree, locks }: Ground,
  book: ReleaseBook,
  ancestry: Ancestry,
): ReadonlyMap<CellKey, Cell> {
  const recognisers = new Map<ProductName, Recognise>();
  const toldBy = makeToldBy((product, version) => book.get(product, version as Version));
  const valuesIn = (pins: FilePins) => values.in(pins);
  const cells = new Map<CellKey, Cell>();
  for (const { placement, groups } of placed) {
    const { product, environment } = placement;
    const lock = locks.size === 0 ? undefined : locks.get(lockKey(environment, product));
    let recognise = recognisers.get(product);
    if (recognise === undefined) {
      recognise = makeRecogniser(book.releases(product), ancestry);
      recognisers.set(product, recognise);
    }
    const pins = readPinStates(placement, groups, tree, values);
    const past = { placement, groups, valuesIn, recognise, toldBy, lock: lock ?? null };
    const history =
      pasts === null || placement.membership === 'outside'
        ? null
        : readCellHistory({ ...past, files: pasts });
    const now = pins.map(({ value }) => value);
    const seen = recogniseCell(placement, now, recognise);
    const unknown = seen.kind === 'image' || seen.kind === 'mixed';
    const told = unknown ? history?.stays.at(-1)?.state : undefined;
    const state = told?.kind === 'release' ? told : seen;
    const key = cellKey(environment, product);
    cells.set(key, { product, environment, placement, pins, state, history });
  }
  return cells;
}

function readPinStates(
  placement: Placement,
  groups: readonly FilePins[],
  { files, automated }: Tree,
  source: ValueSource,
): readonly PinState[] {
  const states: PinState[] = [];
  for (const group of groups) {
    const { file, indexes } = group;
    const entry = files.get(file);
    const values = entry?.type === 'blob' ? (source.in(group).get(entry.id) ?? []) : [];
    for (const [at, index] of indexes.entries()) {
      const pin = placement.pins[index];
      if (pin === undefined) continue;
      const value = regular(entry, file) ?? automated(pin) ?? values[at] ?? gone(file);
      states[index] = { pin, value, blob: entry?.id ?? null };
    }
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
