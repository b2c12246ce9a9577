import { renderGraph, type Product, type WorkspaceGraph } from '@lanewise/graph';
import type { ProjectName } from '@lanewise/model';
import { affectedEntries, type ReleasePlan } from '@lanewise/release';

/** GitHub draws nothing above 50,000 characters or 500 edges; a picture is readable with fewer. */
const mostCharacters = 40_000;
const mostEdges = 120;

/** A diagram of affected products, and how many of them are not in it. */
export interface SummaryGraph {
  readonly mermaid: string;
  readonly left: number;
}

/**
 * The affected products with the ways that make them so, as a Mermaid flowchart for the summary of
 * a job: only as many products as fit; null: no way leads through another project.
 */
export function summaryGraph(
  plan: ReleasePlan,
  graph: WorkspaceGraph,
  products: readonly Product[],
): SummaryGraph | null {
  const ways = affectedEntries(plan).map(({ product, reasons }) => ({
    product,
    paths: reasons.flatMap((reason) =>
      'path' in reason && reason.path.length > 1 ? [reason.path] : [],
    ),
    own: reasons.some((reason) => !('path' in reason)),
  }));
  const drawable = ways.filter(({ paths }) => paths.length > 0);
  if (drawable.length === 0) return null;
  for (let taken = drawable.length; taken > 0; taken = Math.floor(taken / 2)) {
    const mermaid = draw(drawable.slice(0, taken), graph, products);
    if (mermaid !== null) return { mermaid, left: drawable.length - taken };
  }
  return null;
}

interface Ways {
  readonly product: string;
  readonly paths: readonly (readonly ProjectName[])[];
  /** Whether something changed in the product itself. */
  readonly own: boolean;
}

/** null: it does not fit. */
function draw(
  ways: readonly Ways[],
  graph: WorkspaceGraph,
  products: readonly Product[],
): string | null {
  const steps = new Set<string>();
  const shown = new Set<ProjectName>();
  const changed = new Set<ProjectName>();
  for (const { paths, own } of ways) {
    const [start] = paths[0] ?? [];
    if (own && start !== undefined) changed.add(start);
  }
  for (const path of ways.flatMap(({ paths }) => paths)) {
    for (const [place, project] of path.entries()) {
      shown.add(project);
      const next = path[place + 1];
      if (next !== undefined) steps.add(`${project}\0${next}`);
      else changed.add(project);
    }
  }
  if (steps.size > mostEdges) return null;
  const part: WorkspaceGraph = {
    ...graph,
    projects: new Map([...graph.projects].filter(([name]) => shown.has(name))),
    edges: graph.edges.filter(({ source, target }) => steps.has(`${source}\0${target}`)),
    cycles: [],
  };
  const drawn = renderGraph({ graph: part, products, affected: changed }, 'mermaid');
  return drawn.length > mostCharacters ? null : drawn;
}
