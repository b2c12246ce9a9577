import { byText, type ProjectName } from '@lanewise/model';
import type { EdgeType, Project, WorkspaceGraph } from './workspace-graph.js';

/** A graph by numbers: projects in the order of their names, edges as lists of numbers. */
export interface GraphIndex {
  readonly projects: readonly Project[];
  readonly numbers: ReadonlyMap<ProjectName, number>;
  /** What each project is built from, in the order of numbers. */
  readonly built: readonly (readonly number[])[];
  readonly implicit: readonly (readonly number[])[];
  /** Projects whose roots lie inside this one's, at any depth. */
  readonly inside: readonly (readonly number[])[];
  /** Distinct lists of globs outside of projects; each project names one by number, or -1. */
  readonly globals: readonly (readonly string[])[];
  readonly globalsOf: readonly number[];
}

const kept = new WeakMap<WorkspaceGraph, GraphIndex>();

/** The index of a graph, made once for each graph. */
export function indexGraph(graph: WorkspaceGraph): GraphIndex {
  const known = kept.get(graph);
  if (known !== undefined) return known;
  const projects = [...graph.projects.values()].sort((a, b) => byText(a.name, b.name));
  const numbers = new Map(projects.map((project, number) => [project.name, number] as const));
  const index: GraphIndex = {
    projects,
    numbers,
    built: targetsBy(graph, numbers, (type) => type !== 'implicit'),
    implicit: targetsBy(graph, numbers, (type) => type === 'implicit'),
    inside: nestedProjects(projects),
    ...distinctGlobals(projects),
  };
  kept.set(graph, index);
  return index;
}

function targetsBy(
  graph: WorkspaceGraph,
  numbers: ReadonlyMap<ProjectName, number>,
  wanted: (type: EdgeType) => boolean,
): number[][] {
  const targets = Array.from({ length: numbers.size }, () => new Set<number>());
  for (const edge of graph.edges) {
    const source = numbers.get(edge.source);
    const target = numbers.get(edge.target);
    if (source === undefined || target === undefined || source === target || !wanted(edge.type))
      continue;
    targets[source]?.add(target);
  }
  return targets.map((set) => [...set].sort((a, b) => a - b));
}

function nestedProjects(projects: readonly Project[]): number[][] {
  const byRoot = new Map<string, number>();
  // Declared products without a root of their own stand at the workspace's root with no files.
  for (const [number, { root, filter }] of projects.entries()) {
    if (filter.patterns.length > 0) byRoot.set(root, number);
  }
  const inside = projects.map((): number[] => []);
  for (const [root, number] of byRoot) {
    if (root === '') continue;
    for (let slash = root.lastIndexOf('/'); ; slash = root.lastIndexOf('/', slash - 1)) {
      const outer = byRoot.get(root.slice(0, Math.max(slash, 0)));
      if (outer !== undefined) inside[outer]?.push(number);
      if (slash <= 0) break;
    }
  }
  return inside;
}

function distinctGlobals(projects: readonly Project[]): Pick<GraphIndex, 'globals' | 'globalsOf'> {
  const numbers = new Map<string, number>();
  const globals: (readonly string[])[] = [];
  const globalsOf = projects.map(({ filter }) => {
    if (filter.globals.length === 0) return -1;
    const key = filter.globals.join('\n');
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, globals.length);
    return globals.push(filter.globals) - 1;
  });
  return { globals, globalsOf };
}
