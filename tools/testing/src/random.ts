/** Numbers drawn from a seed: the same seed, the same numbers, on every machine (mulberry32). */
export interface Random {
  /** From 0 to below 1. */
  next(): number;
  /** A whole number from 0 to below `end`. */
  below(end: number): number;
  /** True in this share of cases: 0.25 is one in four. */
  chance(share: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** Those that a chance takes, each by itself. */
  some<T>(from: readonly T[], share: number): T[];
}

export function makeRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number): number => Math.floor(next() * end);
  const chance = (share: number): boolean => next() < share;
  const pick = <T>(from: readonly T[]): T => {
    if (from.length === 0) throw new Error('Nothing can be picked from an empty list.');
    return from[below(from.length)] as T;
  };
  return { next, below, chance, pick, some: (from, share) => from.filter(() => chance(share)) };
}

/** The seed of this run: `LANEWISE_SEED` repeats one that a failure printed. */
export const seed = Number(process.env['LANEWISE_SEED'] ?? Math.floor(Math.random() * 2 ** 30));
