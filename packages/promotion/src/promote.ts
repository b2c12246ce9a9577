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
import type { Origin, PromotionPlan, PromotionRequest } from './plan.js';
import { beginRun, carryOut, resultOf } from './run.js';

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

export interface PromoteOptions {
  /** Only plan: nothing is written. */
  readonly dryRun?: boolean;
  /** How often to try when others push at the same time; default 40. */
  readonly attempts?: number;
  /** A saved plan: go on only if what comes out now means the same. */
  readonly expected?: PromotionPlan;
}

/**
 * Does what a request asks for: reads, plans, writes one commit for each product and environment,
 * and publishes all in one push. When the branch has moved meanwhile, everything is read and
 * planned again. What a remote refuses is tried product by product, so that one does not hold up
 * the others.
 *
 * Throws what is wrong with the request as a whole, PLAN_STALE, and REMOTE_MOVED when the race was
 * lost too often. What is held, waits or failed for single products is in the result.
 */
export async function promote(
  sources: PromotionSources,
  request: PromotionRequest,
  surroundings: Surroundings,
  options: PromoteOptions = {},
): Promise<PromotionResult> {
  const run = beginRun(sources, request, surroundings, options);
  // A saved plan is carried out as it was reviewed: what it opens is for the next run.
  const rounds = options.expected === undefined ? sources.config.environments.size : 1;
  for (let round = 1; ; round++) {
    const before = run.landed.length;
    await carryOut(run, null);
    const more = request.kind === 'ready' && run.landed.length > before && round < rounds;
    if (!more || options.dryRun === true || !opensMore(sources.config, run.landed.slice(before)))
      break;
  }
  return resultOf(run);
}

/**
 * Carries out a saved plan: the same request is planned again with every gate asked now, and goes
 * on only if that comes to the same. Throws PLAN_STALE with what differs.
 */
export async function applyPlan(
  sources: PromotionSources,
  plan: PromotionPlan,
  surroundings: Surroundings,
): Promise<PromotionResult> {
  return promote(sources, plan.request, surroundings, { expected: plan });
}

/** Whether what landed may open an environment behind it at once, where no soak is asked; others may lie between. */
function opensMore(config: Config, landed: readonly Landed[]): boolean {
  const reached = new Set(landed.map(({ environment }) => environment));
  const all = [...config.environments.values()];
  for (let size = 0; size < reached.size;) {
    size = reached.size;
    for (const { name, after } of all)
      if (after.environments.some((one) => reached.has(one))) reached.add(name);
  }
  return all.some(
    ({ on, gates, after }) =>
      on !== 'command' && gates.soak === 0 && after.environments.some((one) => reached.has(one)),
  );
}
