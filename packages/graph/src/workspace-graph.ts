import type { Member, ProductName, ProjectName, RepoPath } from '@lanewise/model';

/** `static` and `dynamic` come from code; `implicit` is declared by hand. */
export type EdgeType = 'static' | 'dynamic' | 'implicit';

/** A node of the workspace's graph. */
export interface Project {
  readonly name: ProjectName;
  /** Folder of the project; `''` for the workspace's root. */
  readonly root: RepoPath;
  readonly tags: readonly string[];
  /** What counts of the project's files when another project is built from it, or it is built itself. */
  readonly filter: FileFilter;
  /** Names of external packages that the project uses directly (`react`, `@acme/ui`). */
  readonly packages: readonly string[];
  /** Names of its targets, for `--target`. */
  readonly targets: readonly string[];
  /** What Nx's configuration says of its inputs, to read them for one target or under another nx.json; absent: nothing. */
  readonly declares?: DeclaredInputs;
  /** It is no project, but a folder that somebody takes as a package (`file:`, `link:`): built from, and never chosen or run. */
  readonly linked?: true;
}

/** Inputs as a project's configuration writes them. */
export interface DeclaredInputs {
  readonly named?: InputLists;
  /** For each target that names inputs, the number of its list in the graph's `inputLists`. */
  readonly targets?: Readonly<Record<string, number>>;
}

/** Lists of inputs as Nx's configuration writes them, by name. */
export type InputLists = Readonly<Record<string, readonly unknown[]>>;

/**
 * Which files count, as an ordered list of globs in which a later one wins (`!` takes away), all
 * written from the workspace's root. `digest` tells whether two filters are the same.
 */
export interface FileFilter {
  readonly patterns: readonly string[];
  /** Files outside the project that count with it (`{workspaceRoot}/…`): globs in the same order. */
  readonly globals: readonly string[];
  readonly digest: string;
  /** Inputs that Git cannot show (`runtime`, `env`, task outputs): named by `verify`. */
  readonly unseen: readonly string[];
}

export interface Edge {
  readonly source: ProjectName;
  readonly target: ProjectName;
  readonly type: EdgeType;
}

/** Projects and edges of a workspace at one commit, from Nx or declared in `lanewise.yaml`. */
export interface WorkspaceGraph {
  readonly kind: 'nx' | 'declared';
  readonly projects: ReadonlyMap<ProjectName, Project>;
  readonly edges: readonly Edge[];
  /** Whether `packages` of the projects can be trusted: `nx graph --file` writes a graph without them. */
  readonly packagesKnown: boolean;
  /** The lockfile that decides the packages' versions, where there is one. */
  readonly lockfile: RepoPath | null;
  /** The `namedInputs` of nx.json. */
  readonly namedInputs?: InputLists;
  /** Distinct lists of inputs that targets name. */
  readonly inputLists?: readonly (readonly unknown[])[];
  /** Cycles over build edges, each as the projects along it. Allowed, and named. */
  readonly cycles: readonly (readonly ProjectName[])[];
}

/** A project that is deployed on its own, or several that are deployed as one. */
export interface Product {
  readonly name: ProductName;
  /** Of a group its first member's. */
  readonly project: ProjectName;
  /** Members of a group, by name; absent: it is no group. */
  readonly members?: readonly Member[];
}

/** The projects that are the product itself, and not only something that it is built from. */
export function ownProjects({ project, members }: Product): readonly ProjectName[] {
  return members?.map((member) => member.project) ?? [project];
}

/** One project that a product is built from, with the shortest path that leads there (product's project first). */
export interface BuiltFrom {
  readonly project: Project;
  readonly path: readonly ProjectName[];
}

/** What a product is built from at one commit: a function of the graph, without I/O. */
export interface ProductInputs {
  readonly product: Product;
  /** The product's own project first, then by distance and name. */
  readonly members: readonly BuiltFrom[];
  /** Globs from the workspace's root that count beside the projects (`{workspaceRoot}/…`, `inputs:`). */
  readonly globals: readonly string[];
  /** Roots of projects inside members' roots that are no members: their files do not count. */
  readonly excludedRoots: readonly RepoPath[];
  readonly lockfile: RepoPath | null;
}
