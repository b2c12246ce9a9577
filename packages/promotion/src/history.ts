import {
  isRecognising,
  type ObjectId,
  type Pin,
  type PinSelector,
  type Placement,
  type RepoPath,
} from '@lanewise/model';
import type { CellHistory, CellState, CommitNote, PinValue, Stay, Told } from './cell.js';
import type { HistoryIndex, IndexedCommit } from './history-index.js';
import type { LockFile } from './lock.js';
import { lockPath, settledNote } from './lock-places.js';
import type { Recognise } from './recognise.js';
import { recogniseValues } from './recognise-cell.js';
import type { ToldBy } from './told.js';

/** What happened to one watched file, oldest first. */
export interface FileHistory {
  readonly steps: readonly { readonly commit: IndexedCommit; readonly blob: ObjectId | null }[];
}

/** The index by file, for the files that are asked for. */
export function filesOf(
  index: HistoryIndex,
  wanted: ReadonlySet<RepoPath>,
): ReadonlyMap<RepoPath, FileHistory> {
  const files = new Map<RepoPath, FileHistory>();
  for (const [path, steps] of index.steps(wanted)) {
    const told = steps.map(({ position, blob }) => ({ commit: index.commit(position), blob }));
    files.set(path, { steps: told });
  }
  return files;
}

export interface CellPast {
  readonly placement: Placement;
  /** The placement's pins by file. */
  readonly groups: readonly FilePins[];
  readonly files: ReadonlyMap<RepoPath, FileHistory>;
  /** What the pins of a file hold in each version of it. */
  readonly valuesIn: (pins: FilePins) => ReadonlyMap<ObjectId, readonly PinValue[]>;
  readonly recognise: Recognise;
  readonly toldBy: ToldBy;
  /** The cell's lock file as it is now; null: there is none. */
  readonly lock: LockFile | null;
}

/** The pins that a placement has in one file, each with its number among the placement's pins. */
export interface FilePins {
  readonly file: RepoPath;
  readonly indexes: readonly number[];
  /** In the order of the indexes. Pins that are the same everywhere share one list. */
  readonly selectors: readonly PinSelector[];
}

/** The pins of a placement by file, in the order in which files first come. */
export function pinsByFile({ pins }: Pick<Placement, 'pins'>): readonly FilePins[] {
  const [first] = pins;
  if (first === undefined) return [];
  // Mostly there is one pin, or there are several in one file.
  if (pins.every(({ file }) => file === first.file))
    return [filePins(first.file, pins, allOf(pins))];
  const files = new Map<RepoPath, number[]>();
  for (const [index, { file }] of pins.entries()) {
    const known = files.get(file);
    if (known === undefined) files.set(file, [index]);
    else known.push(index);
  }
  return [...files].map(([file, indexes]) => filePins(file, pins, indexes));
}

const lists: number[][] = [];

function allOf({ length }: readonly Pin[]): readonly number[] {
  return (lists[length] ??= Array.from({ length }, (_, index) => index));
}

function filePins(file: RepoPath, pins: readonly Pin[], indexes: readonly number[]): FilePins {
  return { file, indexes, selectors: selectorsOf(pins, indexes) };
}

const alone = new WeakMap<PinSelector, readonly PinSelector[]>();

function selectorsOf(pins: readonly Pin[], indexes: readonly number[]): readonly PinSelector[] {
  const list = indexes.flatMap((index) => pins[index]?.selector ?? []);
  const [only] = list;
  if (only === undefined || list.length > 1) return list;
  const known = alone.get(only);
  if (known !== undefined) return known;
  alone.set(only, list);
  return list;
}

/** The past of one cell: what its pins held, from which commit on. */
export function readCellHistory(past: CellPast): CellHistory {
  const snapshots = takeSnapshots(past);
  const stays = joinStays(past, snapshots);
  const landed = snapshots.list.find(({ commit }) => commit.commit === stays.at(-1)?.landed.commit);
  return {
    stays,
    lockTouched: landed !== undefined && speaksLock(past, landed.commit, stays),
    texts: textsIn(snapshots.list),
    touches: snapshots.touches.map(note).reverse(),
  };
}

function textsIn(list: readonly Snapshot[]): ReadonlySet<string> {
  const texts = new Set<string>();
  for (const { values } of list)
    for (const value of values)
      if (value.kind === 'value' && value.text !== '') texts.add(value.text);
  return texts;
}

/**
 * Whether the lock file speaks for what landed last: the landing's own commit wrote it, as rollbacks
 * do, or somebody unlocked since. An entry that was merely added (a rejection, say) settles nothing.
 */
function speaksLock(past: CellPast, landed: IndexedCommit, stays: readonly Stay[]): boolean {
  const steps = past.files.get(lockPath(past.placement))?.steps ?? [];
  const since = steps.filter(({ commit }) => commit.position >= landed.position);
  if (since.length === 0) return false;
  if (since.some(({ commit }) => commit.position === landed.position)) return true;
  if (past.lock === null) return true;
  const { content, text } = past.lock;
  if (content.kind === 'malformed') return false;
  const left = stays.findLast(
    (stay, at): boolean => at < stays.length - 1 && stay.state.kind === 'release',
  );
  const from = left?.state.kind === 'release' ? left.state.release.version : null;
  return content.entries.length === 0 || (from !== null && text.includes(settledNote(from)));
}

