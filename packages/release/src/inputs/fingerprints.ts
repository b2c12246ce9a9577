import type { CommitId } from '@lanewise/model';

/**
 * Fingerprints of sets of files over a history. A set's fingerprint is the exclusive or of one number
 * of 64 bits for each file, so a commit is told by what it changed alone, and equal sets are told
 * without listing them. Sets ("slots") are numbered by whoever uses this.
 */
export interface Fingerprints {
  /**
   * Takes a commit with its first parent; `change` calls `toggle` for each file that left a set or
   * came into it. Each commit once, in any order.
   */
  note(
    commit: CommitId,
    parent: CommitId | null,
    change: (toggle: (slot: number, text: string, id: string) => void) => void,
  ): void;
  has(commit: CommitId): boolean;
  /** Whether all files of some slots together are the same at two commits. */
  equal(slots: readonly number[], one: CommitId, other: CommitId): boolean;
}

/** What one commit changed of one slot, or what all up to a commit of the main line made of it. */
interface Toggle {
  readonly slot: number;
  low: number;
  high: number;
}

interface Line {
  /** Places on the main line at which a slot changed, ascending, and what it was from there on. */
  readonly places: number[];
  readonly lows: number[];
  readonly highs: number[];
}

/** Makes an empty set of fingerprints. */
export function makeFingerprints(): Fingerprints {
  const numbers = new Map<CommitId, number>();
  const parents: (CommitId | null)[] = [];
  const toggles: (readonly Toggle[])[] = [];
  let main: { readonly places: Int32Array; readonly lines: ReadonlyMap<number, Line> } | null =
    null;
  const parentOf = (number: number): number => {
    const parent = parents[number] ?? null;
    return parent === null ? -1 : (numbers.get(parent) ?? -1);
  };
  const at = (slots: readonly number[], commit: CommitId): readonly [number, number] => {
    main ??= makeMainLine(parents.length, parentOf, toggles);
    const wanted = new Set(slots);
    let low = 0;
    let high = 0;
    let number = numbers.get(commit) ?? -1;
    for (; number >= 0 && (main.places[number] ?? -1) < 0; number = parentOf(number)) {
      for (const one of toggles[number] ?? []) {
        if (!wanted.has(one.slot)) continue;
        low ^= one.low;
        high ^= one.high;
      }
    }
    const place = number < 0 ? -1 : (main.places[number] ?? -1);
    for (const slot of place < 0 ? [] : wanted) {
      const line = main.lines.get(slot);
      const index = line === undefined ? -1 : lastUpTo(line.places, place);
      if (index < 0) continue;
      low ^= line?.lows[index] ?? 0;
      high ^= line?.highs[index] ?? 0;
    }
    return [low, high];
  };
  const kept = new Map<readonly number[], Map<CommitId, readonly [number, number]>>();
  const remember = (slots: readonly number[], commit: CommitId): readonly [number, number] => {
    let own = kept.get(slots);
    if (own === undefined) kept.set(slots, (own = new Map()));
    let found = own.get(commit);
    if (found === undefined) own.set(commit, (found = at(slots, commit)));
    return found;
  };
  return {
    has: (commit) => numbers.has(commit),
    note(commit, parent, change) {
      if (numbers.has(commit)) return;
      numbers.set(commit, parents.length);
      parents.push(parent);
      const own: Toggle[] = [];
      change((slot, text, id) => {
        const [low, high] = hashFile(slot, text, id);
        const known = own.find((one) => one.slot === slot);
        if (known === undefined) own.push({ slot, low, high });
        else {
          known.low ^= low;
          known.high ^= high;
        }
      });
      toggles.push(own.length === 0 ? none : own);
    },
    equal(slots, one, other) {
      const [a, b] = [remember(slots, one), remember(slots, other)];
      return a[0] === b[0] && a[1] === b[1];
    },
  };
}

const none: readonly Toggle[] = [];

/**
 * The longest first-parent line, along which everything is summed up once: most commits that are
 * asked for are on it or a few steps from it.
 */
function makeMainLine(
  count: number,
  parentOf: (number: number) => number,
  toggles: readonly (readonly Toggle[])[],
): { readonly places: Int32Array; readonly lines: ReadonlyMap<number, Line> } {
  const order = longestLine(count, parentOf);
  const places = new Int32Array(count).fill(-1);
  const lines = new Map<number, Line>();
  order.forEach((number, place) => {
    places[number] = place;
    for (const { slot, low, high } of toggles[number] ?? []) {
      let line = lines.get(slot);
      if (line === undefined) lines.set(slot, (line = { places: [], lows: [], highs: [] }));
      line.places.push(place);
      line.lows.push((line.lows.at(-1) ?? 0) ^ low);
      line.highs.push((line.highs.at(-1) ?? 0) ^ high);
    }
  });
  return { places, lines };
}

/** Numbers of the commits of the longest line, oldest first. */
function longestLine(count: number, parentOf: (number: number) => number): readonly number[] {
  const length = new Int32Array(count);
  let longest = -1;
  for (let start = 0; start < count; start += 1) {
    const way: number[] = [];
    let number = start;
    while (number >= 0 && length[number] === 0) {
      way.push(number);
      // Marked at once: whatever a damaged history says, no commit is visited twice.
      length[number] = 1;
      number = parentOf(number);
    }
    let known = number < 0 ? 0 : (length[number] ?? 0);
    for (const one of way.reverse()) length[one] = known += 1;
    if (longest < 0 || (length[start] ?? 0) > (length[longest] ?? 0)) longest = start;
  }
  const order: number[] = [];
  for (let number = longest; number >= 0; number = parentOf(number)) order.push(number);
  return order.reverse();
}

/** Index of the last of the ascending numbers that is not above the limit; -1: none. */
function lastUpTo(numbers: readonly number[], limit: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** 64 bits of slot, mode, path and object id; a path that two slots share counts differently in each. */
function hashFile(slot: number, text: string, id: string): readonly [number, number] {
  const a = Number.parseInt(id.slice(0, 8), 16) | 0;
  const b = Number.parseInt(id.slice(8, 16), 16) | 0;
  const [low, high] = hashText(text, slot);
  return [
    mix(low ^ Math.imul(a, 0x9e3779b1) ^ (b >>> 7)),
    mix(high ^ b ^ Math.imul(a, 0x85ebca77)),
  ];
}

/** FNV-1a in two lanes with different beginnings. */
function hashText(text: string, slot: number): readonly [number, number] {
  let low = Math.imul(slot + 1, 0x9e3779b1) ^ 0x811c9dc5;
  let high = Math.imul(slot + 1, 0xc2b2ae35) ^ 0x01000193;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x5bd1e995) ^ (high >>> 15);
  }
  return [low, high];
}

function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
