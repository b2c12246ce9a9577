import type { FormatName } from './config.js';
import type { Place } from './errors.js';
import type { EnvironmentName, ProductName, RepoPath } from './ids.js';

/** Chooses one document of a file with several. */
export interface DocumentSelector {
  readonly kind?: string;
  readonly name?: string;
}

/** Where in one file a pin's value stands: what the `manifests` room needs to find it. */
export interface PinSelector {
  readonly format?: FormatName;
  readonly document?: DocumentSelector;
  readonly path?: string;
  readonly image?: string;
  /** Whether a missing key may be inserted. */
  readonly create?: boolean;
  /** Every use of `image` in the file is one pin: they are read as one and written together. */
  readonly every?: boolean;
}

/**
 * One place in one manifest that decides which version runs: templates of place expanded,
 * the template of the value kept, as it is rendered for each release.
 */
export interface Pin {
  readonly product: ProductName;
  readonly environment: EnvironmentName;
  /** Number of the pin among the product's pins, from 0. The first one tells whether the product is in the environment. */
  readonly index: number;
  readonly file: RepoPath;
  readonly selector: PinSelector;
  readonly of: string;
  /** Template of the text that is written; a number or boolean is a constant (a switch). */
  readonly value: string | number | boolean;
  readonly optional: boolean;
  /** Words of the product and environment (`vars`), for rendering the value. */
  readonly vars: Readonly<Record<string, string>>;
  readonly place: Place;
}
