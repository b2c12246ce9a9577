import type { PastAnswer } from '@lanewise/release';
import type { CommitId, EnvironmentName, ProductName, Timestamp } from '@lanewise/model';

/** The source commit that a pinned value names, where it can be told. */
export type Source =
  | {
      readonly kind: 'told';
      readonly commit: CommitId;
      readonly committedAt: Timestamp;
      /** By what it was found: a tag, an id in the value, or what the caller said. */
      readonly by: string;
    }
  | { readonly kind: 'untold'; readonly why: string };

/** What a commit changed besides the product's own values. */
export interface Beyond {
  /** Other bytes of the files that hold the values. */
  readonly bytes: boolean;
  /** Other files in which no pinned value moved. */
  readonly files: number;
  /** Other products whose values moved. */
  readonly products: number;
}

/** One commit that gave one product another value in one environment, as the manifests alone tell it. */
export interface Landing {
  /** Place of the commit on the branch's line, from 0 for the oldest. */
  readonly place: number;
  readonly commit: CommitId;
  readonly at: Timestamp;
  readonly author: string;
  readonly subject: string;
  readonly product: ProductName;
  readonly environment: EnvironmentName;
  /** The values before, sorted; empty: nothing ran there. */
  readonly from: readonly string[];
  /** The values that came, sorted. */
  readonly to: readonly string[];
  readonly beyond: Beyond;
}

/**
 * How the source commit of a deployment stands to that of the deployment before it in the same
 * environment; `first`: there is none before.
 */
export type Direction = 'first' | 'forward' | 'same' | 'back' | 'sideways' | 'untold';

/** A landing with what is known of its source. */
export interface Deployment extends Landing {
  readonly source: Source;
  readonly direction: Direction;
  /** Whether the inputs differ from those of the deployment before; null: there is none before. */
  readonly inputs: PastAnswer | null;
  /** Seconds from the source commit to the landing; null: it does not count, or cannot be told. */
  readonly leadTime: number | null;
}

/** The first landing of one source (or, where that is untold, one value) of a product, in any environment. */
export interface Build {
  readonly product: ProductName;
  readonly at: Timestamp;
  readonly place: number;
  readonly source: Source;
  /** Whether its inputs differ from those of the build before; null: it is the first. */
  readonly inputs: PastAnswer | null;
}
