import type { Graphviz } from '@hpcc-js/wasm-graphviz';

/** Nodes in columns, with few crossings between neighbouring columns, and those without any edge. */
export interface Arrangement {
  readonly columns: readonly (readonly number[])[];
  readonly loose: readonly number[];
}

/**
 * Sorts nodes into columns, sources first. `loosely` are edges that have no say in the column: what a
 * product needs at run time would make a long chain of products that are built from the same.
 */
export type Arrange = (
  nodes: readonly number[],
  edges: readonly Ends[],
  loosely?: readonly Ends[],
) => Arrangement;

type Ends = readonly [number, number, ...unknown[]];

/** Height of a node and the gap between two, in Graphviz' inches: their ratio is all that matters. */
const size = 'width=2,height=0.4,fixedsize=true,shape=box,label=""';
/** Above this many nodes the search for the fewest crossings is cut short: it grows with the square. */
const thorough = 1000;

/**
 * Loads Graphviz, whose `dot` decides which column a node is in and its place there. It sees numbers
 * only, never a name. Nothing of it is loaded before a layout is asked for.
 */
export async function loadArrange(): Promise<Arrange> {
  const { Graphviz: library } = await import('@hpcc-js/wasm-graphviz');
  const graphviz = await library.load();
  return (nodes, edges, loosely = []) => arrangeWith(graphviz, nodes, edges, loosely);
}

function arrangeWith(
  graphviz: Graphviz,
  nodes: readonly number[],
  edges: readonly Ends[],
  loosely: readonly Ends[],
): Arrangement {
  const shown = new Set(nodes);
  const isKept = ([source, target]: Ends): boolean =>
    source !== target && shown.has(source) && shown.has(target);
  const kept = edges.filter(isKept);
  const soft = loosely.filter(isKept);
  const tied = new Set([...kept, ...soft].flatMap(([source, target]) => [source, target]));
  const placed = nodes.filter((node) => tied.has(node));
  const loose = nodes.filter((node) => !tied.has(node));
  if (placed.length === 0) return { columns: [], loose };
  const limits = placed.length > thorough ? 'nslimit=2;nslimit1=2;mclimit=0.3;' : '';
  const text = [
    `digraph{rankdir=LR;nodesep=0.15;ranksep=1;splines=false;${limits}node[${size}]`,
    ...placed.map((node) => `n${node}`),
    ...kept.map(([source, target]) => `n${source}->n${target}`),
    'edge[constraint=false,weight=0]',
    ...soft.map(([source, target]) => `n${source}->n${target}`),
    '}',
  ].join('\n');
  return { columns: readColumns(graphviz.layout(text, 'plain', 'dot')), loose };
}

/** Reads `node n12 4.5 0.25 …` of the plain format: nodes of one column share their first number. */
function readColumns(plain: string): number[][] {
  const columns = new Map<string, { readonly node: number; readonly y: number }[]>();
  for (const [, node, x, y] of plain.matchAll(/^node n(\d+) (\S+) (\S+) /gm)) {
    const column = columns.get(x ?? '') ?? [];
    column.push({ node: Number(node), y: Number(y) });
    columns.set(x ?? '', column);
  }
  return [...columns]
    .sort(([one], [other]) => Number(one) - Number(other))
    .map(([, column]) => column.sort((a, b) => b.y - a.y).map(({ node }) => node));
}
