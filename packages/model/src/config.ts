import type { Place } from './errors.js';
import type { EnvironmentName, ProductName, ProjectName, RepoPath } from './ids.js';
import type { Changelog } from './changelog.js';
import type { ProductGroup } from './groups.js';
import type { NxProject } from './nx-projects.js';
import type { Versioning } from './versioning.js';

/** When releases land in an environment: at once, when its gates open, or when somebody says so. */
export type Landing = 'release' | 'ready' | 'command';

/** Which waiting release goes next (design §8, Soak). */
export type Displace = 'newest' | 'after-soak';

/** How values are written and found in a manifest. */
export type FormatName =
  | 'helm-values'
  | 'helm-chart'
  | 'kustomize'
  | 'flux-helmrelease'
  | 'flux-marker'
  | 'argo-application'
  | 'kubernetes'
  | 'json'
  | 'yaml'
  | 'text';

/** A pin as the configuration writes it: templates are not expanded yet. */
export interface PinConfig {
  readonly file: string;
  readonly document?: { readonly kind?: string; readonly name?: string };
  /** Where the scalar stands, in the path language of the `manifests` room. */
  readonly path?: string;
  /** The registry name that the pin holds, where the format chooses by image. */
  readonly image?: string;
  /** Which of the product's images this pin takes. */
  readonly of: string;
  readonly format?: FormatName;
  readonly value: string | number | boolean;
  readonly create: boolean;
  readonly optional: boolean;
  /** Every use of `image` in the files is pinned; files without one do not matter. */
  readonly all: boolean;
  /** The environments in which it counts; null: all. */
  readonly environments: readonly EnvironmentName[] | null;
  /** Of a group's pins: the member it belongs to. */
  readonly member?: ProductName;
  readonly place: Place;
}

/** What is said of one product, defaults included. */
export interface ProductConfig {
  readonly name: ProductName;
  /** The project it is made of, where that is said; else the project of the same name (without npm scope). */
  readonly project: ProjectName | null;
  /** Root of a declared product (without Nx); null: it has no folder of its own, or a graph knows it. */
  readonly root: RepoPath | null;
  readonly images: Readonly<Record<string, string>>;
  readonly build: 'release' | 'external';
  /** The Nx target whose inputs count; absent: `production`, else `default`. */
  readonly target?: string;
  readonly pins: readonly PinConfig[];
  readonly vars: Readonly<Record<string, string>>;
  /** Environments the product is in by word; null: those where its first pin's file exists. */
  readonly environments: readonly EnvironmentName[] | null;
  readonly dependsOn: readonly string[];
  readonly needs: readonly ProductName[];
  /** More globs of inputs, from the workspace's root. */
  readonly inputs: readonly string[];
  readonly place: Place | null;
}

/** A project that is declared instead of read from Nx. */
export interface DeclaredProject {
  readonly name: ProjectName;
  readonly root: RepoPath;
  readonly dependsOn: readonly string[];
  readonly inputs: readonly string[];
}

export interface EnvironmentConfig {
  readonly name: EnvironmentName;
  readonly group: string | null;
  /** Environments (groups resolved to their members) that come before, and whether all or one must be passed. */
  readonly after: {
    readonly mode: 'all' | 'any';
    readonly environments: readonly EnvironmentName[];
  };
  readonly on: Landing;
  readonly displace: Displace;
  readonly gates: { readonly soak: number };
  /** `own`: takes only images told for it. */
  readonly images: 'shared' | 'own';
  /** Whether prereleases land there by themselves, as other releases do. */
  readonly prereleases: boolean;
  /** Whether `promote` leaves environment tags as records. */
  readonly tags: boolean;
  readonly vars: Readonly<Record<string, string>>;
  /** GitOps branch of this environment: the same for all today (others are refused as not yet). */
  readonly branch: string;
}

/**
 * The configuration as understood: validated, defaults filled in, names resolved. Products are
 * known here only as far as the file names them; `productConfig` gives any product's.
 */
export interface Config {
  readonly file: string;
  readonly gitops: {
    /** null: the workspace itself. */
    readonly repository: string | null;
    readonly branch: string;
    /** Template of a promotion commit's subject. */
    readonly subject: string;
  };
  /** Where products without a root of their own lie (without Nx): a template such as `services/{product}`. */
  readonly root: { readonly template: string; readonly place: Place } | null;
  /** `tag:…`, names or globs; null: the keys of `each` and what exists. */
  readonly select: readonly string[] | null;
  readonly products: ReadonlyMap<ProductName, ProductConfig>;
  /** What a product has that `each` does not name; its `inputs` are templates still. */
  readonly defaults: Omit<ProductConfig, 'name' | 'place' | 'project' | 'root'>;
  readonly projects: ReadonlyMap<ProjectName, DeclaredProject>;
  readonly versioning: Versioning;
  readonly changelog: Changelog;
  /** Products that are released and promoted together, as one. */
  readonly groups: ReadonlyMap<ProductName, ProductGroup>;
  /** Projects of Nx behind products, where nx.json says something that needs them: how tags are called. */
  readonly nxProjects: ReadonlyMap<ProductName, NxProject>;
  /** Whether nx.json chooses by what only the workspace's projects tell, and they were not given. */
  readonly asksProjects: boolean;
  readonly release: { readonly branches: readonly string[] | null };
  readonly guards: { readonly maxAffected: number | null };
  /** Whether Nx's graph is kept between commands, and what vouches for plugins that are not known. */
  readonly graph: { readonly keep: boolean; readonly key: string | null };
  /** In an order in which every environment comes after those it names in `after`. */
  readonly environments: ReadonlyMap<EnvironmentName, EnvironmentConfig>;
  /** Groups and lone environments: what `--to` takes, with the members. */
  readonly targets: ReadonlyMap<string, readonly EnvironmentName[]>;
}
