// How long layouts take, and what comes out, on the same layered graph of about 2.5 edges a node.
// The candidates are no dependencies of this repository; install them somewhere first:
//   npm install --prefix DIR elkjs@0.12.1 @dagrejs/dagre@3.1.3 d3-dag@1.2.2 @hpcc-js/wasm-graphviz@1.29.2
//   node tools/browser/measure-layouts.mjs DIR [20 200 2000]
// Each runs in a process of its own, for five minutes at most; the time is the processor's. `spread` is the mean vertical distance of
// an edge's ends when columns are packed densely, in rows: the lower, the fewer lines cross.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [width, height] = [160, 26];
const [directory = '', first, second, ...rest] = process.argv.slice(2);

const layouts = {
  elk: async (graph, load) => {
    const { default: Elk } = await load('elkjs/lib/elk.bundled.js');
    return async () => {
      const { children } = await new Elk().layout({
        id: 'root',
        layoutOptions: { 'elk.algorithm': 'layered', 'elk.direction': 'RIGHT' },
        children: graph.nodes.map((node) => ({ id: `n${node}`, width, height })),
        edges: graph.edges.map(([from, to], number) => ({
          id: `e${number}`,
          sources: [`n${from}`],
          targets: [`n${to}`],
        })),
      });
      return children.map(({ x, y }) => [x, y]);
    };
  },
  dagre: (graph, load) => dagreWith('network-simplex', graph, load),
  'dagre, longest path': (graph, load) => dagreWith('longest-path', graph, load),
  'd3-dag': async (graph, load) => {
    const whole = await load('d3-dag');
    const dag = whole.graphConnect === undefined ? whole.default : whole;
    return () => {
      const built = dag.graphConnect()(graph.edges.map(([from, to]) => [`${from}`, `${to}`]));
      const layout = dag
        .sugiyama()
        .layering(dag.layeringLongestPath())
        .decross(dag.decrossTwoLayer().order(dag.twolayerAgg()))
        .coord(dag.coordGreedy())
        .nodeSize([height, width])
        .gap([7, 58]);
      layout(built);
      const found = [];
      for (const node of built.nodes()) found[Number(node.data)] = [node.y, node.x];
      return found;
    };
  },
  Graphviz: async (graph, load) => {
    const { Graphviz } = await load('@hpcc-js/wasm-graphviz');
    const graphviz = await Graphviz.load();
    return () => {
      const limits = graph.nodes.length > 1000 ? 'nslimit=2;nslimit1=2;mclimit=0.3;' : '';
      const text = [
        `digraph{rankdir=LR;splines=false;${limits}node[shape=box,fixedsize=true,width=2,height=0.4]`,
        ...graph.nodes.map((node) => `n${node}`),
        ...graph.edges.map(([from, to]) => `n${from}->n${to}`),
        '}',
      ].join('\n');
      const found = [];
      for (const [, node, x, y] of graphviz
        .layout(text, 'plain', 'dot')
        .matchAll(/^node n(\d+) (\S+) (\S+)/gm))
        found[Number(node)] = [Number(x) * 72, Number(y) * 72];
      return found;
    };
  },
};

async function dagreWith(ranker, graph, load) {
  const { Graph, layout } = await dagreOf(load);
  return () => {
    const drawn = new Graph();
    drawn.setGraph({ rankdir: 'LR', ranker });
    drawn.setDefaultEdgeLabel(() => ({}));
    graph.nodes.forEach((node) => drawn.setNode(`n${node}`, { width, height }));
    graph.edges.forEach(([from, to]) => drawn.setEdge(`n${from}`, `n${to}`));
    layout(drawn);
    return graph.nodes.map((node) => [drawn.node(`n${node}`).x, drawn.node(`n${node}`).y]);
  };
}

async function dagreOf(load) {
  const whole = await load('@dagrejs/dagre');
  const library = whole.default ?? whole;
  return { Graph: library.graphlib.Graph, layout: library.layout };
}

if (second === 'one') {
  const [name = '', count = ''] = rest;
  const graph = makeGraph(Number(count));
  const require = createRequire(pathToFileURL(`${resolve(directory)}/x.js`));
  const load = (path) => import(pathToFileURL(require.resolve(path)).href);
  const run = await layouts[name](graph, load);
  const before = process.cpuUsage();
  const places = await run();
  const { user, system } = process.cpuUsage(before);
  const milliseconds = Math.round((user + system) / 1000);
  console.log(JSON.stringify({ milliseconds, ...judge(graph, places) }));
} else {
  const counts = [first, second, ...rest].filter(Boolean).map(Number);
  for (const count of counts.length > 0 ? counts : [20, 200, 2000]) {
    for (const name of Object.keys(layouts)) {
      const { stdout, error } = spawnSync(
        process.execPath,
        [fileURLToPath(import.meta.url), directory, 'x', 'one', name, String(count)],
        { encoding: 'utf8', timeout: 300_000, stdio: ['ignore', 'pipe', 'inherit'] },
      );
      const line = error === undefined ? stdout.trim() : 'more than five minutes';
      console.log(String(count).padStart(5), name.padEnd(20), line);
    }
  }
}

function judge({ edges }, places) {
  const columns = new Map();
  places.forEach(([x, y], node) => {
    const key = Math.round(x);
    columns.set(key, [...(columns.get(key) ?? []), { node, y }]);
  });
  const rows = [];
  for (const column of columns.values()) {
    column.sort((a, b) => a.y - b.y);
    column.forEach(({ node }, row) => (rows[node] = row - column.length / 2));
  }
  const spread = edges.reduce((sum, [from, to]) => sum + Math.abs(rows[from] - rows[to]), 0);
  const span = (axis) => {
    const all = places.flatMap((place) => place[axis]);
    return Math.round(Math.max(...all) - Math.min(...all));
  };
  return {
    edges: edges.length,
    columns: columns.size,
    spread: Number((spread / edges.length).toFixed(1)),
    size: `${span(0)} x ${span(1)}`,
  };
}

/** Layers with edges mostly to the next one and to the same area, and some that go further. */
function makeGraph(count) {
  let state = 7;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const layers = Math.max(4, Math.min(9, Math.round(Math.log2(count))));
  const nodes = Array.from({ length: count }, (_, node) => node);
  const layerOf = nodes.map((node) => (node < layers ? node : Math.floor(random() * layers)));
  const area = (node) => node % Math.max(1, Math.round(count / 25));
  const edges = new Set();
  for (const node of nodes) {
    if (layerOf[node] === layers - 1) continue;
    const wanted = 1 + Math.floor(random() * 5.5);
    for (let number = 0; number < wanted; number += 1) {
      const step = random() < 0.25 ? 2 + Math.floor(random() * 2) : 1;
      const layer = Math.min(layers - 1, layerOf[node] + step);
      const there = nodes.filter((other) => layerOf[other] === layer);
      const near = there.filter((other) => area(other) === area(node));
      const pool = near.length > 0 && random() < 0.75 ? near : there;
      edges.add(`${node} ${pool[Math.floor(random() * pool.length)]}`);
    }
  }
  return { nodes, edges: [...edges].map((edge) => edge.split(' ').map(Number)) };
}
