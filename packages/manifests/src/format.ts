import type { FormatName, LanewiseError, Pin, PinSelector, RepoPath } from '@lanewise/model';

import type { FoundPin } from './find/found-pin.js';
import type { Source } from './source.js';
import type { Spot } from './spot.js';

/** A manifest as it stands in a tree. */
export interface Manifest {
  readonly file: RepoPath;
  readonly bytes: Uint8Array;
}

/** What was found at a pin: the decoded scalar (never its number or boolean reading), or why there is none. */
export type PinReading =
  | {
      readonly kind: 'value';
      /** Text of the scalar as written, quotes and escapes resolved; for a part of a string (`repo:tag`) that part. */
      readonly text: string;
      /** Text of the whole scalar (of an override `name=reference` the reference): `text`, unless that is a part of it. */
      readonly whole: string;
      /** From 1; columns in UTF-16 units. */
      readonly line: number;
      readonly column: number;
      readonly format: FormatName;
    }
  /** The key is not there (or the value is empty: `kind: 'value'` with text ''). */
  | { readonly kind: 'missing'; readonly error: LanewiseError }
  /** It is there and must not be touched: alias, merge key, duplicate key, template, ambiguity … */
  | { readonly kind: 'refused'; readonly error: LanewiseError };

/** One value to be written. A number or boolean keeps the old scalar's type (a switch). */
export interface PinEdit {
  readonly selector: PinSelector;
  readonly value: string | number | boolean;
}

/**
 * A way in which manifests hold pins. Everything is a function of bytes: nothing reads files or
 * remembers. A new format is a value of this type in a table that is handed over.
 */
export interface Format {
  readonly name: FormatName;
  /** Whether a file is of this format, by its name and text; the first in the table that says so is taken. */
  readonly recognises: (source: Source) => boolean;
  /**
   * The place that a selector names. `value` is what shall be written there, where that is known: a
   * format may keep tags and digests in different places. Throws LanewiseError of the PIN_ codes,
   * CONFIG_INVALID where the selector makes no sense for the format.
   */
  readonly locate: (source: Source, selector: PinSelector, value?: PinEdit['value']) => Spot;
  /** The pins that can be recognised without being told. Throws PIN_UNREADABLE only. */
  readonly find: (source: Source) => readonly FoundPin[];
}

/** Formats in the order in which a file's format is looked for. */
export type FormatTable = readonly Format[];

export type { FormatName, Pin, PinSelector };
