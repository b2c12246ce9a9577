import picomatch from 'picomatch';

/** Tells whether a path (from the workspace's root) matches. */
export type PathTest = (path: string) => boolean;

/** Compiles one glob, without `!` before it. A glob that ends in `/` means everything in that folder. */
export function compileGlob(glob: string): PathTest {
  const pattern = glob.endsWith('/') ? `${glob}**/*` : glob;
  if (!/[*?[\]{}()!+@\\]/.test(pattern)) return (path) => path === pattern;
  const literal = literalPrefix(pattern);
  const test = sharedTest(pattern.slice(literal.length));
  return (path) => path.startsWith(literal) && test(path.slice(literal.length));
}

const compiled = new Map<string, PathTest>();
const keptTests = 4096;

/** Thousands of projects have the same patterns below their roots: each is compiled once. */
function sharedTest(pattern: string): PathTest {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const { wide, excluded } = withoutNegations(pattern);
  const test = compile(wide);
  const exceptions = excluded.map(compile);
  const whole: PathTest = (path) => test(path) && !exceptions.some((exception) => exception(path));
  if (compiled.size >= keptTests) compiled.clear();
  compiled.set(pattern, whole);
  return whole;
}

function compile(pattern: string): PathTest {
  // A name may hold line breaks, and any sign of a glob stands for them too.
  const flags = 's';
  return picomatch(pattern, {
    dot: true,
    nonegate: true,
    windows: false,
    strictSlashes: true,
    flags,
  });
}

/** What every match begins with: looking at it first spares most runs of the expression. */
function literalPrefix(pattern: string): string {
  const plain = /^[^*?[\]{}()!+@\\]*/.exec(pattern)?.[0] ?? '';
  return plain.slice(0, plain.lastIndexOf('/') + 1);
}

/**
 * Turns `src/!(a).ts` into `src/*.ts` without `src/@(a).ts`, as Nx does: picomatch reads such a
 * group together with what follows it, and would leave out `src/a.spec.ts` too.
 */
function withoutNegations(pattern: string): { wide: string; excluded: readonly string[] } {
  const groups = negations(pattern);
  const replace = (kept: number | null): string => {
    let text = '';
    let from = 0;
    for (const [number, { start, end }] of groups.entries()) {
      text += pattern.slice(from, start);
      text += number === kept ? `@${pattern.slice(start + 1, end)}` : '*';
      from = end;
    }
    return text + pattern.slice(from);
  };
  return { wide: replace(null), excluded: groups.map((_group, number) => replace(number)) };
}

/** Where groups `!(…)` that are in no other group stand. */
function negations(pattern: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  let depth = 0;
  let start: number | null = null;
  for (let at = 0; at < pattern.length; at += 1) {
    const letter = pattern[at];
    if (letter === '\\') {
      at += 1;
    } else if (letter === '(') {
      if (depth === 0 && pattern[at - 1] === '!') start = at - 1;
      depth += 1;
    } else if (letter === ')' && depth > 0) {
      depth -= 1;
      if (depth > 0 || start === null) continue;
      found.push({ start, end: at + 1 });
      start = null;
    }
  }
  return found;
}
