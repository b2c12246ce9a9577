export { makeAncestry, type Ancestry } from './ancestry.js';
export { findFilterAttributes } from './attributes.js';
export { defaultCacheDirectory } from './cache-directory.js';
export { openCheckout, type Checkout, type CheckoutOptions } from './checkout.js';
export type { Environment } from './environment.js';
export { findFilteredPaths } from './find-filtered.js';
export type { CommitRange } from './find-range.js';
export type { ConfigEntry, GitConfig } from './git-config.js';
export { resolveIdentity } from './identity.js';
export { findBlocked, judgePush, type Judgement } from './judge.js';
export { listWorkTree } from './list-work-tree.js';
export type { WorkTreeMatch } from './match-work-tree.js';
export { openRepository, type RepositoryOptions } from './open-repository.js';
export { parseCommit, parseTag } from './parse-objects.js';
export { reuseFetches } from './reuse-fetches.js';
export { matchesPattern, parseRefPattern, type RefPattern } from './ref-pattern.js';
export type {
  ChangedCommit,
  Commit,
  CommitDraft,
  FetchRequest,
  FileChange,
  FileMode,
  HistoryRequest,
  Identity,
  Notice,
  ObjectDraft,
  PublishOutcome,
  RefSnapshot,
  RefUpdate,
  Repository,
  TagDraft,
  TagObject,
  TreeEntry,
  TreePair,
  TreePath,
} from './repository.js';
export type { GitCommand } from './runner.js';
export { beginStatus, type PlaceOptions, type WorkTreeStatus } from './work-tree-status.js';
