import {
  matchFilter,
  matchGlobs,
  type PathTest,
  type ProductInputs,
  type Project,
  type WorkspaceGraph,
} from '@lanewise/graph';
import {
  byText,
  sha256,
  productConfig,
  type Config,
  type ProjectName,
  type RepoPath,
} from '@lanewise/model';

/** Which files count as whose inputs: made once for a graph, asked for every path. */
export interface InputRules {
  /**
   * Projects that a file belongs to: those with the deepest root above it. Where a submodule, link
   * or file stands in the place of a folder with projects in it, it belongs to these as well.
   */
  owners(path: RepoPath): readonly Project[];
  /** Whether a file counts for the project that it belongs to. */
  counts(project: Project, path: RepoPath): boolean;
  /** Globs beside the projects, as this product has them. */
  globals(inputs: ProductInputs): GlobalRule;
  /** What is kept of a project's filter and of the projects cut out of it: equal keys, equal filters. */
  filterKey(project: Project): FilterKey;
}

/** Which of a project's files count, as keys: its filter, and the roots of projects inside it. */
export interface FilterKey {
  readonly filter: string;
  readonly inside: string;
}

/** The declared globals of a product. */
export interface GlobalRule {
  readonly patterns: readonly string[];
  /** Equal rules have equal keys. */
  readonly key: string;
  /** Key of the globs that the configuration adds; `''`: none. */
  readonly addedKey: string;
  readonly test: PathTest;
}

/** Files that are compared by what is in them, where they are not named as inputs by hand. */
export type SpecialFiles = ReadonlySet<RepoPath>;

/**
 * Makes the rules. Files that a pin names, `.lanewise/**` and Lanewise's own configuration are no
 * inputs: GitOps brings them to the cluster by itself, and a promotion must make nothing affected.
 * A product's own `inputs` in the configuration may add a pin's file again.
 */
export function makeInputRules(
  graph: WorkspaceGraph,
  config: Config,
  pinFiles: ReadonlySet<RepoPath>,
  special: SpecialFiles,
): InputRules {
  const projects = [...graph.projects.values()];
  const byRoot = groupByRoot(projects);
  const inside = rootsInside(byRoot);
  const below = projectsBelow(projects);
  const tests = new Map<ProjectName, Map<string, PathTest>>();
  const ships = (path: RepoPath): boolean => isControl(path, config.file) || pinFiles.has(path);
  const testOf = (project: Project): PathTest => {
    let own = tests.get(project.name);
    if (own === undefined) tests.set(project.name, (own = new Map<string, PathTest>()));
    let test = own.get(project.filter.digest);
    if (test === undefined)
      own.set(project.filter.digest, (test = matchFilter(project.filter, project.root, [])));
    return test;
  };
  return {
    owners: (path) => {
      const instead = below.get(path);
      if (instead === undefined) return findOwners(path, byRoot);
      return byRoot.has(path) ? instead : [...instead, ...findOwners(path, byRoot)];
    },
    counts(project, path) {
      if (special.has(path) || ships(path)) return false;
      if (standsFor(path, project.root)) return project.filter.patterns.length > 0;
      return testOf(project)(path);
    },
    globals: (inputs) => globalRule(inputs, config, special, { ships, pinFiles }),
    filterKey: ({ filter, root }) => ({
      filter: filter.digest.slice(0, 16),
      inside: inside.get(root) ?? '',
    }),
  };
}

/** Steers releases and promotions, and is part of no product. */
export function isControl(path: RepoPath, configFile: string): boolean {
  return (
    path.startsWith('.lanewise/') ||
    path === configFile ||
    path === 'lanewise.yaml' ||
    path === 'lanewise.policy.yaml'
  );
}

function globalRule(
  inputs: ProductInputs,
  config: Config,
  special: SpecialFiles,
  files: { readonly ships: (path: RepoPath) => boolean; readonly pinFiles: ReadonlySet<RepoPath> },
): GlobalRule {
  const added = [
    ...productConfig(config, inputs.product.name).inputs,
    ...inputs.members.flatMap(({ project }) => config.projects.get(project.name)?.inputs ?? []),
  ];
  const byHand = matchGlobs(added);
  const lists = globalsOfMembers(inputs);
  const tests = lists.map((list) => matchGlobs(list));
  const declared = (path: string): boolean => tests.some((matches) => matches(path));
  const test = (path: string): boolean => {
    const file = path as RepoPath;
    if (isControl(file, config.file)) return false;
    if (added.length > 0 && byHand(file)) return true;
    return !special.has(file) && !files.ships(file) && declared(file);
  };
  const patterns = [...new Set([...inputs.globals, ...added])];
  const addedKey = added.length === 0 ? '' : keyOf(added);
  return { patterns, key: JSON.stringify([lists, added]), addedKey, test };
}

/**
 * Globs outside of projects as each member declares them: what one takes away stays away for that
 * one only, and counts where another names it.
 */
function globalsOfMembers({ members }: ProductInputs): readonly (readonly string[])[] {
  const lists = new Map<string, readonly string[]>();
  const seen = new Set<string>();
  for (const { project } of members) {
    const { globals, digest } = project.filter;
    if (globals.length === 0 || seen.has(digest)) continue;
    seen.add(digest);
    lists.set(globals.join('\n'), globals);
  }
  return [...lists].sort(([a], [b]) => byText(a, b)).map(([, list]) => list);
}

/** Whether a file stands where a project's folder, or one around it, would be: nothing of it is seen but the id. */
function standsFor(path: RepoPath, root: RepoPath): boolean {
  return path === root || (path.length < root.length && root.startsWith(`${path}/`));
}

/** For each folder the projects at it and inside. */
function projectsBelow(projects: readonly Project[]): ReadonlyMap<string, readonly Project[]> {
  const below = new Map<string, Project[]>();
  for (const project of projects) {
    for (let folder: string = project.root; folder !== ''; folder = parentOf(folder)) {
      const known = below.get(folder);
      if (known === undefined) below.set(folder, [project]);
      else known.push(project);
    }
  }
  return below;
}

function findOwners(
  path: RepoPath,
  byRoot: ReadonlyMap<string, readonly Project[]>,
): readonly Project[] {
  for (let folder = parentOf(path); ; folder = parentOf(folder)) {
    const found = byRoot.get(folder);
    if (found !== undefined) return found;
    if (folder === '') return [];
  }
}

/** For each root a key of the roots that lie in it and cut files out of it, written from there. */
function rootsInside(byRoot: ReadonlyMap<string, unknown>): ReadonlyMap<string, string> {
  const inside = new Map<string, string[]>();
  for (const root of [...byRoot.keys()].sort(byText)) {
    if (root === '') continue;
    let above = parentOf(root);
    while (above !== '' && !byRoot.has(above)) above = parentOf(above);
    if (!byRoot.has(above)) continue;
    const inner = above === '' ? root : root.slice(above.length + 1);
    inside.set(above, [...(inside.get(above) ?? []), inner]);
  }
  return new Map([...inside].map(([root, inner]) => [root, keyOf(inner)]));
}

function keyOf(value: unknown): string {
  return sha256(JSON.stringify(value)).slice(0, 16);
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

function groupByRoot(projects: readonly Project[]): Map<RepoPath, Project[]> {
  const groups = new Map<RepoPath, Project[]>();
  for (const project of projects) {
    const known = groups.get(project.root);
    if (known === undefined) groups.set(project.root, [project]);
    else known.push(project);
  }
  return groups;
}
