/** Numbers drawn from a seed: the same seed, the same numbers, on every machine. */
export interface Random {
  /** A whole number from 0 to below `end`. */
  below(end: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  some<T>(from: readonly T[], probability: number): T[];
}

export function makeRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const random: Random = {
    below: (end) => Math.floor(next() * end),
    chance: (probability) => next() < probability,
    pick: (from) => {
      const found = from[random.below(from.length)];
      if (found === undefined) throw new Error('Nothing to pick from.');
      return found;
    },
    some: (from, probability) => from.filter(() => random.chance(probability)),
  };
  return random;
}
