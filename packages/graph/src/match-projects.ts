import { show, type LanewiseError, type ProjectName } from '@lanewise/model';
import picomatch from 'picomatch';
import { unknownProject } from './unknown-project.js';
import { unscopedName } from './unscoped-name.js';
import type { Project } from './workspace-graph.js';

/**
 * Chooses projects as Nx does with `--projects`: `tag:deployable`, names (with or without npm
 * scope), globs of names or tags, and the same with `!` to take away again. A list that begins
 * with `!` begins with all. Throws PROJECT_UNKNOWN for a plain name that no project has.
 */
export function matchProjects(
  patterns: readonly string[],
  projects: ReadonlyMap<ProjectName, Project>,
  file: string,
): Project[] {
  const all = [...projects.values()].filter(({ linked }) => linked !== true);
  const chosen = new Set<Project>(patterns[0]?.startsWith('!') === true ? all : []);
  for (const pattern of patterns) {
    const takesAway = pattern.startsWith('!');
    const wanted = takesAway ? pattern.slice(1) : pattern;
    const found = all.filter(projectTest(wanted));
    if (found.length === 0 && !isOpenPattern(wanted)) throw unknown(wanted, projects.keys(), file);
    for (const project of found) {
      if (takesAway) chosen.delete(project);
      else chosen.add(project);
    }
  }
  return all.filter((project) => chosen.has(project));
}

function projectTest(pattern: string): (project: Project) => boolean {
  if (pattern.startsWith('tag:')) {
    const test = nameTest(pattern.slice('tag:'.length));
    return ({ tags }) => tags.some(test);
  }
  const test = nameTest(pattern);
  return ({ name }) => test(name) || test(unscopedName(name));
}

function nameTest(pattern: string): (name: string) => boolean {
  if (!isGlob(pattern)) return (name) => name === pattern;
  // Names are no paths: a star matches the slash of a scope too.
  const test = picomatch(pattern, { dot: true, nonegate: true, windows: false, bash: true });
  return (name) => name === pattern || test(name);
}

/** A tag or glob may match nothing today; a plain name that matches nothing is a mistake. */
function isOpenPattern(pattern: string): boolean {
  return pattern.startsWith('tag:') || isGlob(pattern);
}

function isGlob(pattern: string): boolean {
  return /[*?[\]{}]|[!+@]\(/.test(pattern);
}

function unknown(wanted: string, projects: Iterable<string>, file: string): LanewiseError {
  const what = `The project ${show(wanted)} is selected, but the graph has none of that name.`;
  return unknownProject(what, wanted, projects, { place: { file } });
}
