import { oneLine, type ProjectName } from '@lanewise/model';
import { viewGraph, type GraphQuestion, type GraphView } from '../render/graph-view.js';
import type { Arrange } from './arrange.js';
import { foldersOf } from './folders.js';
import { impliedEdges } from './implied-edges.js';
import {
  pageSchema,
  type PageContent,
  type PageEdge,
  type PageNode,
  type PageView,
  type ViewName,
} from './page-content.js';

/** Up to here all nodes are shown at first; with more, products or folders. */
const seenAtOnce = 320;
/** Up to here folders would only hide what can be seen. */
const fewForFolders = 12;

export interface PageTitle {
  readonly title: string;
  /** '' where it is not known. */
  readonly commit: string;
}

/** Everything that a page shows of a graph: nodes, edges, and which is in which column of each view. */
export function makePageContent(
  question: GraphQuestion,
  title: PageTitle,
  arrange: Arrange,
): PageContent {
  const view = viewGraph(question);
  const numbers = new Map(view.nodes.map(({ project }, number) => [project.name, number] as const));
  const edges = pageEdges(view.edges, numbers);
  const nodes = pageNodes(view, numbers);
  const folders = pageFolders(nodes, edges);
  const all = nodes.map((_, number) => number);
  const whole = arrange(all, drawn(edges, 'built'), drawn(edges, 'needed'));
  const views: PageView[] = [{ name: 'all', ...whole, edges: null }];
  const products = all.filter((number) => nodes[number]?.kind === 'product');
  if (products.length > 0 && products.length < all.length) {
    views.push(productView(question, view, numbers, products, arrange));
  }
  if (all.length > fewForFolders && folders.nodes.length > 1 && folders.nodes.length < all.length) {
    const places = folders.nodes.map((_, place) => all.length + place);
    views.push({
      name: 'folders',
      ...arrange(places, drawn(folders.edges, 'built'), drawn(folders.edges, 'needed')),
      edges: folders.edges,
    });
  }
  const affected = onPaths(nodes);
  if (affected.size > 0 && affected.size < all.length) {
    const shown = all.filter((number) => affected.has(number));
    views.push({
      name: 'affected',
      ...arrange(shown, drawn(edges, 'built'), drawn(edges, 'needed')),
      edges: null,
    });
  }
  return {
    schema: pageSchema,
    title: oneLine(title.title),
    commit: title.commit,
    environments: view.environments,
    affectedKnown: view.affectedKnown,
    nodes: [...nodes, ...folders.nodes],
    edges,
    views,
    opening: {
      view: openingView(views, all.length, products.length),
      focus: view.focus === null ? null : (numbers.get(view.focus) ?? null),
    },
  };
}

function pageEdges(
  edges: GraphView['edges'],
  numbers: ReadonlyMap<ProjectName, number>,
): PageEdge[] {
  const plain = edges.flatMap(({ source, target, type }) => {
    const [from, to] = [numbers.get(source), numbers.get(target)];
    return from === undefined || to === undefined ? [] : [[from, to, type] as const];
  });
  const implied = impliedEdges(numbers.size, plain);
  return plain.map(([source, target, type], place): PageEdge => [
    source,
    target,
    type,
    implied[place] === true ? 1 : 0,
  ]);
}

/** Edges that are drawn at first: those that tell what a product is built from, what it needs, or both. */
function drawn(edges: readonly PageEdge[], which: 'built' | 'needed' | 'both'): PageEdge[] {
  return edges.filter(
    ([, , type, implied]) =>
      implied === 0 && (which === 'both' || (type === 'implicit') === (which === 'needed')),
  );
}

