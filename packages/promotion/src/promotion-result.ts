import type {
  CommitId,
  EnvironmentName,
  ExitCode,
  LanewiseError,
  ProductName,
  Version,
} from '@lanewise/model';
import type { Origin, PromotionPlan } from './plan.js';

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

export interface PromoteOptions {
  /** Only plan: nothing is written. */
  readonly dryRun?: boolean;
  /** How often to try when others push at the same time; default 40. */
  readonly attempts?: number;
  /** A saved plan: go on only if what comes out now means the same. */
  readonly expected?: PromotionPlan;
}
