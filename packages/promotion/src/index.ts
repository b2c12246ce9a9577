export {
  cellKey,
  type Cell,
  type CellHistory,
  type CellKey,
  type CellState,
  type CommitNote,
  type PinState,
  type PinValue,
  type Rewritten,
  type Stay,
  type Told,
} from './cell.js';
export type { EnvironmentTag } from './environment-tag.js';
export type { Gate, GateAnswer, GateName, GateQuestion, GateResult } from './gates/gate.js';
export type { LockChange, LockEntry, LockFile, LockPlace } from './lock.js';
export {
  planExitCode,
  type Decision,
  type Force,
  type Intent,
  type LockIntent,
  type LockWord,
  type NamedPromotion,
  type Origin,
  type PlannedRecord,
  type PromoteIntent,
  type PromotionPlan,
  type PromotionRequest,
  type Reason,
  type ReasonCode,
  type TakenBackCommit,
} from './plan.js';
export type {
  FailedPromotion,
  Landed,
  PromotionResult,
  PromotionSources,
  Surroundings,
} from './promote.js';
export type { PromotionState } from './state.js';
