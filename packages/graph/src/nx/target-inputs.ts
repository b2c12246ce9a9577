import { byText, type ProjectName } from '@lanewise/model';
import { isRecord } from '../canonical.js';
import { matchProjects } from '../match-projects.js';
import type { BuiltFrom, InputLists, Project, WorkspaceGraph } from '../workspace-graph.js';
import { resolveInputs, type ResolvedInputs } from './named-inputs.js';

/**
 * What counts of the members of a product that a target builds: of its own project the target's
 * inputs, of the others what its inputs say of dependencies (`^production`), and the projects that
 * it names beside. As for Nx, a target that names no inputs takes `default` and `^default`.
 *
 * Outputs of other tasks cannot be seen in Git: where the inputs name some, or say nothing of
 * dependencies, the sources stand for them (`production`, else `default`). A project without that
 * target counts as if none were named.
 */
export function applyTarget(
  graph: WorkspaceGraph,
  members: readonly BuiltFrom[],
  target: string,
): readonly BuiltFrom[] {
  const own = members.filter(({ path }) => path.length === 1);
  const building = own.filter(({ project }) => project.targets.includes(target));
  if (building.length === 0) return members;
  const splits = new Map(
    building.map(({ project }) => [project.name, splitInputs(inputsOf(graph, project, target))]),
  );
  const dependencies = [...splits.values()].flatMap((split) => split.dependencies);
  const counted = members.map((member): BuiltFrom => {
    const split = splits.get(member.project.name);
    const inputs = split?.self ?? (member.path.length === 1 ? [] : dependencies);
    if (split === undefined && inputs.length === 0) return member;
    return withProject(member, countedBy(graph, member.project, inputs, split?.outputs === true));
  });
  return [...counted, ...namedBeside(graph, building, splits, members)];
}

/** The member of a project, as the project is under other `namedInputs` of nx.json. */
export function underNamedInputs(project: Project, named: InputLists): Project {
  return resolved(project, named, listsOf.get(project) ?? null);
}

interface SplitInputs {
  readonly self: readonly unknown[];
  readonly dependencies: readonly unknown[];
  readonly projects: readonly { readonly input: unknown; readonly projects: readonly string[] }[];
  /** Whether outputs of other tasks count. */
  readonly outputs: boolean;
}

function inputsOf(graph: WorkspaceGraph, project: Project, target: string): readonly unknown[] {
  const targets = project.declares?.targets ?? {};
  const number = Object.hasOwn(targets, target) ? targets[target] : undefined;
  return graph.inputLists?.[number ?? -1] ?? ['default', '^default'];
}

function splitInputs(inputs: readonly unknown[]): SplitInputs {
  const self: unknown[] = [];
  const dependencies: unknown[] = [];
  const projects: SplitInputs['projects'][number][] = [];
  let outputs = false;
  for (const input of inputs) {
    if (typeof input === 'string' && input.startsWith('^')) dependencies.push(input.slice(1));
    else if (!isRecord(input)) self.push(input);
    else if (input['dependencies'] === true || input['projects'] === 'dependencies')
      dependencies.push(input['fileset'] ?? input['input']);
    else if (input['projects'] !== undefined && input['projects'] !== 'self')
      projects.push({ input: input['input'], projects: [input['projects']].flat().map(String) });
    else {
      if ('dependentTasksOutputFiles' in input) outputs = true;
      self.push(input);
    }
  }
  return { self, dependencies, projects, outputs };
}

const listsOf = new WeakMap<Project, readonly unknown[]>();
const made = new WeakMap<Project, Map<string, Project>>();

/** The project with another filter, made once for each list of inputs. */
function countedBy(
  graph: WorkspaceGraph,
  project: Project,
  inputs: readonly unknown[],
  sources: boolean,
): Project {
  const usual = hasProduction(graph, project) ? 'production' : 'default';
  const list = sources ? [...inputs, usual] : inputs;
  const key = JSON.stringify(list);
  const known = made.get(project) ?? new Map<string, Project>();
  made.set(project, known);
  const found = known.get(key) ?? resolved(project, graph.namedInputs ?? {}, list);
  known.set(key, found);
  listsOf.set(found, list);
  return found;
}

function hasProduction({ namedInputs }: WorkspaceGraph, { declares }: Project): boolean {
  return [namedInputs, declares?.named].some(
    (named) => named !== undefined && Object.hasOwn(named, 'production'),
  );
}

function resolved(project: Project, named: InputLists, inputs: readonly unknown[] | null): Project {
  const owner = {
    name: project.name,
    root: project.root,
    namedInputs: new Map(Object.entries(project.declares?.named ?? {})),
  };
  const { filter, packages }: ResolvedInputs = resolveInputs(
    owner,
    new Map(Object.entries(named)),
    inputs,
  );
  return {
    ...project,
    filter,
    packages: [...new Set([...project.packages, ...packages])].sort(byText),
  };
}

/** Projects that a target's inputs name (`{ input, projects }`) and that are no members by an edge. */
function namedBeside(
  graph: WorkspaceGraph,
  building: readonly BuiltFrom[],
  splits: ReadonlyMap<ProjectName, SplitInputs>,
  members: readonly BuiltFrom[],
): readonly BuiltFrom[] {
  const known = new Set(members.map(({ project }) => project.name));
  return building.flatMap(({ project, path }) =>
    (splits.get(project.name)?.projects ?? []).flatMap(({ input, projects }) =>
      matchProjects(projects, graph.projects, 'nx.json').flatMap((other): BuiltFrom[] => {
        if (known.has(other.name)) return [];
        known.add(other.name);
        const counted = countedBy(graph, other, [input], false);
        return [{ project: counted, path: [...path, other.name] }];
      }),
    ),
  );
}

/** Keeps the path as it is: it may be made only when it is asked for. */
function withProject(member: BuiltFrom, project: Project): BuiltFrom {
  return {
    project,
    get path() {
      return member.path;
    },
  };
}
