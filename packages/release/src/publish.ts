import {
  parseImageReference,
  type CommitId,
  type ObjectId,
  type ProductName,
  type RefName,
  type Release,
  type Timestamp,
} from '@lanewise/model';
import type { Identity, RefUpdate, Repository, TagDraft } from '@lanewise/git';
import { encodeRecord, type ReleaseRecord, type TagText } from './record.js';
import type { PlannedRelease, ReleasePlan } from './release-plan.js';
import { toRelease } from './releases.js';
import { reservedRef, type TagNaming } from './tag-name.js';

/** Several refs that must change together for one product. */
export interface ProductUpdates {
  readonly product: ProductName;
  readonly updates: readonly RefUpdate[];
}

export type PushResult =
  | { readonly kind: 'published' }
  | { readonly kind: 'moved' }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Pushes the refs of many products at once. Where the remote refuses, by halves, so that one
 * product's refusal (a protected tag, a hook) does not keep the others from being published.
 */
export async function pushProducts(
  repository: Pick<Repository, 'publish'>,
  products: readonly ProductUpdates[],
): Promise<ReadonlyMap<ProductName, PushResult>> {
  if (products.length === 0) return new Map();
  const outcome = await repository.publish(products.flatMap(({ updates }) => updates));
  if (outcome.kind === 'published' || outcome.kind === 'moved')
    return same(products, { kind: outcome.kind });
  if (products.length === 1) return same(products, { kind: 'refused', reason: outcome.reason });
  const half = Math.ceil(products.length / 2);
  const first = await pushProducts(repository, products.slice(0, half));
  return new Map([...first, ...(await pushProducts(repository, products.slice(half)))]);
}

/** Reserves the versions of planned releases on their commit: each ref must not exist. */
export function reservations(
  releases: readonly PlannedRelease[],
  head: CommitId,
): readonly ProductUpdates[] {
  return releases.map(({ product, version }) => ({
    product,
    updates: [{ ref: reservedRef(product, version), expected: null, to: head }],
  }));
}

/** Gives back reservations of ours whose version somebody else published. */
export function voidReservations({ void: gone, head }: ReleasePlan): readonly ProductUpdates[] {
  return gone.map(({ product, version }) => ({
    product,
    updates: [{ ref: reservedRef(product, version), expected: head.commit, to: null }],
  }));
}

/** A release whose tag is written and waits to be pushed. */
export interface WrittenRelease {
  readonly planned: PlannedRelease;
  readonly release: Release;
  readonly updates: readonly RefUpdate[];
}

/** How tags are written. */
export interface TagWriting {
  readonly tags: TagNaming;
  /** The text for people, in lines, and the notes that are kept with it. */
  readonly describe: (planned: PlannedRelease) => TagText;
  readonly tagger: Identity;
  readonly at: Timestamp;
}

/** Writes the tags of releases, with their records, in one stream. Nobody else sees them yet. */
export async function writeReleases(
  repository: Pick<Repository, 'write'>,
  releases: readonly PlannedRelease[],
  head: ReleasePlan['head'],
  { tags, describe, tagger, at }: TagWriting,
): Promise<readonly WrittenRelease[]> {
  const drafts = releases.map((planned) => {
    const record = recordOf(planned, head);
    const name = tags.name(planned.product, planned.version);
    const message = encodeRecord(record, describe(planned));
    const draft: TagDraft = {
      kind: 'tag',
      mark: name,
      name,
      target: head.commit,
      message,
      tagger,
      at,
    };
    return { planned, record, draft };
  });
  const ids = await repository.write(drafts.map(({ draft }) => draft));
  return drafts.map(({ planned, record, draft }) => {
    const id = ids.get(draft.mark);
    if (id === undefined) throw new TypeError(`The tag ${draft.name} was not written.`);
    const ref = tags.ref(planned.product, planned.version);
    return {
      planned,
      release: toRelease(record, { ref, id }),
      updates: publishing(planned, head.commit, { ref, id }),
    };
  });
}

/** The tag first: without it nothing is released, while a reservation that stays does no harm. */
function publishing(
  { product, version, reservation }: PlannedRelease,
  head: CommitId,
  tag: { readonly ref: RefName; readonly id: ObjectId },
): readonly RefUpdate[] {
  const create: RefUpdate = { ref: tag.ref, expected: null, to: tag.id };
  const free: RefUpdate = { ref: reservedRef(product, version), expected: head, to: null };
  return reservation === 'ours' ? [create, free] : [create];
}

/** The record of a planned release. */
export function recordOf(planned: PlannedRelease, head: ReleasePlan['head']): ReleaseRecord {
  const { product, project, version, inputs, needs, allowed } = planned;
  if (inputs === null) throw new TypeError(`The inputs of ${product} were not read.`);
  const images = Object.entries(planned.images).map(([name, image]) => [
    name,
    parseImageReference(image),
  ]);
  return {
    kind: 'own',
    product,
    project,
    version,
    ...head,
    images: Object.fromEntries(images) as ReleaseRecord['images'],
    inputs,
    needs,
    pinText: null,
    allowed,
  };
}

function same(
  products: readonly ProductUpdates[],
  result: PushResult,
): ReadonlyMap<ProductName, PushResult> {
  return new Map(products.map(({ product }) => [product, result]));
}
