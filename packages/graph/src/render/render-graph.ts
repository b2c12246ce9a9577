import { renderDot } from './dot.js';
import { viewGraph, type GraphQuestion, type GraphView } from './graph-view.js';
import { renderJson } from './json.js';
import { renderMermaid } from './mermaid.js';
import { renderTree } from './tree.js';

export type GraphFormat = 'tree' | 'json' | 'mermaid' | 'dot';

const renderers: Readonly<Record<GraphFormat, (view: GraphView) => string>> = {
  tree: renderTree,
  json: renderJson,
  mermaid: renderMermaid,
  dot: renderDot,
};

/** A graph as text that ends with a line feed. Names may hold anything: each format escapes them. */
export function renderGraph(question: GraphQuestion, format: GraphFormat): string {
  return renderers[format](viewGraph(question));
}
