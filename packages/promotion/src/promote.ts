import type { Identity, Repository } from '@lanewise/git';
import type {
  CommitId,
  Config,
  EnvironmentName,
  ExitCode,
  LanewiseError,
  NamedProduct,
  ProductName,
  Release,
  Timestamp,
  Version,
} from '@lanewise/model';
import type { Origin, PromotionPlan } from './plan.js';

/** Where a promotion reads and writes. Where the GitOps repository is the workspace, both are the same object. */
export interface PromotionSources {
  /** The configuration of the config branch. */
  readonly config: Config;
  /** The config branch's name: releases are made there where `release.branches` says nothing. */
  readonly configBranch: string;
  /** Every product of the workspace. */
  readonly products: readonly NamedProduct[];
  readonly workspace: Repository;
  readonly gitops: Repository;
  /** Tells whether a commit's inputs of a product equal the release's (`--source`). Absent: only the release's own commit does. */
  readonly compareInputs?: (release: Release, commit: CommitId) => Promise<boolean>;
}

/** What comes from the world. */
export interface Surroundings {
  /** Seconds. */
  readonly now: () => Timestamp;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly identity: Identity;
}

/** A promotion that reached the GitOps branch. */
export interface Landed {
  readonly product: ProductName;
  readonly environment: EnvironmentName;
  readonly from: Version | null;
  readonly to: Version;
  readonly origin: Origin;
  readonly commit: CommitId;
}

/** A product that could not be promoted although its gates are open. */
export interface FailedPromotion {
  readonly product: ProductName | null;
  readonly environment: EnvironmentName | null;
  readonly error: LanewiseError;
}

export interface PromotionResult {
  /** The plan as it was at last: what landed is told by `landed`. */
  readonly plan: PromotionPlan;
  readonly landed: readonly Landed[];
  /** Commits that changed only locks. */
  readonly lockCommits: readonly CommitId[];
  /** Record tags that were written. */
  readonly records: readonly string[];
  readonly failed: readonly FailedPromotion[];
  /** How often the branch had moved. */
  readonly lostRaces: number;
  readonly notices: readonly string[];
  readonly exitCode: ExitCode;
}
