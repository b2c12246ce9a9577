import type { EdgeType } from '../../workspace-graph.js';
import { pageSchema, type PageContent } from '../page-content.js';

/** One end of an edge, seen from the other. */
export interface Tie {
  readonly node: number;
  readonly type: EdgeType;
}

/** The content with what is asked of it all the time. */
export interface Book extends PageContent {
  /** By node: what it depends on, and what depends on it. Folders have ties of their own. */
  readonly down: readonly (readonly Tie[])[];
  readonly up: readonly (readonly Tie[])[];
  /** By the name of a project, or else of a product, as links have it. */
  readonly numbers: ReadonlyMap<string, number>;
}

/** Reads the data element of the page. Throws where it is not there or of another build. */
export function readContent(): Book {
  const text = document.getElementById('content')?.textContent ?? '';
  const content = JSON.parse(text) as PageContent;
  if (content.schema !== pageSchema) throw new Error(`This page cannot show ${content.schema}.`);
  const down = content.nodes.map((): Tie[] => []);
  const up = content.nodes.map((): Tie[] => []);
  const folders = content.views.find(({ name }) => name === 'folders')?.edges ?? [];
  for (const [source, target, type] of [...content.edges, ...folders]) {
    down[source]?.push({ node: target, type });
    up[target]?.push({ node: source, type });
  }
  const products = content.nodes.flatMap((node, number) =>
    node.kind === 'product' ? [[node.label, number] as const] : [],
  );
  const projects = content.nodes.map((node, number) => [keyOf(node), number] as const);
  const numbers = new Map([...products, ...projects]);
  return { ...content, down, up, numbers };
}

/** How a node is named in a link: a folder may be called like a project. */
export function keyOf({ kind, name }: Pick<PageContent['nodes'][number], 'kind' | 'name'>): string {
  return kind === 'folder' ? `folder:${name}` : name;
}
