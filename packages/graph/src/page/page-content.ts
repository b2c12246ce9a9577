import type { EdgeType } from '../workspace-graph.js';

/** Name and version of the shape that a page holds; it is read by the script of the same build only. */
export const pageSchema = 'lanewise.dev/graph-page/1';

/** Place of a node in `PageContent.nodes`. */
export type NodeNumber = number;

/** What a page knows: everything it can show, as plain data without layout in pixels. */
export interface PageContent {
  readonly schema: typeof pageSchema;
  /** Name of the workspace, and the commit that the graph is of; '' where they are not known. */
  readonly title: string;
  readonly commit: string;
  readonly environments: readonly string[];
  /** Whether it was asked what is affected: else nothing is said of it. */
  readonly affectedKnown: boolean;
  /** Projects, then the folders that stand for them in the view of folders. */
  readonly nodes: readonly PageNode[];
  readonly edges: readonly PageEdge[];
  readonly views: readonly PageView[];
  /** Nodes that the page opens on: a view, or one node in focus. */
  readonly opening: { readonly view: ViewName; readonly focus: NodeNumber | null };
}

export interface PageNode {
  readonly kind: 'product' | 'project' | 'folder';
  /** What the node is called: the product's name, the project's, or the folder's. */
  readonly label: string;
  /** The project's name; the folder's path for a folder. Unique among nodes of the same sort. */
  readonly name: string;
  readonly root: string;
  readonly tags: readonly string[];
  readonly affected: boolean;
  /** Whether its own change is why something is affected. */
  readonly origin: boolean;
  readonly versions: readonly PageVersion[];
  readonly reasons: readonly PageReason[];
  /** Projects inside, for a folder. */
  readonly members: readonly NodeNumber[];
}

export interface PageVersion {
  readonly environment: string;
  /** What is to be read: a version, or a word for a state that is none. */
  readonly text: string;
  readonly isRelease: boolean;
}

export interface PageReason {
  readonly text: string;
  /** From the product's own project to the one that changed. */
  readonly path: readonly NodeNumber[];
}

/** An edge: ends, type, and whether another way through the graph says the same. */
export type PageEdge = readonly [
  source: NodeNumber,
  target: NodeNumber,
  type: EdgeType,
  implied: 0 | 1,
];

export type ViewName = 'all' | 'products' | 'folders' | 'affected';

/** A choice of nodes, arranged: columns from what is deployed to what it is built on. */
export interface PageView {
  readonly name: ViewName;
  readonly columns: readonly (readonly NodeNumber[])[];
  /** Nodes without an edge in this view. */
  readonly loose: readonly NodeNumber[];
  /** Edges of this view, where they are not those of the graph between its nodes. */
  readonly edges: readonly PageEdge[] | null;
}
