import { canonicalJson, type ProjectName } from '@lanewise/model';
import type { Edge, Project, WorkspaceGraph } from '../workspace-graph.js';

/** One thing in which two graphs of the same commit differ. */
export type GraphDifference =
  | { readonly kind: 'project'; readonly project: ProjectName; readonly how: Difference }
  | { readonly kind: 'edge'; readonly edge: Edge; readonly how: Exclude<Difference, 'changed'> }
  | { readonly kind: 'workspace'; readonly what: 'lockfile' | 'packages' };

/** Only in the one, only in the other, or in both but not alike. */
export type Difference = 'gone' | 'new' | 'changed';

/** All differences from one graph to another; none where they mean the same. */
export function compareGraphs(
  before: WorkspaceGraph,
  after: WorkspaceGraph,
): readonly GraphDifference[] {
  const found: GraphDifference[] = [];
  if (before.lockfile !== after.lockfile) found.push({ kind: 'workspace', what: 'lockfile' });
  if (before.packagesKnown !== after.packagesKnown)
    found.push({ kind: 'workspace', what: 'packages' });
  for (const project of new Set([...before.projects.keys(), ...after.projects.keys()])) {
    const how = differs(before.projects.get(project), after.projects.get(project));
    if (how !== null) found.push({ kind: 'project', project, how });
  }
  const [old, now] = [edgesByKey(before), edgesByKey(after)];
  for (const [key, edge] of old) if (!now.has(key)) found.push({ kind: 'edge', edge, how: 'gone' });
  for (const [key, edge] of now) if (!old.has(key)) found.push({ kind: 'edge', edge, how: 'new' });
  return found;
}

function differs(before: Project | undefined, after: Project | undefined): Difference | null {
  if (before === undefined) return 'new';
  if (after === undefined) return 'gone';
  return canonicalJson(before) === canonicalJson(after) ? null : 'changed';
}

function edgesByKey({ edges }: WorkspaceGraph): ReadonlyMap<string, Edge> {
  return new Map(edges.map((edge) => [`${edge.source}\0${edge.target}\0${edge.type}`, edge]));
}
