import {
  configOf,
  isLanewiseError,
  type CommitId,
  type Config,
  type NamedProduct,
  type ObjectId,
  type ProductConfig,
  type RefName,
  type Release,
} from '@lanewise/model';
import type { RefSnapshot, Repository, TagObject } from '@lanewise/git';
import { renderImages } from './images.js';
import { decodeRecord, type Allowed, type ReleaseRecord } from './record.js';
import { makeReleaseBook, type ReleaseBook, type TagProblem } from './release-book.js';
import { releaseTagName, tagNaming, type NamedVersion } from './tag-name.js';

export interface KnownProducts {
  readonly products: readonly NamedProduct[];
  /** For the images of foreign releases, which only the templates name; null: they have none. */
  readonly config: Config | null;
}

/** A tag of the pattern, with the object that its ref names. */
interface Candidate extends NamedVersion {
  readonly ref: RefName;
  readonly id: ObjectId;
}

type Read =
  | { readonly kind: 'release'; readonly release: Release; readonly allowed: Allowed }
  | { readonly kind: 'foreign'; readonly candidate: Candidate; readonly commit: CommitId }
  | { readonly kind: 'problem'; readonly problem: TagProblem };

/**
 * Reads the releases that a remote has published, from its refs: one batch for all tags. Tags with
 * a record are releases of ours, tags of the pattern without one are foreign; a record that does
 * not agree with its tag, or a tag moved to another name, is a problem and no release.
 */
export async function readReleases(
  repository: Pick<Repository, 'readTags' | 'readCommits'>,
  snapshot: RefSnapshot,
  known: KnownProducts,
): Promise<ReleaseBook> {
  const candidates = findCandidates(snapshot, known);
  const read = await readCandidates(repository, candidates);
  const foreign = read.filter((one) => one.kind === 'foreign');
  const made = await makeForeign(repository, foreign, known);
  const own = read.filter((one) => one.kind === 'release');
  return makeReleaseBook(
    [...own.map(({ release }) => release), ...made.releases],
    [...read.flatMap((one) => (one.kind === 'problem' ? [one.problem] : [])), ...made.problems],
    new Map(own.map(({ release, allowed }) => [release.tag, allowed])),
  );
}

/** Tags that are called like releases; of two for one release the one that the template names now. */
function findCandidates(snapshot: RefSnapshot, { products, config }: KnownProducts): Candidate[] {
  const naming = tagNaming(
    products.map(({ name }) => name),
    config,
  );
  const found: Candidate[] = [];
  const usual: Candidate[] = [];
  for (const [ref, id] of snapshot.refs) {
    const named = naming.parse(ref);
    if (named === null) continue;
    const { product, version } = named;
    (named.usual ? usual : found).push({ product, version, ref, id });
  }
  if (usual.length === 0) return found;
  const known = new Set(found.map(({ product, version }) => releaseTagName(product, version)));
  return [
    ...found,
    ...usual.filter(({ product, version }) => !known.has(releaseTagName(product, version))),
  ];
}

/** What the tag of a ref said, and what was asked then. */
interface ReadBefore {
  readonly candidate: Candidate;
  readonly read: Read;
}

const readBefore = new WeakMap<object, Map<RefName, ReadBefore>>();

/**
 * What each tag says. A tag object never changes, so what one says is read once for a repository,
 * however often its parts ask: one run asks for the same thousands several times.
 */
async function readCandidates(
  repository: Pick<Repository, 'readTags'>,
  candidates: readonly Candidate[],
): Promise<readonly Read[]> {
  let known = readBefore.get(repository);
  if (known === undefined) readBefore.set(repository, (known = new Map<RefName, ReadBefore>()));
  const reads = candidates.map((candidate) => {
    const before = known.get(candidate.ref);
    return before !== undefined && isSame(before.candidate, candidate) ? before.read : null;
  });
  const asked = candidates.filter((_, index) => reads[index] === null);
  if (asked.length === 0) return reads.filter((read) => read !== null);
  const fresh = new Map<Candidate, Read>();
  for await (const { some, tags } of readTagsOf(repository, asked)) {
    for (const candidate of some) {
      const read = readCandidate(candidate, tags.get(candidate.id));
      fresh.set(candidate, read);
      known.set(candidate.ref, { candidate, read });
    }
  }
  return candidates.flatMap((candidate, index) => reads[index] ?? fresh.get(candidate) ?? []);
}

/** So many tags are taken at a time: texts of thousands need not be there all at once. */
const atOnce = 500;

type Tags = Awaited<ReturnType<Repository['readTags']>>;

async function* readTagsOf(
  repository: Pick<Repository, 'readTags'>,
  candidates: readonly Candidate[],
): AsyncGenerator<{ readonly some: readonly Candidate[]; readonly tags: Tags }> {
  const begin = (at: number) => {
    const some = candidates.slice(at, at + atOnce);
    if (some.length === 0) return null;
    const read = repository.readTags(some.map(({ id }) => id));
    read.catch(() => undefined);
    return { some, read };
  };
  let next = begin(0);
  for (let at = atOnce; next !== null; at += atOnce) {
    const { some, read } = next;
    const tags = await read;
    // The next ones come while these are looked at.
    next = begin(at);
    yield { some, tags };
  }
}

