import { oneLine, type ProjectName } from '@lanewise/model';
import type { EdgeType } from '../workspace-graph.js';
import { nodeLabel } from './labels.js';
import type { GraphView, ViewNode } from './graph-view.js';

interface Branch {
  readonly node: ViewNode;
  readonly type: EdgeType;
}

/**
 * The graph as a tree for a terminal: products first, each with what it depends on; then projects
 * that no product leads to. What was shown with its dependencies before is only named again
 * (`…`). With a focus: what it depends on, then what depends on it.
 */
export function renderTree(view: GraphView): string {
  if (view.nodes.length === 0) return 'The graph has no projects.\n';
  const down = branches(view, 'down');
  if (view.focus !== null) {
    const [root] = view.nodes.filter(({ project }) => project.name === view.focus);
    const trees = root === undefined ? [] : [root];
    const below = growTrees(trees, down);
    const above = growTrees(trees, branches(view, 'up')).slice(1);
    return lines([
      ...below,
      ...(above.length > 0 ? ['', 'needed by', ...above] : []),
      ...cycles(view),
    ]);
  }
  const shown = new Set<ProjectName>();
  const products = growTrees(
    view.nodes.filter(({ product }) => product !== null),
    down,
    shown,
  );
  const rest = view.nodes.filter(({ project }) => !shown.has(project.name));
  const alone = growTrees(rootsFirst(rest, view), down, shown);
  const title = products.length > 0 && alone.length > 0 ? ['', 'in no product'] : [];
  return lines([...products, ...title, ...alone, ...cycles(view)]);
}

function lines(texts: readonly string[]): string {
  return `${texts.join('\n')}\n`;
}

function branches(view: GraphView, direction: 'down' | 'up'): Map<ProjectName, Branch[]> {
  const nodes = new Map(view.nodes.map((node) => [node.project.name, node] as const));
  const found = new Map<ProjectName, Branch[]>();
  for (const edge of view.edges) {
    const [from, to] =
      direction === 'down' ? [edge.source, edge.target] : [edge.target, edge.source];
    const node = nodes.get(to);
    if (node === undefined) continue;
    const known = found.get(from) ?? [];
    if (!known.some((branch) => branch.node === node)) known.push({ node, type: edge.type });
    found.set(from, known);
  }
  return found;
}

/** Projects that nothing else in no product leads to come first, so that their trees hold the others. */
function rootsFirst(rest: readonly ViewNode[], view: GraphView): ViewNode[] {
  const inside = new Set(rest.map(({ project }) => project.name));
  const led = new Set(
    view.edges.flatMap(({ source, target }) => (inside.has(source) ? [target] : [])),
  );
  const roots = rest.filter(({ project }) => !led.has(project.name));
  return [...roots, ...rest.filter(({ project }) => led.has(project.name))];
}

interface Open {
  readonly branch: Branch;
  /** What stands before this line, and before those below it. */
  readonly lead: string;
  readonly below: string;
}

/** With a stack of our own: a chain of projects may be longer than the call stack. */
function growTrees(
  roots: readonly ViewNode[],
  branchesOf: ReadonlyMap<ProjectName, readonly Branch[]>,
  shown = new Set<ProjectName>(),
): string[] {
  const texts: string[] = [];
  for (const root of roots) {
    if (shown.has(root.project.name) && root.product === null) continue;
    const open: Open[] = [{ branch: { node: root, type: 'static' }, lead: '', below: '' }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { node, type } = next.branch;
      const children = branchesOf.get(node.project.name) ?? [];
      const again = shown.has(node.project.name) && children.length > 0;
      texts.push(`${next.lead}${describe(node, type)}${again ? ' …' : ''}`);
      shown.add(node.project.name);
      if (again) continue;
      for (const [place, branch] of [...children.entries()].reverse()) {
        const isLast = place === children.length - 1;
        open.push({
          branch,
          lead: `${next.below}${isLast ? '└─ ' : '├─ '}`,
          below: `${next.below}${isLast ? '   ' : '│  '}`,
        });
      }
    }
  }
  return texts;
}

function describe(node: ViewNode, type: EdgeType): string {
  const notes = [
    ...(type === 'static' ? [] : [type === 'implicit' ? 'needs' : 'loaded when needed']),
    ...(node.affected ? ['affected'] : []),
  ];
  const name = oneLine(nodeLabel(node));
  return notes.length === 0 ? name : `${name}  [${notes.join(', ')}]`;
}

function cycles({ graph, nodes }: GraphView): string[] {
  const shown = new Set(nodes.map(({ project }) => project.name));
  const visible = graph.cycles.filter((cycle) => cycle.every((name) => shown.has(name)));
  const texts = visible.map((cycle) => `  ${[...cycle, cycle[0] ?? ''].map(oneLine).join(' → ')}`);
  return texts.length === 0 ? [] : ['', 'cycles', ...texts];
}
