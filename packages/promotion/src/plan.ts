import type {
  CommitId,
  EnvironmentName,
  ExitCode,
  Images,
  ProductName,
  Timestamp,
  Version,
} from '@lanewise/model';
import { worstExitCode } from '@lanewise/model';
import type { GateName, GateResult } from './gates/gate.js';
import type { LockChange } from './lock.js';

/** Who wants a promotion: it decides which gates are asked. */
export type Origin = 'name' | 'automation' | 'request' | 'rollback' | 'again';

/** A gate that a person passes, and why: both are recorded. */
export interface Force {
  readonly gate: GateName;
  readonly reason: string;
}

/** A product as it is named on a command line. */
export interface NamedPromotion {
  readonly product: ProductName;
  /** A version, or 7 or more first digits of a commit; null: the candidate. */
  readonly version: string | null;
  /** Images told for it (`--image`); null: those of the release. */
  readonly images: Images | null;
  /** The commit that they were built from (`--source`); null: the release's own. */
  readonly builtFrom: CommitId | null;
}

export type LockWord = 'lock' | 'hold' | 'reject' | 'freeze';

/** What is asked for. */
export type PromotionRequest =
  | {
      readonly kind: 'name';
      readonly promotions: readonly NamedPromotion[];
      /** An environment or a group. */
      readonly to: string;
      readonly force: readonly Force[];
      readonly reason: string | null;
      /** Repeat what runs: the only empty commit. */
      readonly again: boolean;
    }
  | {
      readonly kind: 'ready';
      /** Only these; null: all products. */
      readonly products: readonly ProductName[] | null;
      /**
       * null: every environment that lands by itself, and open requests. Else only environments with
       * `on: release` for all products, and those with `on: ready` for the products named here.
       */
      readonly released: readonly ProductName[] | null;
    }
  /** Environment tags by name: `prod/docs@1.4.2`. */
  | { readonly kind: 'tag'; readonly tags: readonly string[] }
  | {
      readonly kind: 'rollback';
      readonly product: ProductName;
      readonly environment: string;
      /** null: the last good one before. */
      readonly to: string | null;
      /**
       * By environment, what is taken back. A plan always says it: asked again after a crash, or
       * after somebody else took the same release back, it is found done and nothing goes further
       * back. Absent: what runs when it is asked.
       */
      readonly leave?: Readonly<Record<string, string>>;
      readonly force: readonly Force[];
      readonly reason: string | null;
      /** Who asks, for the lock's entry. */
      readonly by: string;
    }
  | {
      readonly kind: 'lock';
      readonly word: LockWord;
      /** null: all products. */
      readonly product: ProductName | null;
      /** An environment or a group; null: all environments. */
      readonly environment: string | null;
      /** `reject`: the release refused. `hold`: the release held at; null: what runs. */
      readonly version: string | null;
      readonly reason: string;
      readonly by: string;
      readonly until: Timestamp | null;
      readonly bindsRollbacks: boolean;
    }
  | {
      readonly kind: 'unlock';
      readonly product: ProductName | null;
      readonly environment: string | null;
      /** Only entries that reject this release; null: every entry. */
      readonly version: string | null;
      readonly reason: string | null;
      readonly by: string;
    };

/** A commit of the workspace that would no longer run. */
export interface TakenBackCommit {
  readonly commit: CommitId;
  readonly subject: string;
  readonly author: string;
  /** A commit that stays and changes the same in the same way. */
  readonly equalTo: CommitId | null;
}

/** "Product P to release R in environment E, from what is there." */
export interface PromoteIntent {
  readonly kind: 'promote';
  readonly product: ProductName;
  readonly environment: EnvironmentName;
  readonly origin: Origin;
  readonly to: Version;
  readonly source: CommitId;
  /** What ran before; null: nothing, or no known release. */
  readonly from: Version | null;
  /** Texts of the pins that this was decided on, in the order of the pins. */
  readonly fromValues: readonly (string | null)[];
  /** What is written, in the order of the pins. */
  readonly values: readonly (string | number | boolean)[];
  /** Images told for it; null: those of the release. */
  readonly images: Images | null;
  readonly builtFrom: CommitId | null;
  readonly forced: readonly Force[];
  readonly reason: string | null;
  readonly locks: readonly LockChange[];
  /** The environment tag that asked for it. */
  readonly request: string | null;
}

/** A change of lock files alone. */
export interface LockIntent {
  readonly kind: 'lock';
  readonly word: LockWord | 'unlock';
  readonly product: ProductName | null;
  readonly environment: EnvironmentName | null;
  readonly locks: readonly LockChange[];
  readonly reason: string | null;
}

export type Intent = PromoteIntent | LockIntent;

/** Why something is as it is: `code` for programs, `text` for people (one sentence, no full stop). */
export interface Reason {
  readonly code: ReasonCode;
  readonly text: string;
  /** A command to type, or what to do. */
  readonly hint: string | null;
}

export type ReasonCode =
  | 'lands'
  | 'repeats'
  | 'runs-already'
  | 'ran-before'
  | 'no-candidate'
  | 'no-release'
  | 'unrelated'
  | 'gates'
  | 'outside'
  | 'image'
  | 'mixed'
  | 'unreadable'
  | 'missing'
  | 'empty'
  | 'rewritten'
  | 'protected'
  | 'stray'
  | 'own-image'
  | 'source-differs'
  | 'replaced'
  | 'nothing-before'
  | 'not-earlier'
  | 'not-running'
  | 'locked'
  | 'unlocked'
  | 'no-lock'
  | 'request-done'
  | 'request-overtaken'
  | 'request-stale'
  | 'request-unrelated'
  | 'request-invalid'
  | 'template'
  | 'record-blocked';

/**
 * What was decided for a product in an environment. `done`: nothing to do. `waiting`: not now, and
 * nobody needs to act. `held`: asked for by name and held by a gate. `refused`: cannot be done.
 */
export interface Decision {
  readonly product: ProductName | null;
  readonly environment: EnvironmentName | null;
  readonly verdict: 'promote' | 'lock' | 'done' | 'waiting' | 'held' | 'refused';
  /** The release that was judged; null where there is none to judge. */
  readonly version: Version | null;
  readonly reason: Reason;
  /** The answers of all gates, in their order. */
  readonly gates: readonly GateResult[];
  /** The environment tag that asks for it. */
  readonly request: string | null;
  /** Commits that would no longer run, where `contains` was passed by force or a rollback is planned. */
  readonly takesBack: { readonly from: CommitId; readonly to: CommitId } | null;
}

/** An annotated environment tag that says what a promotion did. It decides nothing. */
export interface PlannedRecord {
  readonly tag: string;
  readonly product: ProductName;
  readonly environment: EnvironmentName;
  readonly version: Version;
  readonly source: CommitId;
  /** The commit of the GitOps branch that landed it. */
  readonly landed: CommitId;
}

/** What a request comes to: reviewed by people, kept as JSON, carried out by `apply`. */
export interface PromotionPlan {
  readonly schema: 'lanewise.promotion-plan/1';
  readonly request: PromotionRequest;
  readonly intents: readonly Intent[];
  readonly decisions: readonly Decision[];
  /** Records that an earlier run did not come to write. */
  readonly records: readonly PlannedRecord[];
}

/** The exit code that a plan's decisions come to, as if every intent lands. */
export function planExitCode(plan: PromotionPlan): ExitCode {
  return worstExitCode(
    plan.decisions.map(({ verdict }) => (verdict === 'held' ? 3 : verdict === 'refused' ? 1 : 0)),
  );
}
