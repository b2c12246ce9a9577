import { oneLine } from '@lanewise/model';
import type { Edge } from '../workspace-graph.js';
import { nodeLabel, numberNodes } from './labels.js';
import type { GraphView, ViewNode } from './graph-view.js';

/** The graph in the language of Graphviz (graphviz.org/doc/info/lang.html). */
export function renderDot(view: GraphView): string {
  const ids = numberNodes(view.nodes);
  return [
    'digraph workspace {',
    '  rankdir=LR;',
    '  node [shape=box, fontname="sans-serif"];',
    ...view.nodes.map((node) => `  ${ids(node.project.name)} [${attributes(node)}];`),
    ...view.edges.map(
      ({ source, target, type }) => `  ${ids(source)} -> ${ids(target)}${edgeStyle(type)};`,
    ),
    '}',
    '',
  ].join('\n');
}

function attributes(node: ViewNode): string {
  const styles = [node.product === null ? 'rounded' : 'bold', ...(node.affected ? ['filled'] : [])];
  const colour = node.affected ? ', fillcolor="#ffe08a"' : '';
  return `label=${quote(nodeLabel(node))}, style="${styles.join(',')}"${colour}`;
}

function edgeStyle(type: Edge['type']): string {
  if (type === 'static') return '';
  return type === 'dynamic' ? ' [style=dashed]' : ' [style=dotted, label="needs"]';
}

/** Inside quotes only the quote ends the text; labels read a back-slash as an escape of their own. */
function quote(text: string): string {
  return `"${oneLine(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
