import type { Place } from '@lanewise/model';

/** Something that `verify` found. A `problem` ends the command with exit code 4, a `note` does not. */
export interface Finding {
  readonly severity: 'problem' | 'note';
  readonly code:
    | 'pin-missing'
    | 'pin-unreadable'
    | 'pins-mixed'
    | 'pin-mutable'
    | 'pin-without-words'
    | 'pin-shared'
    | 'pin-ambiguous'
    | 'pin-generated'
    | 'pin-ignored'
    | 'pin-written-too'
    | 'image-differs'
    | 'values-unused'
    | 'environment-without-pin'
    | 'no-pins'
    | 'no-environment'
    | 'no-products'
    | 'chart-lock'
    | 'no-graph'
    | 'root-missing'
    | 'root-shared'
    | 'root-unused'
    | 'root-without-manifest'
    | 'unseen-input'
    | 'copied-no-input'
    | 'copied-unknown'
    | 'tag-unusable'
    | 'tag-blocks'
    | 'history-rewritten'
    | 'cycle'
    | 'graph-differs'
    | 'graph-kept'
    | 'who-may';
  /** One sentence. */
  readonly message: string;
  readonly hint: string | null;
  readonly place: Place | null;
}
