import type { CommitId, EnvironmentName, ObjectId, ProductName, RefName } from '@lanewise/model';

/** A tag such as `prod/docs@1.4.2`: three words, and the commit that it stands on. */
export interface EnvironmentTag {
  readonly name: string;
  readonly ref: RefName;
  readonly object: ObjectId;
  /** The environment or group that it names. */
  readonly target: string;
  readonly environments: readonly EnvironmentName[];
  readonly product: ProductName;
  /** What stands behind the `@`. */
  readonly version: string;
  /** The commit it peels to; null where it peels to none. */
  readonly commit: CommitId | null;
}
