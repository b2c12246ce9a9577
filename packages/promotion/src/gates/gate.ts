import type { Release, Timestamp } from '@lanewise/model';
import type { Cell } from '../cell.js';
import type { Origin } from '../plan.js';
import type { PromotionState } from '../state.js';

export type GateName = 'contains' | 'after' | 'soak' | 'lock' | 'dependencies';

/** What a gate says of one release in one cell. Texts are sentences without a full stop. */
export type GateAnswer =
  | { readonly kind: 'open'; readonly why: string }
  /** `until` null: the time is not known. */
  | { readonly kind: 'waiting'; readonly for: string; readonly until: Timestamp | null }
  | { readonly kind: 'closed'; readonly why: string };

/** A gate's answer as a plan keeps it. */
export interface GateResult {
  readonly gate: GateName;
  readonly answer: GateAnswer;
  /** Why it is passed although it is not open; null: it is not. */
  readonly forced: string | null;
}

export interface GateQuestion {
  readonly state: PromotionState;
  readonly cell: Cell;
  readonly release: Release;
  readonly origin: Origin;
  /** What else lands in the same plan, by cell: sets are judged by the state after the whole set. */
  readonly landing: ReadonlyMap<string, Release>;
}

/** A condition on promotions: pure, it answers from the state alone. */
export interface Gate {
  readonly name: GateName;
  /** Origins that are not asked. */
  readonly spares: readonly Origin[];
  readonly judge: (question: GateQuestion) => GateAnswer;
}
