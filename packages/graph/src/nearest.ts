/** `Did you mean 'docs'? ` where one of the known names is close enough to what was written; else `''`. */
export function nearest(written: string, known: Iterable<string>): string {
  let best: string | null = null;
  let bound = Math.max(2, Math.floor(written.length / 3)) + 1;
  for (const name of known) {
    const distance = editDistance(written.toLowerCase(), name.toLowerCase(), bound);
    if (distance >= bound) continue;
    bound = distance;
    best = name;
  }
  return best === null ? '' : `Did you mean '${best}'? `;
}

/** Levenshtein's distance; `bound` or more where it is not smaller. */
function editDistance(a: string, b: string, bound: number): number {
  if (Math.abs(a.length - b.length) >= bound) return bound;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? bound;
}