function pageNodes(view: GraphView, numbers: ReadonlyMap<ProjectName, number>): PageNode[] {
  const origins = new Set(
    view.nodes.flatMap(({ reasons }) => reasons.flatMap(({ path }) => path.slice(-1))),
  );
  const short = shortNames(view.nodes.map(({ project }) => project.name));
  return view.nodes.map(({ project, product, affected, running, reasons }) => ({
    kind: product === null ? 'project' : 'product',
    label: oneLine(product ?? short(project.name)),
    name: project.name,
    root: oneLine(project.root),
    tags: project.tags.map(oneLine),
    affected,
    origin: origins.has(project.name),
    versions: running.map(({ environment, version, text }) => ({
      environment,
      text: oneLine(text),
      isRelease: version !== null,
    })),
    reasons: reasons.map(({ text, path }) => ({
      text: oneLine(text),
      path: path.flatMap((name) => numbers.get(name) ?? []),
    })),
    members: [],
  }));
}

/** Names without the npm scope that all scoped ones share, where that keeps them apart. */
function shortNames(names: readonly ProjectName[]): (name: ProjectName) => string {
  const scopes = new Set(names.flatMap((name) => /^@[^/]+\/(?=.)/.exec(name)?.[0] ?? []));
  const [scope = ''] = scopes;
  const short = (name: string): string =>
    name.startsWith(scope) ? name.slice(scope.length) : name;
  const stayApart = new Set(names.map(short)).size === names.length;
  return scopes.size === 1 && stayApart ? short : (name) => name;
}

/** A node for each folder, numbered behind the projects, and the edges between them. */
function pageFolders(
  nodes: readonly PageNode[],
  edges: readonly PageEdge[],
): { readonly nodes: PageNode[]; readonly edges: PageEdge[] } {
  const paths = foldersOf(nodes.map(({ root }) => root));
  const names = [...new Set(paths)].sort();
  const places = new Map(names.map((name, place) => [name, place] as const));
  const inside = names.map((): number[] => []);
  paths.forEach((path, number) => inside[places.get(path) ?? 0]?.push(number));
  const pairs = new Map<string, readonly [number, number, PageEdge[2]]>();
  for (const [source, target, type] of edges) {
    const [from, to] = [places.get(paths[source] ?? ''), places.get(paths[target] ?? '')];
    if (from === undefined || to === undefined || from === to) continue;
    const key = `${from} ${to}`;
    const known = pairs.get(key)?.[2];
    pairs.set(key, [from, to, known === undefined || known === 'implicit' ? type : known]);
  }
  const between = [...pairs.values()];
  const implied = impliedEdges(names.length, between);
  return {
    nodes: names.map((name, place) => folderNode(name, inside[place] ?? [], nodes)),
    edges: between.map(([from, to, type], place) => [
      nodes.length + from,
      nodes.length + to,
      type,
      implied[place] === true ? 1 : 0,
    ]),
  };
}

function folderNode(
  name: string,
  members: readonly number[],
  nodes: readonly PageNode[],
): PageNode {
  return {
    kind: 'folder',
    label: oneLine(name),
    name,
    root: oneLine(name),
    tags: [],
    affected: members.some((number) => nodes[number]?.affected === true),
    origin: members.some((number) => nodes[number]?.origin === true),
    versions: [],
    reasons: [],
    members,
  };
}

function productView(
  question: GraphQuestion,
  view: GraphView,
  numbers: ReadonlyMap<ProjectName, number>,
  products: readonly number[],
  arrange: Arrange,
): PageView {
  const inside = new Set(products);
  const between = pageEdges(
    viewGraph({ ...question, focus: null, onlyProducts: true }).edges,
    numbers,
  ).filter(([source, target]) => inside.has(source) && inside.has(target));
  return { name: 'products', ...arrange(products, drawn(between, 'both')), edges: between };
}

/** Affected products, the projects that changed, and those on the way between. */
function onPaths(nodes: readonly PageNode[]): Set<number> {
  const found = new Set(nodes.flatMap(({ affected }, number) => (affected ? [number] : [])));
  for (const { reasons } of nodes) {
    for (const { path } of reasons) path.forEach((number) => found.add(number));
  }
  return found;
}

function openingView(views: readonly PageView[], count: number, products: number): ViewName {
  const has = (name: ViewName): boolean => views.some((view) => view.name === name);
  if (count <= seenAtOnce) return 'all';
  if (has('products') && products <= seenAtOnce) return 'products';
  return has('folders') ? 'folders' : 'all';
}
