import { distance } from 'fastest-levenshtein';

/** The known names nearest to a mistyped one, best first, at most three; none where nothing is near. */
export function nearest(typed: string, known: Iterable<string>): readonly string[] {
  const limit = Math.max(2, Math.floor(typed.length / 3));
  return [...known]
    .map((name) => ({ name, far: distance(typed.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, far }) => far <= limit || (typed.length >= 3 && name.includes(typed)))
    .sort((a, b) => a.far - b.far || a.name.localeCompare(b.name))
    .slice(0, 3)
    .map(({ name }) => name);
}

/** A sentence for a hint: "Did you mean 'docs' or 'docs-ui'?", or the given sentence where nothing is near. */
export function didYouMean(typed: string, known: Iterable<string>, otherwise = ''): string {
  const near = nearest(typed, known).map((name) => `'${name}'`);
  return near.length === 0 ? otherwise : `Did you mean ${near.join(' or ')}?`;
}
