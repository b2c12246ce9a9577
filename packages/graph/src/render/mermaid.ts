import { oneLine } from '@lanewise/model';
import type { Edge } from '../workspace-graph.js';
import { nodeLabel, numberNodes } from './labels.js';
import type { GraphView, ViewNode } from './graph-view.js';

const arrows: Readonly<Record<Edge['type'], string>> = {
  static: '-->',
  dynamic: '-.->',
  implicit: '-. needs .->',
};

/** The graph as a Mermaid flowchart, for Markdown and step summaries. */
export function renderMermaid(view: GraphView): string {
  const ids = numberNodes(view.nodes);
  const products = view.nodes.filter(({ product }) => product !== null);
  const affected = view.nodes.filter((node) => node.affected);
  return [
    'flowchart LR',
    ...view.nodes.map((node) => `  ${shape(ids(node.project.name), node)}`),
    ...view.edges.map(
      ({ source, target, type }) => `  ${ids(source)} ${arrows[type]} ${ids(target)}`,
    ),
    ...classLines(
      products.map((node) => ids(node.project.name)),
      'product',
      'stroke-width:3px',
    ),
    ...classLines(
      affected.map((node) => ids(node.project.name)),
      'affected',
      'fill:#ffe08a,color:#000',
    ),
    '',
  ].join('\n');
}

function shape(id: string, node: ViewNode): string {
  const label = `"${escape(nodeLabel(node))}"`;
  return node.product === null ? `${id}(${label})` : `${id}[${label}]`;
}

function classLines(ids: readonly string[], name: string, style: string): string[] {
  return ids.length === 0
    ? []
    : [`  classDef ${name} ${style}`, `  class ${ids.join(',')} ${name}`];
}

/** Mermaid reads `#34;` as a character by its number; labels may hold HTML and Markdown otherwise. */
function escape(text: string): string {
  return oneLine(text).replace(
    /[^\p{L}\p{N} ._/@:()-]/gu,
    (letter) => `#${letter.codePointAt(0) ?? 0};`,
  );
}
