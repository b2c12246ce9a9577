import type { Identity, Repository } from '@lanewise/git';
import type { CommitId, Config, NamedProduct, Release, Timestamp } from '@lanewise/model';

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