interface Snapshot {
  readonly commit: IndexedCommit;
  readonly values: readonly PinValue[];
}

interface Snapshots {
  readonly list: readonly Snapshot[];
  readonly touches: readonly IndexedCommit[];
}

const absent: PinValue = { kind: 'missing', message: 'The file is not there.', place: null };

/** The pins' values after each commit that changed any of them. */
function takeSnapshots({ placement, groups, files, valuesIn }: CellPast): Snapshots {
  const steps = groups.flatMap((pins): Step[] => {
    const found = valuesIn(pins);
    return (files.get(pins.file)?.steps ?? []).map(({ commit, blob }) => {
      return { commit, pins, values: blob === null ? undefined : found.get(blob) };
    });
  });
  // In the order of the commits, so that what one of them did to several files stands together.
  steps.sort((a, b) => a.commit.position - b.commit.position);
  const touches: IndexedCommit[] = [];
  const current: PinValue[] = placement.pins.map(() => absent);
  const list: Snapshot[] = [];
  for (const [at, { commit, pins, values }] of steps.entries()) {
    for (const [place, index] of pins.indexes.entries()) current[index] = values?.[place] ?? absent;
    if (steps[at + 1]?.commit === commit) continue;
    touches.push(commit);
    const before = list.at(-1);
    if (before === undefined || !sameValues(before.values, current))
      list.push({ commit, values: [...current] });
  }
  return { list, touches };
}

/** What a commit made of the pins of one file. */
interface Step {
  readonly commit: IndexedCommit;
  readonly pins: FilePins;
  /** Undefined where the file was deleted. */
  readonly values: readonly PinValue[] | undefined;
}

function sameValues(a: readonly PinValue[], b: readonly PinValue[]): boolean {
  return a.every((value, index) => {
    const other = b[index];
    if (value.kind !== other?.kind) return false;
    return value.kind !== 'value' || (other.kind === 'value' && value.whole === other.whole);
  });
}

function joinStays(past: CellPast, { list }: Snapshots): readonly Stay[] {
  const stays: Stay[] = [];
  const known = past.placement.pins.map(() => false);
  for (const { commit, values } of list) {
    values.forEach((value, index) => (known[index] ||= value.kind === 'value'));
    const isLast = commit === list.at(-1)?.commit;
    const asked = isLast ? past : withPinsOf(past, known);
    const seen = isLast ? values : values.filter((_, index) => asked === past || known[index]);
    const state = stateOf(asked, seen, commit, stays);
    const last = stays.at(-1);
    const texts = values.map((value) => (value.kind === 'value' ? value.text : null));
    if (last !== undefined && sameState(last, state, texts)) continue;
    if (last !== undefined) stays[stays.length - 1] = { ...last, until: commit.at };
    stays.push({ state, values: texts, landed: note(commit), until: null });
  }
  return stays;
}

/**
 * The cell while some of its pins were still to come: a pin that is added to the configuration must
 * not make a release unknown that ran before it, or automation would bring again what was taken back.
 */
function withPinsOf(past: CellPast, known: readonly boolean[]): CellPast {
  const { placement } = past;
  const pins = placement.pins.filter((_, index) => known[index]);
  const all = pins.length === placement.pins.length;
  return all || !pins.some(isRecognising) ? past : { ...past, placement: { ...placement, pins } };
}

/** An image that no record names may have been told: by the commit that wrote it now, or once before. */
function stateOf(
  past: CellPast,
  values: readonly PinValue[],
  commit: IndexedCommit,
  stays: readonly Stay[],
): CellState {
  const { placement, recognise, toldBy } = past;
  const state = recogniseValues(placement.pins, values, recognise);
  if (state.kind !== 'image' && state.kind !== 'mixed') return state;
  const told = toldBy(placement, values, commit);
  if (told !== null) return told;
  const texts = values.map((value) => (value.kind === 'value' ? value.text : null));
  const before = stays.find(
    (stay) =>
      stay.state.kind === 'release' && stay.state.told !== null && equalTexts(stay.values, texts),
  );
  return before?.state ?? state;
}

function sameState(last: Stay, state: CellState, texts: readonly (string | null)[]): boolean {
  if (last.state.kind !== state.kind) return false;
  if (last.state.kind === 'release' && state.kind === 'release') {
    return last.state.release === state.release && sameTold(last.state.told, state.told);
  }
  return state.kind === 'image' ? equalTexts(last.values, texts) : true;
}

function sameTold(a: Told | null, b: Told | null): boolean {
  return JSON.stringify(a?.images ?? null) === JSON.stringify(b?.images ?? null);
}

function equalTexts(a: readonly (string | null)[], b: readonly (string | null)[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}

const notes = new WeakMap<IndexedCommit, CommitNote>();

/** A commit without its number; the same for every cell that it touched. */
function note(indexed: IndexedCommit): CommitNote {
  const known = notes.get(indexed);
  if (known !== undefined) return known;
  const { commit, at, author, subject, trailers } = indexed;
  const made = { commit, at, author, subject, trailers };
  notes.set(indexed, made);
  return made;
}
