export { makeInputTest } from './inputs/input-test.js';
export { chooseBase, type BaseChoice, type BaseQuestion } from './base.js';
export {
  cancelReverts,
  parseCommit,
  readChanges,
  readCommits,
  type ConventionalCommit,
  type ReadCommit,
  type TouchingCommit,
} from './commits.js';
export type { Bump } from '@lanewise/model';
export { imageNaming, renderImages, type ImageNaming, type ImageWords } from './images.js';
export { changedFiles, isOwnReason, type ChangedFiles, type Reason } from './reason.js';
export {
  decodeRecord,
  encodeRecord,
  recordVersion,
  type Allowed,
  type ReleaseRecord,
  type TagHeader,
  type TagText,
} from './record.js';
export {
  compareReleases,
  makeReleaseBook,
  type ReleaseBook,
  type TagProblem,
} from './release-book.js';
export {
  isOnReleaseBranch,
  readReleaseBranches,
  releaseRefs,
  type ReleaseBranch,
} from './release-branches.js';
export {
  affectedEntries,
  plannedReleases,
  type BuildKind,
  type NamedRelease,
  type NoteLine,
  type PlanEntry,
  type PlannedRelease,
  type PlanStop,
  type ReleasePlan,
  type SharedCause,
} from './release-plan.js';
export { readReleases, toRelease, type KnownProducts } from './releases.js';
export type {
  Comparison,
  FinalBase,
  NeedFacts,
  ProductState,
  ReleaseRequest,
  ReleaseSources,
  ReleaseState,
  ReadTaken,
  Reservation,
  TakenByProduct,
  TakenVersions,
} from './state.js';
export {
  isCommitVersion,
  isPrerelease,
  isVersion,
  parseReleaseTag,
  parseReservedRef,
  parseVersion,
  releaseTagName,
  releaseTagRef,
  lineOf,
  reservedRef,
  tagNaming,
  type NamedVersion,
  type TagNaming,
} from './tag-name.js';
export { parseToldImages, type ToldImages } from './told-images.js';
export { groupNotes, makeNotes, renderNotes, type NoteSection } from './notes.js';
export { calendarVersion, type CalendarQuestion } from './calendar.js';
export { compareVersions } from './compare-versions.js';
export { keepNotes, readKeptNotes, type KeptNotes } from './kept-notes.js';
export { describeRelease } from './tag-text.js';
export { readVersionPlans, type PlanQuestion } from './read-version-plans.js';
export {
  bumpFor,
  planNote,
  parseVersionPlan,
  versionPlansFolder,
  type CountedPlan,
  type VersionPlan,
} from './version-plans.js';
export { exitCodeOfEntry, planRelease } from './plan.js';
export {
  bumpOf,
  firstVersion,
  largestBump,
  nextVersion,
  targetOf,
  type BumpRules,
  type NumberRules,
  type VersionQuestion,
} from './version.js';
export { observeRelease, readReservations } from './observe.js';
export { inputsAlgorithm } from './inputs/digest-inputs.js';
export type { InputsSources } from './inputs/facts.js';
export { compareInputs, type InputsAnswer, type InputsQuestion } from './inputs/compare-inputs.js';
export type { Evidence, EvidenceFile, FoundCommits } from './why/evidence.js';
export { readExtendedTsconfigs } from './inputs/special-paths.js';
export {
  makePastInputs,
  type PastAnswer,
  type PastInputs,
  type PastInputsSources,
  type PastStep,
} from './inputs/past-inputs.js';
export {
  applyRelease,
  exitCodeOfResult,
  releasedHere,
  type ReleaseEffects,
  type ReleaseOutcome,
  type ReleaseProgress,
  type ReleaseResult,
} from './apply.js';
export { buildOrder, type Build, type BuildOrder, type BuildOutcome } from './build.js';
export {
  buildJobs,
  githubMatrix,
  githubOutput,
  type GithubMatrix,
  type MatrixEntry,
} from './matrix.js';
export { meansTheSame } from './same-plan.js';
export {
  applyAdoption,
  planAdoption,
  type AdoptionEntry,
  type AdoptionPlan,
  type AdoptionResult,
  type PinnedValue,
} from './adopt.js';
export {
  makeRevisions,
  nameCommit,
  parseAdoptionMap,
  readRevisions,
  type NamedCommit,
  type Naming,
  type Revisions,
} from './adopt-commit.js';
export {
  readAffectedProjects,
  type ProjectsAnswer,
  type ProjectsSources,
  type WorkTreeChanges,
} from './read-affected-projects.js';
export {
  causeKey,
  explainProduct,
  sharedExplanations,
  type Cause,
  type ExplainedBase,
  type ExplainedCommit,
  type ExplainedFile,
  type Explanation,
  type SharedExplanation,
} from './explain.js';
export { measureInputs, type InputsMeasure } from './inputs/measure-inputs.js';
export type { CommitOrigin } from './touching.js';
export { readChangelog, type ChangelogEntry, type ChangelogRequest } from './changelog.js';
export {
  changelogWords,
  escapeMarkdown,
  type ChangelogWords,
  type NoteWords,
  type ReleaseWords,
} from './changelog-words.js';
export { forgeLinks, type ForgeLinks } from './forge-links.js';
export { changelogTemplate, renderChangelog, type ChangelogTemplate } from './render-changelog.js';
