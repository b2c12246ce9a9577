import type {
  CommitId,
  EnvironmentName,
  Images,
  ObjectId,
  Pin,
  Place,
  Placement,
  ProductName,
  Release,
  RepoPath,
  Timestamp,
} from '@lanewise/model';

/** What stands at a pin, as plain data: what `readPins` of the manifests room gives, kept by blob id. */
export type PinValue =
  | {
      readonly kind: 'value';
      /** The part of the scalar that the pin's value stands for. */
      readonly text: string;
      /** The whole scalar: differs from `text` where that is a part of it (`repo:tag`). */
      readonly whole: string;
      readonly line: number;
      readonly column: number;
    }
  | {
      readonly kind: 'missing' | 'refused';
      readonly message: string;
      readonly hint?: string | null;
      readonly place: Place | null;
    };

/** A pin with what stands there, and the file that holds it. */
export interface PinState {
  readonly pin: Pin;
  readonly value: PinValue;
  /** Blob of the file; null where the file is not there. */
  readonly blob: ObjectId | null;
}

/** An image told by a promotion instead of named by the release's record. */
export interface Told {
  readonly images: Images;
  /** The commit that it was built from, where that is not the release's own. */
  readonly builtFrom: CommitId | null;
}

/** What runs in one environment of one product, by its pins. */
export type CellState =
  /** Every pin holds what this release writes there; `told`: with images that a promotion told. */
  | { readonly kind: 'release'; readonly release: Release; readonly told: Told | null }
  /** The pins agree, and no release writes that. `text` is what the first pin holds. */
  | { readonly kind: 'image'; readonly text: string }
  /** The pins disagree: see each. */
  | { readonly kind: 'mixed' }
  /** Every pin is there and holds nothing. */
  | { readonly kind: 'empty' }
  /** Files or keys that must be there are not. */
  | { readonly kind: 'missing'; readonly files: readonly RepoPath[] }
  /** A pin is there and cannot be read safely. */
  | {
      readonly kind: 'unreadable';
      readonly message: string;
      readonly hint?: string | null;
      readonly place: Place | null;
    }
  /** The product is not in that environment. */
  | { readonly kind: 'outside' };

/** What of a commit's message and author is kept: it tells who and why, and decides nothing. */
export interface CommitNote {
  readonly commit: CommitId;
  /** The latest of the commit's date and its parents': a clock that goes wrong cannot date back. */
  readonly at: Timestamp;
  readonly author: string;
  readonly subject: string;
  /** Trailers of ours, by name without `Lanewise-`. */
  readonly trailers: Readonly<Record<string, readonly string[]>>;
}

/** An uninterrupted run of one state in one cell. */
export interface Stay {
  readonly state: CellState;
  /** What the pins held, in the order of the cell's pins; null where a pin held nothing readable. */
  readonly values: readonly (string | null)[];
  /** The commit by which it began. */
  readonly landed: CommitNote;
  /** When the next one began; null: it lasts. */
  readonly until: Timestamp | null;
}

/** Something wrong with a history: its commits were replaced by others. */
export interface Rewritten {
  /** A commit that was in the branch's history and is no more. */
  readonly lost: CommitId;
  readonly why: string;
}

export interface CellHistory {
  /** Oldest first. The last one is what runs now. */
  readonly stays: readonly Stay[];
  /** Whether the cell's lock file speaks for the last landing: written by its commit, or unlocked since. */
  readonly lockTouched: boolean;
  /** Every text that the pins ever held. */
  readonly texts: ReadonlySet<string>;
  /** Commits that touched the pins' files, newest first. */
  readonly touches: readonly CommitNote[];
}

/** One product in one environment. */
export interface Cell {
  readonly product: ProductName;
  readonly environment: EnvironmentName;
  readonly placement: Placement;
  /** Every pin of the cell with its value, in the order of the configuration. */
  readonly pins: readonly PinState[];
  readonly state: CellState;
  /** null: not read, as nothing asked needs it. */
  readonly history: CellHistory | null;
}

/** `docs` in `prod` as a key. */
export type CellKey = `${string}/${string}`;

export function cellKey(environment: EnvironmentName, product: ProductName): CellKey {
  return `${environment}/${product}`;
}
