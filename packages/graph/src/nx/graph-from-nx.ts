import {
  byText,
  LanewiseError,
  parseProjectName,
  parseRepoPath,
  show,
  type ProjectName,
  type RepoPath,
} from '@lanewise/model';
import { isRecord } from '../canonical.js';
import { findCycles } from '../cycles.js';
import type { Edge, EdgeType, Project, WorkspaceGraph } from '../workspace-graph.js';
import { resolveNamedInputs } from './named-inputs.js';
import {
  parseNamedInputs,
  parseRawNxGraph,
  type NamedInputs,
  type RawNxGraph,
  type RawNxNode,
} from './raw-graph.js';

export interface NxWorkspace {
  /** The lockfile in the workspace's root, where there is one. */
  readonly lockfile?: RepoPath | null;
}

/**
 * Understands a project graph as Nx gives it (by `createProjectGraphAsync` or `nx graph --file`),
 * together with the parsed nx.json. Throws GRAPH_INVALID where the shape is not Nx's, or two
 * projects share a root.
 */
export function graphFromNx(
  rawGraph: unknown,
  nxJson: unknown,
  workspace: NxWorkspace = {},
): WorkspaceGraph {
  const raw = parseRawNxGraph(rawGraph);
  const named = parseNamedInputs(
    isRecord(nxJson) ? nxJson['namedInputs'] : undefined,
    'namedInputs',
  );
  const lists = new Map<string, number>();
  const numberOf = (inputs: readonly unknown[]): number => {
    const key = JSON.stringify(inputs);
    const number = lists.get(key) ?? lists.size;
    lists.set(key, number);
    return number;
  };
  const projects = new Map<ProjectName, Project>();
  for (const name of [...raw.nodes.keys()].sort(byText)) {
    const project = parseProject(name, raw, named, numberOf);
    projects.set(project.name, project);
  }
  refuseSharedRoots(projects);
  const edges = parseEdges(raw, projects);
  return {
    kind: 'nx',
    projects,
    edges,
    packagesKnown: raw.externalNodes !== null,
    lockfile: workspace.lockfile ?? null,
    ...(named.size > 0 && { namedInputs: Object.fromEntries(named) }),
    ...(lists.size > 0 && {
      inputLists: [...lists.keys()].map((text) => JSON.parse(text) as readonly unknown[]),
    }),
    cycles: findCycles(edges),
  };
}

function parseProject(
  name: string,
  raw: RawNxGraph,
  named: NamedInputs,
  numberOf: (inputs: readonly unknown[]) => number,
): Project {
  const node = raw.nodes.get(name);
  if (node === undefined) throw new LanewiseError('INTERNAL', `The graph lost ${show(name)}.`);
  const root = parseRepoPath(node.root);
  const inputs = resolveNamedInputs({ name, root, namedInputs: node.namedInputs }, named);
  const used = (raw.dependencies.get(name) ?? []).flatMap(({ target }) => packageName(target, raw));
  return {
    name: parseProjectName(name),
    root,
    tags: node.tags,
    filter: inputs.filter,
    packages: [...new Set([...used, ...inputs.packages])].sort(byText),
    targets: node.targets,
    ...declaredInputs(node, numberOf),
  };
}

function declaredInputs(
  { namedInputs, targetInputs }: RawNxNode,
  numberOf: (inputs: readonly unknown[]) => number,
): Pick<Project, 'declares'> {
  if (namedInputs.size === 0 && targetInputs.size === 0) return {};
  const targets = [...targetInputs].map(([name, inputs]) => [name, numberOf(inputs)] as const);
  const declares = {
    ...(namedInputs.size > 0 && { named: Object.fromEntries(namedInputs) }),
    ...(targets.length > 0 && { targets: Object.fromEntries(targets) }),
  };
  return { declares };
}

/** Nx names an external node `npm:react`, or `npm:react@17.0.2` where it is not the hoisted one. */
function packageName(target: string, raw: RawNxGraph): string[] {
  const known = raw.externalNodes?.get(target);
  if (known !== undefined) return [known];
  if (raw.nodes.has(target) || !target.startsWith('npm:')) return [];
  return [target.slice('npm:'.length).replace(/(?<=.)@.*$/, '')];
}

function parseEdges(raw: RawNxGraph, projects: ReadonlyMap<ProjectName, Project>): Edge[] {
  const edges: Edge[] = [];
  for (const source of projects.keys()) {
    const seen = new Set<string>();
    for (const { target, type } of raw.dependencies.get(source) ?? []) {
      const known = projects.get(target as ProjectName);
      if (known === undefined || known.name === source || seen.has(`${type} ${target}`)) continue;
      seen.add(`${type} ${target}`);
      edges.push({ source, target: known.name, type: edgeType(type) });
    }
  }
  // In one order, whoever computed the graph: Nx's own depends on which file it read first.
  return edges.sort(
    (a, b) => byText(a.source, b.source) || byText(a.target, b.target) || byText(a.type, b.type),
  );
}

/** A type that we do not know counts as one that builds: wider, never narrower. */
function edgeType(type: string): EdgeType {
  return type === 'dynamic' || type === 'implicit' ? type : 'static';
}

function refuseSharedRoots(projects: ReadonlyMap<ProjectName, Project>): void {
  const owners = new Map<RepoPath, ProjectName>();
  for (const { name, root } of projects.values()) {
    const owner = owners.get(root);
    if (owner !== undefined) {
      throw new LanewiseError(
        'GRAPH_INVALID',
        `The projects ${show(owner)} and ${show(name)} share the folder ${show(root === '' ? '.' : root)}, so a file in it has no single owner.`,
        { hint: 'Give each project a folder of its own.' },
      );
    }
    owners.set(root, name);
  }
}
