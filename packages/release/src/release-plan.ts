import type {
  Bump,
  CommitId,
  ErrorCode,
  ExitCode,
  InputsDigest,
  Member,
  Need,
  ProductName,
  ProjectName,
  Timestamp,
  Version,
} from '@lanewise/model';
import type { Allowed } from './record.js';
import type { Reason } from './reason.js';

/** A release as a plan names it. */
export interface NamedRelease {
  readonly version: Version;
  readonly commit: CommitId;
}

/** How the image of a planned release comes into being. */
export type BuildKind =
  /** Built in this run, after its version is reserved. */
  | 'target'
  /** Built elsewhere and told. */
  | 'told'
  /** The configuration says that the image the template names exists. */
  | 'external'
  /** The product has no image. */
  | 'none';

/** One line of the notes: a commit that touched the product's inputs. */
export interface NoteLine {
  readonly commit: CommitId;
  readonly type: string | null;
  readonly scope: string | null;
  readonly subject: string;
  readonly breaking: boolean;
  /** Whether it came through something that the product is built from. */
  readonly dependency: boolean;
  /** What breaks, in the words of the commit's footer. */
  readonly warning?: string;
  /** Requests and issues that it names: `#12`, `!12`. */
  readonly references?: readonly string[];
}

/** A product to be released. */
export interface PlannedRelease {
  readonly kind: 'release';
  readonly product: ProductName;
  readonly project: ProjectName;
  /** Members of a group, each with its own build; absent: it is no group. */
  readonly members?: readonly Member[];
  readonly base: NamedRelease | null;
  readonly reasons: readonly Reason[];
  readonly bump: Bump | 'first' | 'commit' | 'calendar';
  readonly version: Version;
  /** Whether the version may still change: nothing reserves it before it is published. */
  readonly forecast: boolean;
  /** `needed`: to be made; `ours`: made before, at this very commit. */
  readonly reservation: 'none' | 'needed' | 'ours';
  readonly build: BuildKind;
  /** Image references by name. */
  readonly images: Readonly<Record<string, string>>;
  /** None in an outline. */
  readonly notes: readonly NoteLine[];
  /** null: only an outline was asked for. */
  readonly inputs: InputsDigest | null;
  readonly needs: Readonly<Record<string, Need>>;
  readonly builtFrom: readonly ProductName[];
  readonly allowed: Allowed;
}

/** What the plan says of one product. */
export type PlanEntry =
  | PlannedRelease
  | {
      readonly kind: 'unaffected';
      readonly product: ProductName;
      readonly base: NamedRelease;
      /** Whether the base is this very commit: an earlier run released it. */
      readonly here: boolean;
    }
  /** Never released, and not named with `--first`. */
  | { readonly kind: 'new'; readonly product: ProductName }
  /** A newer release contains this commit. */
  | { readonly kind: 'late'; readonly product: ProductName; readonly newer: NamedRelease }
  /** Affected, but its image was not told: its build failed. */
  | {
      readonly kind: 'not-told';
      readonly product: ProductName;
      readonly base: NamedRelease | null;
      readonly reasons: readonly Reason[];
      readonly missing: readonly string[];
    }
  /** Something is wrong that a person must look at; the others go on. */
  | {
      readonly kind: 'stopped';
      readonly product: ProductName;
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint: string | null;
      readonly reasons: readonly Reason[];
    };

/** Why nothing at all is released. */
export interface PlanStop {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
}

/** A cause that several affected products share, with how many. */
export interface SharedCause {
  readonly cause: string;
  readonly products: readonly ProductName[];
}

/**
 * What a release run will do, as a value that can be printed, saved and compared. It says why for
 * each product; nothing in it is read again when it is applied but the request.
 */
export interface ReleasePlan {
  readonly plan: 'lanewise/release';
  readonly version: 1;
  readonly head: { readonly commit: CommitId; readonly committedAt: Timestamp };
  readonly stop: PlanStop | null;
  readonly entries: readonly PlanEntry[];
  /** Causes that affect more than one product, the widest first. */
  readonly shared: readonly SharedCause[];
  /** Reservations at this commit that are void: their version was published meanwhile. */
  readonly void: readonly { readonly product: ProductName; readonly version: Version }[];
  readonly notices: readonly string[];
  /** What a command that only plans ends with. */
  readonly exitCode: ExitCode;
}

/** The products that a plan finds affected, whether or not they can be released. */
export function affectedEntries(
  plan: Pick<ReleasePlan, 'entries'>,
): readonly Extract<PlanEntry, { readonly reasons: readonly Reason[] }>[] {
  return plan.entries.filter(
    (entry) => entry.kind === 'release' || entry.kind === 'not-told' || isStoppedAffected(entry),
  ) as Extract<PlanEntry, { readonly reasons: readonly Reason[] }>[];
}

/** The products that a plan releases. */
export function plannedReleases(plan: ReleasePlan): readonly PlannedRelease[] {
  return plan.entries.filter((entry) => entry.kind === 'release');
}

function isStoppedAffected(entry: PlanEntry): boolean {
  return entry.kind === 'stopped' && entry.reasons.length > 0;
}
