// Types of the library's door. They import nothing, so that they stand alone in the package.

/** Where and with what a command runs. */
export interface LibraryOptions {
  /** A folder of the clone; default the working directory. */
  readonly directory?: string;
  /** Variables; default the process's, without those by which a GitHub job is written to. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export interface AffectedOptions extends LibraryOptions {
  /** Only these products. */
  readonly products?: readonly string[];
  /** Adds `shared` and `explained`. */
  readonly explain?: boolean;
  /** Named products that were never released count as affected. */
  readonly first?: boolean;
  /** A saved graph (`nx graph --file=…`), read instead of asking Nx. */
  readonly graph?: string;
}

export interface ProjectsOptions extends LibraryOptions {
  /** Branch, tag or commit; compared is where HEAD left it. */
  readonly base: string;
  /** Default HEAD and the work tree. */
  readonly head?: string;
  readonly graph?: string;
}

/** What every answer has. `schema` names its JSON Schema: `lanewise schema NAME` prints it. */
export interface LanewiseAnswer {
  readonly schema: string;
  readonly exitCode: number;
  /** What the command said on standard error. */
  readonly said: string;
}

/** A command that could not answer. */
export interface LanewiseFailure extends Error {
  /** Stable, for programs: `CONFIG_MISSING`, `PRODUCT_UNKNOWN`, … */
  readonly code: string;
  readonly hint: string | null;
  readonly place: {
    readonly file: string;
    readonly line?: number;
    readonly column?: number;
  } | null;
  readonly exitCode: number;
}

/** One product to build. */
export interface BuildJob {
  readonly product: string;
  readonly project: string;
  /** A forecast, unless it was reserved. */
  readonly version: string;
  /** The main image; '' where the product has none. */
  readonly image: string;
  readonly commit: string;
  /** By what name the image is told to `release --image`. */
  readonly tell: string;
}

export interface AffectedAnswer extends LanewiseAnswer {
  readonly any: boolean;
  readonly products: readonly string[];
  readonly matrix: { readonly include: readonly BuildJob[] };
  /** The whole plan, by the schema. */
  readonly plan: { readonly entries: readonly PlanEntry[]; readonly [key: string]: unknown };
  readonly shared?: readonly (Cause & { readonly products: readonly string[] })[];
  readonly explained?: readonly {
    readonly product: string;
    readonly base: Base | null;
    readonly causes: readonly Cause[];
    readonly changes: readonly Change[];
  }[];
}

/** What the plan says of one product; more stands in the schema. */
export interface PlanEntry {
  readonly kind: 'release' | 'unaffected' | 'new' | 'late' | 'not-told' | 'stopped';
  readonly product: string;
  readonly [key: string]: unknown;
}

export interface AffectedProjectsAnswer extends LanewiseAnswer {
  /** Where the two histories part. */
  readonly from: string | null;
  readonly to: string;
  readonly changedFiles: number | null;
  readonly any: boolean;
  readonly projects: readonly {
    readonly project: string;
    /** The shortest way to the project that was touched; only itself where it was. */
    readonly path: readonly string[];
    readonly causes: readonly { readonly kind: string; readonly [key: string]: unknown }[];
  }[];
}

export interface WhyAnswer extends LanewiseAnswer {
  readonly product: string;
  readonly affected: boolean;
  readonly verdict: PlanEntry['kind'];
  /** What was compared with what. */
  readonly compared: {
    readonly base: Base | null;
    readonly head: string;
    readonly projects: readonly string[];
    readonly files: number;
    readonly packages: number | null;
    readonly touching: number;
  };
  readonly causes: readonly Cause[];
  /** The commits that the causes name, newest first. */
  readonly changes: readonly Change[];
}

/** A release that a product is compared with; `at` in seconds since 1970. */
export interface Base {
  readonly tag: string;
  readonly version: string;
  readonly commit: string;
  readonly at: number;
}

/** What changed, and on which way it reaches the product. */
export interface Cause {
  readonly reason: { readonly kind: string; readonly [key: string]: unknown };
  /** From the product's project to what changed: projects, then packages. */
  readonly path: readonly string[];
  readonly fileCount: number;
  readonly files: readonly {
    readonly path: string;
    readonly change: 'changed' | 'deleted';
    /** Newest first. */
    readonly commits: readonly string[];
  }[];
  readonly commits: readonly string[];
}

/** A commit that changed something; `at` in seconds since 1970. */
export interface Change {
  readonly commit: string;
  readonly author: string;
  readonly at: number;
  readonly subject: string;
}
