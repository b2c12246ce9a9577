/** Numbers from 0 to below 1, the same for the same seed (a 32-bit xorshift). */
export function makeRandom(begin: number): () => number {
  let state = begin === 0 ? 1 : begin;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
