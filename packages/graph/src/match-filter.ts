import { compileGlob, type PathTest } from './compile-glob.js';
import { everythingIn, takesAway } from './glob-text.js';
import type { FileFilter, Project, ProductInputs } from './workspace-graph.js';
import type { ProjectName } from '@lanewise/model';

/**
 * Compiles the filter of the project at `root`. Files in `excludedRoots` (projects inside this
 * one) do not count. Files whose names begin with a dot are files like others, as in Nx.
 */
export function matchFilter(
  filter: Pick<FileFilter, 'patterns'>,
  root: string,
  excludedRoots: readonly string[],
): PathTest {
  const prefix = root === '' ? '' : `${root}/`;
  const whole = everythingIn(root);
  const test = matchGlobs(filter.patterns, (glob) => (glob === whole ? () => true : null));
  const excluded = excludedRoots.map((inner) => `${inner}/`);
  return (path) =>
    path.startsWith(prefix) && !excluded.some((inner) => path.startsWith(inner)) && test(path);
}

/**
 * Compiles an ordered list of globs from the workspace's root: the last one that matches a path
 * decides, `!` takes away. A glob that names a folder (`docs/`) means everything in it.
 */
export function matchGlobs(
  patterns: readonly string[],
  known: (glob: string) => PathTest | null = () => null,
): PathTest {
  const rules = patterns.map((pattern) => {
    const glob = takesAway(pattern) ? pattern.slice(1) : pattern;
    return { counts: glob === pattern, test: known(glob) ?? compileGlob(glob) };
  });
  // From the last to the first: what matches then has the last word.
  rules.reverse();
  return (path) => {
    const rule = rules.find(({ test }) => test(path));
    return rule?.counts === true;
  };
}

/**
 * For each project that a product is built from, the test of its own files: those in projects
 * inside it belong to these, member or not.
 */
export function memberTests(inputs: ProductInputs): Map<ProjectName, PathTest> {
  const roots = [
    ...new Set([...inputs.members.map(({ project }) => project.root), ...inputs.excludedRoots]),
  ];
  return new Map(
    inputs.members.map(({ project }) => [project.name, memberTest(project, roots)] as const),
  );
}

function memberTest({ filter, root }: Project, roots: readonly string[]): PathTest {
  const inside = roots.filter(
    (inner) => inner !== root && (root === '' || inner.startsWith(`${root}/`)),
  );
  return matchFilter(filter, root, inside);
}
