import type {
  CommitId,
  ObjectId,
  ProductName,
  ProjectName,
  RefName,
  Timestamp,
  Version,
} from './ids.js';
import type { ImageReference } from './image.js';

/** Images of a release by their name in the configuration; a product with one image calls it `main`. */
export type Images = Readonly<Record<string, ImageReference>>;

/** What a release needs of another product at run time (design §8, Needs). */
export interface Need {
  /** The newest release of the needed product when this one was made: information only. */
  readonly seen: Version | null;
  /** The oldest release whose content on the path between the two equals this one's; null: presence only. */
  readonly required: Version | null;
}

/** One member of the set of projects that a product is built from, as the record keeps it. */
export interface RecordedProject {
  readonly name: ProjectName;
  readonly root: string;
  /** Digest of the filters (named inputs) in force at that commit. */
  readonly filters: string;
}

/** Digest of all inputs of a product and the number of the algorithm that made it (design §5). */
export interface InputsDigest {
  readonly algorithm: number;
  readonly digest: string;
  readonly projects: readonly RecordedProject[];
}

/**
 * A published version of one product: what its annotated tag says.
 *
 * `kind` is `own` (made by `lanewise release`), `adopted` (made by `lanewise adopt`) or `foreign`
 * (a tag of the pattern without a record: commit and version count, the images come from the template).
 */
export interface Release {
  readonly kind: 'own' | 'adopted' | 'foreign';
  readonly product: ProductName;
  readonly version: Version;
  readonly commit: CommitId;
  /** Committer date of the source commit. */
  readonly committedAt: Timestamp;
  readonly tag: RefName;
  /** What the tag's ref names: the tag object, or the commit for a lightweight foreign tag. */
  readonly tagObject: ObjectId;
  readonly project: ProjectName | null;
  readonly images: Images;
  readonly inputs: InputsDigest | null;
  readonly needs: Readonly<Record<string, Need>>;
  /** An adopted release keeps the text that its pins had: it is recognised by that text. */
  readonly pinText: string | null;
}
