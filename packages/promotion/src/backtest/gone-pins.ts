import { isCandidate, makeSurvey, type KnownProduct, type Manifest } from '@lanewise/manifests';
import type { Repository } from '@lanewise/git';
import {
  isProductName,
  parseEnvironmentName,
  type EnvironmentName,
  type ObjectId,
  type ProductName,
  type RepoPath,
} from '@lanewise/model';
import type { PastCommit } from './past-line.js';
import type { PastPin } from './past-pin.js';

/** Pins of manifests that are not there any more, and how many files were looked at in vain. */
export interface GonePins {
  readonly pins: readonly PastPin[];
  /** Files that hold versions for which no product or environment could be told, or another's. */
  readonly unplaced: number;
}

export interface GoneSources {
  readonly repository: Pick<Repository, 'readBlobs'>;
  readonly line: readonly PastCommit[];
  /** Files of the tip: what is there now is placed already, or never will be. */
  readonly present: ReadonlyMap<RepoPath, ObjectId>;
  /** Pins of the tip. */
  readonly pins: readonly PastPin[];
  readonly products: readonly KnownProduct[];
  /** Names of images that are known to be products'. */
  readonly images: readonly string[];
}

/** So many files that are gone are looked at, the latest first; and so many bytes of them. */
const mostFiles = 4000;
const mostBytes = 48 * 1024 * 1024;
const atOnce = 256;
const largest = 512 * 1024;

/**
 * Looks at manifests that were deleted or moved, as they were last, in the way `init` looks at those
 * that are there: so renamed files and folders go on under their product and environment. The pins
 * of the tip are looked at beside them, as names are judged by what stands around them.
 */
export async function findGonePins(sources: GoneSources): Promise<GonePins> {
  const gone = lastVersions(sources);
  if (gone.size === 0) return { pins: [], unplaced: 0 };
  const beside = sources.pins.flatMap(({ file }) => {
    const id = sources.present.get(file);
    return id === undefined ? [] : [[file, id] as const];
  });
  const wanted = [...gone, ...new Map(beside.slice(0, 1000))];
  const manifests = await readManifests(sources.repository, wanted);
  const survey = makeSurvey({
    files: manifests.map(({ file }) => file).sort(),
    manifests,
    products: sources.products,
  });
  const accepts = makeAcceptance(sources);
  const pins: PastPin[] = [];
  const placed = new Set<string>();
  const others = new Set<string>();
  for (const { product, environment, file, selector, image } of survey.pins) {
    if (!gone.has(file)) continue;
    const name = environmentOf(environment);
    if (name === null || !isProductName(product) || !accepts(product, image)) others.add(file);
    else {
      placed.add(file);
      pins.push({ product, environment: name, file, selector });
    }
  }
  for (const { file } of survey.unplaced)
    if (file !== null && gone.has(file as RepoPath)) others.add(file);
  return { pins, unplaced: [...others].filter((file) => !placed.has(file)).length };
}

/** The files that are gone, each with the content it had last; the latest gone first. */
function lastVersions({ line, present }: GoneSources): ReadonlyMap<RepoPath, ObjectId> {
  const gone = new Map<RepoPath, ObjectId>();
  for (let at = line.length - 1; at >= 0 && gone.size < mostFiles; at -= 1) {
    for (const { path, before, after } of line[at]?.steps ?? []) {
      if (after !== null || before === null || present.has(path) || gone.has(path)) continue;
      gone.set(path, before);
    }
  }
  return gone;
}

async function readManifests(
  repository: Pick<Repository, 'readBlobs'>,
  wanted: readonly (readonly [RepoPath, ObjectId])[],
): Promise<readonly Manifest[]> {
  const manifests: Manifest[] = [];
  let bytes = 0;
  for (let from = 0; from < wanted.length && bytes < mostBytes; from += atOnce) {
    const batch = wanted.slice(from, from + atOnce);
    const contents = await repository.readBlobs(
      batch.map(([, id]) => id),
      { largest },
    );
    for (const [file, id] of batch) {
      const content = contents.get(id);
      if (content === undefined || !isCandidate(file, content)) continue;
      manifests.push({ file, bytes: content });
      bytes += content.length;
    }
  }
  return manifests;
}

/**
 * A product that is known, or one whose image comes from where the products' images come from: other
 * images (a database's, say) that manifests used to name are no products.
 */
function makeAcceptance({
  pins,
  products,
  images,
}: GoneSources): (product: ProductName, image: string | null) => boolean {
  const known = new Set<string>([
    ...pins.map(({ product }) => product),
    ...products.flatMap(({ name, deployable }) => (deployable ? [name] : [])),
  ]);
  const places = new Set(images.map(placeOf));
  return (product, image) =>
    known.has(product) || (image === null ? images.length === 0 : places.has(placeOf(image)));
}

function placeOf(image: string): string {
  return image.slice(0, Math.max(0, image.lastIndexOf('/')));
}

function environmentOf(name: string): EnvironmentName | null {
  try {
    return parseEnvironmentName(name);
  } catch {
    return null;
  }
}
