export { byText, canonicalJson, sha256 } from './canonical.js';
export { exitCodeOf, worstExitCode, type ErrorCode, type ExitCode } from './error-codes.js';
export { isLanewiseError, LanewiseError, type ErrorDetails, type Place } from './errors.js';
export { redactCredentials } from './redact.js';
export { oneLine } from './one-line.js';
export {
  branchRef,
  isProductName,
  parseCommitId,
  parseEnvironmentName,
  parseObjectId,
  parseProductName,
  parseProjectName,
  parseRefName,
  parseRepoPath,
  show,
  tagRef,
  type CommitId,
  type EnvironmentName,
  type ObjectId,
  type ProductName,
  type ProjectName,
  type RefName,
  type RepoPath,
  type Timestamp,
  type Version,
} from './ids.js';
export { formatDuration, parseDuration } from './duration.js';
export {
  formatImageReference,
  isImageDigest,
  isImageTag,
  parseImageReference,
  type ImageReference,
} from './image.js';
export type { Images, InputsDigest, Need, RecordedProject, Release } from './release.js';
export type {
  Config,
  DeclaredProject,
  Displace,
  EnvironmentConfig,
  FormatName,
  Landing,
  PinConfig,
  ProductConfig,
} from './config.js';
export type { DocumentSelector, Pin, PinSelector } from './pin.js';
export { didYouMean, nearest } from './suggest.js';
export { bindTemplate, renderTemplate, templateWords, type Words } from './template.js';
export { isRecognising, releaseWords, renderPin, type WordContext } from './words.js';
export type { Changelog, ForgeKind } from './changelog.js';
export type { CalendarToken } from './calendar-format.js';
export type { ProductGroup } from './groups.js';
export { configOf, memberImage, type Member, type NamedProduct } from './members.js';
export {
  hasUsualTags,
  tagShape,
  tagTemplates,
  type TagRules,
  type TagShape,
} from './tag-template.js';
export type { NxProject, NxProjects } from './nx-projects.js';
export {
  defaultTypes,
  defaultVersioning,
  parsePrereleaseIdentifier,
  versioningOf,
  type Bump,
  type BumpSource,
  type CommitType,
  type PrereleaseLine,
  type Versioning,
  type VersionSteps,
} from './versioning.js';
export { parseConfig, productConfig } from './parse-config.js';
export { parseSource, type ConfigPath, type ConfigSource } from './config-source.js';
export { configSchema } from './config-schema.js';
export { expandPins, type KnownFiles, type Placement } from './expand-pins.js';
