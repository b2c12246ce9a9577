import type { GraphView } from './graph-view.js';

/** Name and version of the shape that `renderJson` writes and `readGraphFile` reads. */
export const graphSchema = 'lanewise.dev/graph/1';

/** The graph as data, complete enough to be read again with `--graph`. */
export function renderJson(view: GraphView): string {
  return `${JSON.stringify(graphValue(view), null, 2)}\n`;
}

/** What `renderJson` writes, as a value. */
export function graphValue(view: GraphView): unknown {
  const { graph, nodes, edges, focus, environments } = view;
  return {
    schema: graphSchema,
    kind: graph.kind,
    lockfile: graph.lockfile,
    packagesKnown: graph.packagesKnown,
    ...(graph.namedInputs !== undefined && { namedInputs: graph.namedInputs }),
    ...(graph.inputLists !== undefined && { inputLists: graph.inputLists }),
    ...(focus !== null && { focus }),
    ...(environments.length > 0 && { environments }),
    products: nodes.flatMap(({ product, project, affected, running, reasons }) =>
      product === null
        ? []
        : [
            {
              name: product,
              project: project.name,
              affected,
              ...(environments.length > 0 && { running }),
              ...(view.affectedKnown && { reasons }),
            },
          ],
    ),
    projects: nodes.map(({ project, affected }) => ({ ...project, affected })),
    edges,
    cycles: graph.cycles,
  };
}
