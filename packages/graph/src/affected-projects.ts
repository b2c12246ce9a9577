import { byText, type ProjectName, type RepoPath } from '@lanewise/model';
import { matchGlobs } from './match-filter.js';
import { ownerFinder } from './owner-finder.js';
import { touchByContent, type TouchedTexts } from './touched-by-content.js';
import { watchedFiles } from './watched-files.js';
import type { Project, WorkspaceGraph } from './workspace-graph.js';

/** A file that differs between the two commits. */
export interface TouchedFile {
  readonly path: RepoPath;
  readonly deleted: boolean;
}

/** What touched a project, before anything is said of its dependents. */
export type ProjectCause =
  | { readonly kind: 'files'; readonly count: number; readonly first: RepoPath }
  /** A file outside of it that its inputs name (`{workspaceRoot}/…`). */
  | { readonly kind: 'workspace-file'; readonly file: RepoPath }
  /** Another version of a package that it uses, directly or through other packages. */
  | { readonly kind: 'package'; readonly name: string; readonly packages: readonly string[] }
  | { readonly kind: 'typescript-path'; readonly file: RepoPath; readonly alias: string }
  /** A file that touches every project, and why. */
  | { readonly kind: 'everything'; readonly file: RepoPath; readonly why: string };

/** A project to build or test again: touched itself, or dependent on one that was. */
export interface AffectedProject {
  readonly project: ProjectName;
  /** The shortest way over edges of any type to the nearest touched project; only itself: it was touched. */
  readonly path: readonly ProjectName[];
  /** What touched the project at the end of the path. */
  readonly causes: readonly ProjectCause[];
}

export interface ProjectsQuestion {
  /** The graph at the later commit. */
  readonly graph: WorkspaceGraph;
  readonly touched: readonly TouchedFile[];
  /**
   * Texts of files that are compared by what is in them: before and after, null where there was no
   * such file. A file that is not given counts as a whole.
   */
  readonly texts?: TouchedTexts;
  /** Files that the shared tsconfig extends: what changes in one concerns all that are compiled. */
  readonly extended?: readonly RepoPath[];
}

/**
 * The projects that a set of changed files affects, as `nx affected` finds them with one base for
 * all: the owners of the files, whom globals, packages, aliases and `nx.json` concern, and all that
 * depend on those over edges of any type. Ordered by name. Files are not filtered by named inputs,
 * as Nx decides what to build or test there by target, later.
 *
 * It is narrower than Nx where the content tells more: a lockfile counts by the versions that a
 * project resolves to, `nx.json` by the keys that decide something.
 */
export function affectedProjects(question: ProjectsQuestion): readonly AffectedProject[] {
  const causes = touchProjects(question);
  const { projects } = question.graph;
  // A folder that is taken as a package leads to those who take it, and nobody can run it.
  return spread(question.graph, causes).filter(
    ({ project }) => projects.get(project)?.linked !== true,
  );
}

function touchProjects({
  graph,
  touched,
  texts = new Map(),
  extended = [],
}: ProjectsQuestion): ReadonlyMap<ProjectName, readonly ProjectCause[]> {
  const causes = new Map<ProjectName, ProjectCause[]>();
  const add = (project: ProjectName, cause: ProjectCause): void => {
    const known = causes.get(project);
    if (known === undefined) causes.set(project, [cause]);
    else known.push(cause);
  };
  for (const [project, files] of byOwner(graph, touched)) {
    const [first] = files;
    if (first !== undefined) add(project, { kind: 'files', count: files.length, first });
  }
  const names = [...graph.projects.keys()];
  for (const { path, deleted } of touched) {
    if (!deleted || !declaresProject(path)) continue;
    const why = 'it declared a project, and who depended on that is not known any more';
    for (const name of names) add(name, { kind: 'everything', file: path, why });
    break;
  }
  for (const [globals, projects] of byGlobals(graph)) {
    const test = matchGlobs(globals);
    const found = touched.find(({ path }) => test(path));
    if (found === undefined) continue;
    for (const { name } of projects) add(name, { kind: 'workspace-file', file: found.path });
  }
  touchByContent(graph, touched, texts, add);
  const options = touched.find(({ path }) => extended.includes(path));
  if (options !== undefined) {
    const why = 'the tsconfig of the workspace extends it';
    for (const name of names) add(name, { kind: 'everything', file: options.path, why });
  }
  return causes;
}

function byOwner(
  graph: WorkspaceGraph,
  touched: readonly TouchedFile[],
): ReadonlyMap<ProjectName, readonly RepoPath[]> {
  const owner = ownerFinder(graph);
  const owned = new Map<ProjectName, RepoPath[]>();
  for (const { path } of touched) {
    const project = owner(path);
    if (project === null) continue;
    const known = owned.get(project);
    if (known === undefined) owned.set(project, [path]);
    else known.push(path);
  }
  return owned;
}

/** Nx makes projects of these files; of those that plugins read besides, only the plugins know. */
function declaresProject(path: RepoPath): boolean {
  return /(^|\/)(project|package)\.json$/.test(path);
}

/** Thousands of projects name the same globals: each list is tested once. */
function byGlobals(graph: WorkspaceGraph): ReadonlyMap<readonly string[], readonly Project[]> {
  const lists = new Map<string, { globals: readonly string[]; projects: Project[] }>();
  const watched = watchedFiles(graph);
  for (const project of graph.projects.values()) {
    const globals = watched(project);
    if (globals.length === 0) continue;
    const key = globals.join('\n');
    const known = lists.get(key);
    if (known === undefined) lists.set(key, { globals, projects: [project] });
    else known.projects.push(project);
  }
  return new Map([...lists.values()].map(({ globals, projects }) => [globals, projects]));
}

/** From the touched projects to all that depend on them, nearest first; each keeps its shortest way. */
function spread(
  graph: WorkspaceGraph,
  causes: ReadonlyMap<ProjectName, readonly ProjectCause[]>,
): readonly AffectedProject[] {
  const dependents = new Map<ProjectName, ProjectName[]>();
  for (const { source, target } of graph.edges) {
    const known = dependents.get(target);
    if (known === undefined) dependents.set(target, [source]);
    else known.push(source);
  }
  const found = new Map<ProjectName, AffectedProject>();
  for (const project of [...causes.keys()].sort(byText)) {
    found.set(project, { project, path: [project], causes: causes.get(project) ?? [] });
  }
  for (const reached of found.values()) {
    for (const project of [...(dependents.get(reached.project) ?? [])].sort(byText)) {
      if (found.has(project)) continue;
      found.set(project, { project, path: [project, ...reached.path], causes: reached.causes });
    }
  }
  return [...found.values()].sort((a, b) => byText(a.project, b.project));
}
