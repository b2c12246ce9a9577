import type { Holding } from './edit/holding.js';
import type { PathStep } from './paths/parse-path.js';
import type { Source } from './source.js';
import type { MapEntry, OutlineNode, ScalarNode } from './yaml/outline.js';

/** One place that a selector names in a source. */
export type Spot = ScalarSpot | AbsentSpot | InnerSpot | RangeSpot;

/** `template`: a line of a file that is no YAML before something has filled it. */
export type Language = 'yaml' | 'json' | 'template';

/** A scalar, and how its text holds the value. */
export interface ScalarSpot {
  readonly kind: 'scalar';
  readonly language: Language;
  readonly node: ScalarNode;
  readonly inFlow: boolean;
  readonly holding: Holding;
}

/** A key that is not there and may be made. */
export interface AbsentSpot {
  readonly kind: 'absent';
  readonly language: Exclude<Language, 'template'>;
  readonly parent: OutlineNode | null;
  readonly parentEntry: MapEntry | null;
  readonly inFlow: boolean;
  readonly missing: readonly PathStep[];
}

/** A place in a YAML text that is itself the content of a `|` block. */
export interface InnerSpot {
  readonly kind: 'inner';
  readonly node: ScalarNode;
  readonly inner: Source;
  readonly spot: ScalarSpot;
}

/** Plain text between two offsets, for files that no parser reads. */
export interface RangeSpot {
  readonly kind: 'range';
  readonly start: number;
  readonly end: number;
  readonly holding: Holding;
  /** The signs that a value may not hold there. */
  readonly refuses: RegExp;
}
