import type { RepoPath } from '@lanewise/model';

import type { Manifest } from '../format.js';
import type { FoundPin } from '../find/found-pin.js';

/** Something that looks as if it were deployed on its own, or a project that manifests may name. */
export interface KnownProduct {
  readonly name: string;
  /** Folder in the workspace; null where only a chart or the like names it. */
  readonly root: string | null;
  /** What gave it away: `holds Dockerfile`. */
  readonly why: string;
  /** Whether it is surely deployed; other projects count only where a manifest names them. */
  readonly deployable: boolean;
}

/** What is looked at: values only, so that a directory and a tip of a branch are the same. */
export interface SurveyInput {
  /** All paths of the tree that holds the manifests, sorted. */
  readonly files: readonly string[];
  /** The manifests among them that may hold a pin; others are passed over by a look at their bytes. */
  readonly manifests: Iterable<Manifest>;
  /** Names that the workspace gives. */
  readonly products: readonly KnownProduct[];
  /** Branches of the repository, for those that teams keep environments in. */
  readonly branches?: readonly string[];
  /** Addresses of the repository, to tell which others Argo CD and Flux take manifests from. */
  readonly addresses?: readonly string[];
}

export type Sureness = FoundPin['sureness'];

/** One pin in its place in the table of products and environments. */
export interface SurveyedPin {
  readonly product: string;
  readonly environment: string;
  readonly file: RepoPath;
  readonly selector: FoundPin['selector'];
  /** What stands there now. */
  readonly text: string;
  readonly line: number;
  readonly image: string | null;
  readonly holds: FoundPin['holds'];
  /** Whether the format must be said: the file holds several, and would be read as another. */
  readonly needsFormat: boolean;
  readonly sureness: Sureness;
  /** Why it was taken for this product's pin in this environment. */
  readonly why: string;
  /** The place with the environment's name taken out, as `withWord` marks it. */
  readonly shape: PinShape;
}

/** Where a pin stands, without the environment's name: equal for all environments that are laid out alike. */
interface PinShape {
  readonly file: string;
  readonly path: string;
  readonly document: { readonly kind?: string; readonly name?: string } | null;
  /** The environment it belongs to, where nothing in it says so and the product has others. */
  readonly only?: string;
}

export interface SurveyedEnvironment {
  readonly name: string;
  /** The environment or group before it; null for the first. */
  readonly after: string | null;
  readonly group: string | null;
  /** What gave it away. */
  readonly why: string;
}

export interface SurveyedProduct {
  readonly name: string;
  readonly root: string | null;
  /** Names of its images as manifests have them; the most frequent first. */
  readonly images: readonly string[];
  readonly why: string;
}

/** A version that stands in a manifest and has no place in the table, or a product without pins. */
export interface Unplaced {
  readonly what: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly why: string;
}

/** What a repository shows of itself: everything with its reason. */
export interface Survey {
  readonly products: readonly SurveyedProduct[];
  readonly environments: readonly SurveyedEnvironment[];
  /** By product, then environment in their order, then file and line. */
  readonly pins: readonly SurveyedPin[];
  readonly unplaced: readonly Unplaced[];
  /** All paths of the tree: what a proposed configuration is checked against. */
  readonly files: readonly string[];
}
