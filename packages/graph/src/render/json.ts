import type { GraphView } from './graph-view.js';

/** Name and version of the shape that `renderJson` writes and `readGraphFile` reads. */
export const graphSchema = 'lanewise.dev/graph/1';

/** The graph as data, complete enough to be read again with `--graph`. */
export function renderJson({ graph, nodes, edges, focus }: GraphView): string {
  const value = {
    schema: graphSchema,
    kind: graph.kind,
    lockfile: graph.lockfile,
    packagesKnown: graph.packagesKnown,
    ...(focus !== null && { focus }),
    products: nodes.flatMap(({ product, project, affected }) =>
      product === null ? [] : [{ name: product, project: project.name, affected }],
    ),
    projects: nodes.map(({ project, affected }) => ({ ...project, affected })),
    edges,
    cycles: graph.cycles,
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}
