import type {
  CommitId,
  Config,
  InputsDigest,
  Member,
  Pin,
  ProductConfig,
  ProductName,
  ProjectName,
  Timestamp,
  Version,
  Versioning,
} from '@lanewise/model';
import type { Ancestry, Repository } from '@lanewise/git';
import type { ProductInputs, ProductNeed, WorkspaceGraph } from '@lanewise/graph';
import type { BaseChoice } from './base.js';
import type { TouchingCommit } from './commits.js';
import type { Reason } from './reason.js';
import type { ReleaseBook } from './release-book.js';
import type { ReleaseBranch } from './release-branches.js';
import type { Evidence } from './why/evidence.js';
import type { ToldImages } from './told-images.js';
import type { CountedPlan } from './version-plans.js';

/** What a front end knows before anything is read: everything from outside comes in here. */
export interface ReleaseSources {
  /** The workspace's repository, seen from its remote. */
  readonly repository: Repository;
  readonly head: CommitId;
  /** The configuration at HEAD: selection, inputs, images, versioning. */
  readonly config: Config;
  /** The configuration of the config branch: release branches and guards. */
  readonly trustedConfig: Config;
  readonly configBranch: string;
  readonly graph: WorkspaceGraph;
  /** Every product of the workspace: what it is built from at HEAD. */
  readonly inputs: readonly ProductInputs[];
  /** For each product the products it needs at run time, with the projects on the way to each. */
  readonly needs: ReadonlyMap<ProductName, readonly ProductNeed[]>;
  /**
   * Every pin that lies in the workspace's own repository: these files are no inputs. Empty where
   * another repository holds the pins.
   */
  readonly pins: readonly Pin[];
  /** Versions found in pins, now and in their history: their numbers are never given again. */
  readonly taken: TakenVersions;
  /** Changed, staged and untracked files of the work tree. */
  readonly dirty: readonly string[];
  /** What the front end noticed on the way (a shallow clone that was deepened). */
  readonly notices: readonly string[];
}

/**
 * Versions by product; or a look at the pins, by which those of the products that get a number are
 * read, which are mostly few. The look is taken before the releases are read: what stands in a pin
 * then was published before, so a number can be told from that of a release that is just landing.
 */
export type TakenVersions = TakenByProduct | (() => Promise<ReadTaken>);

export type ReadTaken = (products: readonly ProductName[]) => Promise<TakenByProduct>;

export type TakenByProduct = ReadonlyMap<ProductName, ReadonlySet<string>>;

/** What a person or pipeline asks for. */
export interface ReleaseRequest {
  /** The products named on the command line; null: all. */
  readonly products: readonly ProductName[] | null;
  /** `--first`: release named products that were never released. */
  readonly first: boolean;
  /** `--accept-base`: for each product the release to go on from after history was rewritten. */
  readonly acceptBase: ReadonlyMap<ProductName, Version>;
  /** `--max-affected`. */
  readonly maxAffected: number | null;
  /** `--image`, `--images`; null: not given. An empty set is told as well: nothing was built. */
  readonly told: ToldImages | null;
  /** Whether images are built in this run (`--target`). */
  readonly target: boolean;
  /** Only reserve versions for a build elsewhere (`affected --reserve`). */
  readonly reserveOnly: boolean;
  /** `--prerelease`: the line of prereleases to release; absent: as the branch says. */
  readonly prerelease?: string;
  /** Nothing will be written: what would forbid writing is a notice. */
  readonly dryRun: boolean;
  /**
   * Only which products are affected, why, and with which versions: the plan has no notes, and
   * digests of inputs only where nothing less tells whether a product is affected. For looking.
   */
  readonly outline?: boolean;
  /**
   * What an explanation needs besides: `causes` keeps who made each commit and what it touched,
   * `files` every changed file too, where reasons otherwise name the first few.
   */
  readonly detail?: 'causes' | 'files';
}

/** A version that is kept for a commit while it is built. */
export interface Reservation {
  readonly product: ProductName;
  readonly version: Version;
  readonly commit: CommitId;
}

/** What is known of a need: the plan adds what this run releases. */
export interface NeedFacts {
  readonly product: ProductName;
  readonly via: readonly ProjectName[];
  /** The newest release of the needed product. */
  readonly seen: Version | null;
  /** The oldest release of it with equal content on the way; null: none, or nothing on the way. */
  readonly equal: Version | null;
}

/** How a product's inputs compare with its base's. */
export type Comparison =
  { readonly kind: 'equal' } | { readonly kind: 'different'; readonly reasons: readonly Reason[] };

/** What a prerelease's number is counted from. */
export interface FinalBase {
  readonly version: Version;
  /** Commits since then that touched the inputs, newest first. */
  readonly commits: readonly TouchingCommit[];
}

/** Everything that a decision about one product needs. */
export interface ProductState {
  readonly product: ProductName;
  readonly project: ProjectName;
  /** Members of a group, each with its own build; absent: it is no group. */
  readonly members?: readonly Member[];
  readonly config: ProductConfig;
  /** The rules for its versions. */
  readonly versioning: Versioning;
  readonly base: BaseChoice;
  /** null: not compared, as there is no base. */
  readonly comparison: Comparison | null;
  /** Digest of the inputs at HEAD; null where nothing needs it. */
  readonly inputs: InputsDigest | null;
  /** Commits since the base that touched the inputs, newest first. */
  readonly commits: readonly TouchingCommit[];
  /** Where an explanation was asked for: the commits behind reasons that are told by what is in files. */
  readonly evidence?: Evidence;
  /** Of a line of prereleases: the last final release, and the commits since then. */
  readonly final: FinalBase | null;
  /** Version plans that were added since the last final release and name the product. */
  readonly plans: readonly CountedPlan[];
  readonly needs: readonly NeedFacts[];
  /** Products that this one is built from; not looked for where it is not affected. */
  readonly builtFrom: readonly ProductName[];
  /** Versions found in its pins; none are read where it gets no number. */
  readonly taken: ReadonlySet<string>;
}

/** The workspace as it was read: a plain value from which every plan is made. */
export interface ReleaseState {
  readonly head: { readonly commit: CommitId; readonly committedAt: Timestamp };
  readonly branches: readonly ReleaseBranch[];
  /** Names of the release branches that HEAD is on. */
  readonly onBranches: readonly string[];
  readonly products: readonly ProductState[];
  readonly book: ReleaseBook;
  readonly ancestry: Ancestry;
  readonly reservations: readonly Reservation[];
  /** The line of prereleases that this run releases; null: final releases. */
  readonly line: string | null;
  /** What scopes of commits may name: products and their projects, with and without npm scope. */
  readonly scopes: ReadonlyMap<string, ProductName>;
  readonly maxAffected: number | null;
  readonly dirty: readonly string[];
  readonly notices: readonly string[];
}
