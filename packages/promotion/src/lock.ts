import type { EnvironmentName, Place, ProductName, RepoPath, Timestamp } from '@lanewise/model';

/**
 * One entry of a lock file. Without `not` and `only` it closes the product there; `not` closes it
 * for these releases, `only` for all but these.
 */
export interface LockEntry {
  readonly reason: string;
  readonly by: string | null;
  readonly until: Timestamp | null;
  readonly not: readonly string[] | null;
  readonly only: readonly string[] | null;
  /** What a rollback left: such an entry binds automation and requests, and goes with the next promotion by name. */
  readonly rolledBackFrom: string | null;
  /** Whether rollbacks are bound too. */
  readonly bindsRollbacks: boolean;
}

/** Where a lock file stands: all environments or products are `_all`. */
export interface LockPlace {
  readonly environment: EnvironmentName | null;
  readonly product: ProductName | null;
}

/** A lock file as it was read. One that cannot be read closes everything it stands for. */
export interface LockFile extends LockPlace {
  readonly file: RepoPath;
  /** Its text, for changes that leave the rest as it is. */
  readonly text: string;
  readonly content:
    | { readonly kind: 'entries'; readonly entries: readonly LockEntry[] }
    | { readonly kind: 'malformed'; readonly message: string; readonly place: Place };
}

/** A change of a lock file, written down so that it can be made on another text of the same file. */
export type LockChange =
  | { readonly kind: 'append'; readonly where: LockPlace; readonly entry: LockEntry }
  | { readonly kind: 'remove'; readonly where: LockPlace; readonly entry: LockEntry }
  /** Says that a step back by hand is settled: leaves a list without entries. */
  | { readonly kind: 'settle'; readonly where: LockPlace; readonly note: string };
