import { digestOf, isRecord } from '../canonical.js';
import { escapeGlob, everythingIn, takesAway } from '../glob-text.js';
import type { FileFilter } from '../workspace-graph.js';
import type { NamedInputs } from './raw-graph.js';

/** The named input that counts for a project, resolved to globs, and what it says beside files. */
export interface ResolvedInputs {
  readonly filter: FileFilter;
  /** Packages named by `externalDependencies`. */
  readonly packages: readonly string[];
}

interface Gathered {
  readonly filesets: string[];
  readonly unseen: Set<string>;
  readonly packages: Set<string>;
}

/**
 * Resolves `production` where the workspace or the project defines it, else `default`, to globs
 * from the workspace's root. A project's own named inputs win over those of nx.json.
 *
 * As in Nx, what a pattern with `!` takes away stays away wherever it stands in the list, so these
 * come last; a list that only takes away takes away from the whole project. Inputs of dependencies
 * (`^…`) are left out: dependencies are followed by edges, each with its own filter.
 */
export function resolveNamedInputs(project: InputsOwner, workspace: NamedInputs): ResolvedInputs {
  return resolveInputs(project, workspace, null);
}

/** Whose inputs are resolved. */
export interface InputsOwner {
  readonly name: string;
  readonly root: string;
  readonly namedInputs: NamedInputs;
}

/** The same for a list of inputs, such as a target's; null: `production`, else `default`. */
export function resolveInputs(
  project: InputsOwner,
  workspace: NamedInputs,
  inputs: readonly unknown[] | null,
): ResolvedInputs {
  const named = new Map<string, readonly unknown[]>([
    ['default', ['{projectRoot}/**/*']],
    ...workspace,
    ...project.namedInputs,
  ]);
  const gathered: Gathered = { filesets: [], unseen: new Set(), packages: new Set() };
  const usual = named.has('production') ? 'production' : 'default';
  for (const input of inputs ?? [usual]) gatherInput(input, named, gathered, new Set());
  const own: string[] = [];
  const globals: string[] = [];
  for (const fileset of gathered.filesets) {
    const pattern = expandWords(fileset, project);
    if (pattern === null) {
      // Nx refuses to run such a task; to count the whole project is the safe reading.
      gathered.unseen.add(`undefined input ${fileset}`);
      own.push(everythingIn(project.root));
    } else (isOfProject(fileset) ? own : globals).push(pattern);
  }
  if (own.length > 0 && !own.some(isPositive)) own.push(everythingIn(project.root));
  const parts = {
    patterns: positiveFirst(own),
    // Nothing can be taken away from nothing.
    globals: globals.some(isPositive) ? positiveFirst(globals) : [],
    unseen: [...gathered.unseen].sort(),
  };
  const packages = [...gathered.packages].sort();
  // What names no packages has the digest that it had when packages were no part of it.
  const whole = { ...relativeTo(project.root, parts), ...(packages.length > 0 && { packages }) };
  return { filter: { ...parts, digest: digestOf(whole) }, packages };
}

function gather(name: string, named: NamedInputs, into: Gathered, seen: Set<string>): void {
  if (seen.has(name)) return;
  seen.add(name);
  for (const input of named.get(name) ?? []) gatherInput(input, named, into, seen);
}

function gatherInput(input: unknown, named: NamedInputs, into: Gathered, seen: Set<string>): void {
  if (typeof input === 'string') {
    if (input.startsWith('^')) return;
    if (named.has(input)) gather(input, named, into, seen);
    else into.filesets.push(input);
    return;
  }
  if (!isRecord(input) || input['dependencies'] === true || input['projects'] === 'dependencies')
    return;
  const { fileset, runtime, env, externalDependencies, dependentTasksOutputFiles, json } = input;
  if (typeof fileset === 'string') into.filesets.push(fileset);
  else if (typeof json === 'string') into.filesets.push(json);
  else if (typeof runtime === 'string') into.unseen.add(`runtime ${runtime}`);
  else if (typeof env === 'string') into.unseen.add(`env ${env}`);
  else if (typeof dependentTasksOutputFiles === 'string') {
    into.unseen.add(`outputs ${dependentTasksOutputFiles}`);
  } else if (Array.isArray(externalDependencies)) {
    for (const name of externalDependencies) if (typeof name === 'string') into.packages.add(name);
  } else if (typeof input['input'] === 'string')
    gatherNamed(input['input'], input, named, into, seen);
}

function gatherNamed(
  name: string,
  input: Record<string, unknown>,
  named: NamedInputs,
  into: Gathered,
  seen: Set<string>,
): void {
  const projects = input['projects'];
  if (projects === undefined || projects === 'self') gather(name, named, into, seen);
  else into.unseen.add(`input ${name} of ${[projects].flat().join(', ')}`);
}

/** Writes a fileset from the workspace's root; null where it begins with neither of Nx's two roots. */
function expandWords(
  fileset: string,
  project: { readonly name: string; readonly root: string },
): string | null {
  const [bang, body] = takesAway(fileset) ? ['!', fileset.slice(1)] : ['', fileset];
  const root = project.root === '' ? '' : `${escapeGlob(project.root)}/`;
  const expanded = body
    .replaceAll('{projectName}', () => escapeGlob(project.name))
    .replace(/^\{projectRoot\}(?:\/|$)/, () => root)
    .replace(/^\{workspaceRoot\}(?:\/|$)/, '')
    .replaceAll('{projectRoot}', () => escapeGlob(project.root));
  if (!/^\{(?:projectRoot|workspaceRoot)\}/.test(body)) return null;
  return bang + expanded;
}

function isOfProject(fileset: string): boolean {
  return /^!?\{projectRoot\}/.test(fileset);
}

function isPositive(pattern: string): boolean {
  return !takesAway(pattern);
}

function positiveFirst(patterns: readonly string[]): string[] {
  const unique = [...new Set(patterns)];
  return [...unique.filter(isPositive), ...unique.filter((pattern) => !isPositive(pattern))];
}

/** A filter must stay the same when its project moves: the root is a reason of its own. */
function relativeTo(root: string, parts: Omit<FileFilter, 'digest'>): object {
  const prefix = root === '' ? '' : `${escapeGlob(root)}/`;
  const strip = (pattern: string): string => {
    const body = isPositive(pattern) ? pattern : pattern.slice(1);
    if (!body.startsWith(prefix)) return pattern;
    return `${isPositive(pattern) ? '' : '!'}{projectRoot}/${body.slice(prefix.length)}`;
  };
  return { ...parts, patterns: parts.patterns.map(strip) };
}