function isSame(one: Candidate, other: Candidate): boolean {
  return one.id === other.id && one.product === other.product && one.version === other.version;
}

function readCandidate(candidate: Candidate, tag: TagObject | null | undefined): Read {
  if (tag === null || tag === undefined) {
    return { kind: 'foreign', candidate, commit: candidate.id as CommitId };
  }
  const name = candidate.ref.slice('refs/tags/'.length);
  if (tag.name !== name) {
    return problem(candidate, `The tag ${name} is a copy of the tag object '${tag.name}'.`);
  }
  if (tag.targetType !== 'commit') {
    return problem(candidate, `The tag ${name} names a ${tag.targetType} and no commit.`);
  }
  try {
    const header = { name: tag.name, target: tag.target, release: candidate };
    const record = decodeRecord(tag.message, header);
    if (record === null) return { kind: 'foreign', candidate, commit: tag.target as CommitId };
    return { kind: 'release', release: toRelease(record, candidate), allowed: record.allowed };
  } catch (error) {
    if (!isLanewiseError(error, 'RECORD_INVALID')) throw error;
    return problem(candidate, error.message, error.hint);
  }
}

/** The release that a record tells of, under the tag that carries it. */
export function toRelease(
  record: ReleaseRecord,
  tag: { readonly ref: RefName; readonly id: ObjectId },
): Release {
  const { kind, product, version, commit, committedAt } = record;
  const { project, images, inputs, needs, pinText } = record;
  return {
    kind,
    product,
    version,
    commit,
    committedAt,
    tag: tag.ref,
    tagObject: tag.id,
    project,
    images,
    inputs,
    needs,
    pinText,
  };
}

async function makeForeign(
  repository: Pick<Repository, 'readCommits'>,
  foreign: readonly { readonly candidate: Candidate; readonly commit: CommitId }[],
  known: KnownProducts,
): Promise<{ releases: Release[]; problems: TagProblem[] }> {
  const dates = await readDates(repository, [...new Set(foreign.map(({ commit }) => commit))]);
  const products = new Map(known.products.map((product) => [product.name, product]));
  const releases: Release[] = [];
  const problems: TagProblem[] = [];
  for (const { candidate, commit } of foreign) {
    const committedAt = dates.get(commit);
    if (committedAt === undefined) {
      const name = candidate.ref.slice('refs/tags/'.length);
      problems.push(describe(candidate, `The tag ${name} names no commit.`));
      continue;
    }
    const named = products.get(candidate.product) ?? { name: candidate.product, project: null };
    const words = { ...candidate, project: named.project, commit, committedAt };
    const config = known.config === null ? null : configOf(known.config, named);
    releases.push(foreignRelease(words, candidate, config, problems));
  }
  return { releases, problems };
}

function foreignRelease(
  words: Parameters<typeof renderImages>[1],
  candidate: Candidate,
  config: ProductConfig | null,
  problems: TagProblem[],
): Release {
  const { product, version, project, commit, committedAt } = words;
  const bare = { kind: 'foreign', product, version, project, commit, committedAt } as const;
  const tag = { tag: candidate.ref, tagObject: candidate.id };
  const rest = { inputs: null, needs: {}, pinText: null };
  if (config === null) return { ...bare, ...tag, ...rest, images: {} };
  try {
    return {
      ...bare,
      ...tag,
      ...rest,
      images: renderImages(config, words),
    };
  } catch (error) {
    if (!isLanewiseError(error)) throw error;
    problems.push({ ...describe(candidate, error.message, error.hint), code: error.code });
    return { ...bare, ...tag, ...rest, images: {} };
  }
}

/** Committer dates by commit; ids that are no commits are left out. A bad one costs a few more looks. */
async function readDates(
  repository: Pick<Repository, 'readCommits'>,
  commits: readonly CommitId[],
): Promise<ReadonlyMap<CommitId, number>> {
  if (commits.length === 0) return new Map();
  try {
    const read = await repository.readCommits(commits);
    return new Map([...read].map(([id, { committedAt }]) => [id, committedAt]));
  } catch (error) {
    if (!isLanewiseError(error, 'OBJECT_MISSING')) throw error;
    if (commits.length === 1) return new Map();
    const half = Math.ceil(commits.length / 2);
    const first = await readDates(repository, commits.slice(0, half));
    return new Map([...first, ...(await readDates(repository, commits.slice(half)))]);
  }
}

function problem(candidate: Candidate, message: string, hint?: string): Read {
  return { kind: 'problem', problem: describe(candidate, message, hint) };
}

function describe(candidate: Candidate, message: string, hint?: string): TagProblem {
  const { ref, product, version } = candidate;
  return {
    ref,
    product,
    version,
    code: 'RECORD_INVALID',
    message,
    hint: hint ?? 'It is not used as a release. Delete the tag, or publish the release anew.',
  };
}
