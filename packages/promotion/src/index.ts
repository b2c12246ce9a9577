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
export { observePromotion, workspaceRefs } from './observe.js';
export { planPromotion } from './plan-promotion.js';
export type { PromotionSources, Surroundings } from './promotion-sources.js';
export type {
  FailedPromotion,
  Landed,
  PromoteOptions,
  PromotionResult,
} from './promotion-result.js';
export { applyPlan, promote } from './promote.js';
export { scopeOf, wholeScope, type ObserveScope } from './scope.js';
export { askGates, gates, isOpen, parseGateName } from './gates/table.js';
export { judgeRequests, type JudgedRequest } from './judge-requests.js';
export type { PromotionState } from './state.js';
export { planFromJson, planToJson } from './plan-json.js';
export { planRequest } from './plan-request.js';
export {
  diffEnvironments,
  readCommitsBetween,
  readTakenBack,
  type EnvironmentDifference,
  type SourceCommit,
} from './views/diff.js';
export { otherChangesSince, readHistory, type HistoryEntry } from './views/history.js';
export { readStatus, type Status, type StatusCell } from './views/status.js';
export { presentValues, takenVersions, type PresentValue } from './views/values.js';
export { openTakenVersions } from './observe-taken.js';
export { explainAbsence, type WhyNot } from './views/why.js';
export { observePast, type ObservedPast, type PastSources } from './backtest/observe-past.js';
export type { Build, Deployment, Direction, Source } from './backtest/deployment.js';
export {
  countFigures,
  type BuildFigures,
  type DayFigures,
  type DeploymentFigures,
  type Figures,
  type FiguresScope,
  type LeadTimes,
  type PastFacts,
  type ProductFigures,
} from './backtest/figures.js';
export { readFileVersion, type FileVersion, type ReadVersion } from './backtest/file-version.js';
export type { PastPin, PinnedFile } from './backtest/past-pin.js';
