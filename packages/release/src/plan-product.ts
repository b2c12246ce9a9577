import {
  formatImageReference,
  isLanewiseError,
  type ErrorCode,
  type ImageReference,
  type Images,
  type Release,
  type Version,
} from '@lanewise/model';
import { imageNaming, renderImages } from './images.js';
import { makeNotes } from './notes.js';
import { planVersion, type PlannedVersion } from './plan-version.js';
import type { Reason } from './reason.js';
import type { BuildKind, NamedRelease, NoteLine, PlanEntry } from './release-plan.js';
import type { ProductState, ReleaseRequest, ReleaseState } from './state.js';
import { planNote } from './version-plans.js';
import { isCommitVersion, isVersion, releaseTagName } from './tag-name.js';

/** An entry, with the version that stands for the product at this commit, where there is one. */
export interface PlannedProduct {
  readonly entry: PlanEntry;
  readonly version: Version | null;
}

/** What a run does with one product. */
export function planProduct(
  product: ProductState,
  state: ReleaseState,
  request: ReleaseRequest,
): PlannedProduct {
  const { base } = product;
  const told = request.told?.get(product.product);
  switch (base.kind) {
    case 'late':
      return entryOnly({ kind: 'late', product: product.product, newer: named(base.newer) });
    case 'lost':
      return entryOnly(lost(product, base.lost, base.base));
    case 'new':
      if (request.first && request.products?.includes(product.product) === true) {
        return planAffected(product, [{ kind: 'new' }], state, request);
      }
      return entryOnly(
        told === undefined ? { kind: 'new', product: product.product } : toldForNew(product),
      );
    case 'base':
      if (product.comparison?.kind === 'different') {
        return planAffected(product, product.comparison.reasons, state, request);
      }
      return {
        entry: unaffected(product, base.release, told, state),
        version: base.release.version,
      };
    default:
      return base satisfies never;
  }
}

function planAffected(
  product: ProductState,
  reasons: readonly Reason[],
  state: ReleaseState,
  request: ReleaseRequest,
): PlannedProduct {
  const next = planVersion(product, state, request);
  const base = product.base.kind === 'base' ? named(product.base.release) : null;
  const told = request.told?.get(product.product) ?? new Map<string, ImageReference>();
  const stray = [...told.keys()].find((name) => !Object.hasOwn(product.config.images, name));
  const wrong = (code: ErrorCode, message: string, hint: string | null): PlannedProduct => ({
    entry: { kind: 'stopped', product: product.product, code, message, hint, reasons },
    version: next.version,
  });
  if (stray !== undefined) {
    const known = Object.keys(product.config.images).join(', ') || 'none';
    return wrong(
      'IMAGE_INVALID',
      `${product.product} has no image called ${stray}.`,
      `Its images: ${known}.`,
    );
  }
  const build = buildKind(product, told, request);
  if (build.kind === 'missing') {
    const entry = {
      kind: 'not-told',
      product: product.product,
      base,
      reasons,
      missing: build.images,
    } as const;
    return { entry, version: next.version };
  }
  if (build.kind === 'nothing') return wrong('IMAGE_NOT_TOLD', ...nothingBuilt(product));
  const images = imagesOf(product, next, state, told);
  if (images.kind === 'wrong') return wrong(images.code, images.message, images.hint ?? null);
  const clash = build.kind === 'told' ? otherVersion(product, told, next.version) : null;
  if (clash !== null) return wrong('IMAGE_UNEXPECTED', ...clash);
  const notes = request.outline === true ? [] : notesOf(product);
  return {
    entry: release(product, notes, reasons, base, next, build.kind, images.images),
    version: next.version,
  };
}

function release(
  product: ProductState,
  notes: readonly NoteLine[],
  reasons: readonly Reason[],
  base: NamedRelease | null,
  next: PlannedVersion,
  build: BuildKind,
  images: Images,
): PlanEntry {
  const { inputs, base: choice } = product;
  const leftBehind = choice.kind === 'base' ? choice.leftBehind : [];
  const accepted = choice.kind === 'base' && choice.accepted ? choice.release : null;
  return {
    kind: 'release',
    product: product.product,
    project: product.project,
    ...(product.members !== undefined && { members: product.members }),
    base,
    reasons,
    bump: next.bump,
    version: next.version,
    forecast: next.forecast,
    reservation: build === 'told' && next.reservation === 'needed' ? 'none' : next.reservation,
    build,
    images: Object.fromEntries(
      Object.entries(images).map(([name, image]) => [name, formatImageReference(image)]),
    ),
    notes,
    inputs,
    needs: {},
    builtFrom: product.builtFrom,
    allowed: {
      ...(accepted !== null && {
        acceptedBase: releaseTagName(accepted.product, accepted.version),
      }),
      ...(leftBehind.length > 0 && { leftBehind }),
    },
  };
}

/** Version plans speak for themselves where they decide; else the commits do. */
function notesOf(product: ProductState): readonly NoteLine[] {
  const { versioning } = product;
  const planned = versioning.from[0] === 'version-plans' ? product.plans : [];
  return planned.length > 0 ? planned.map(planNote) : makeNotes(product.commits, versioning.types);
}

type BuildAnswer =
  | { readonly kind: BuildKind }
  | { readonly kind: 'missing'; readonly images: readonly string[] }
  | { readonly kind: 'nothing' };

/** A product with an image is published only if its image is built here, told, or said to exist. */
function buildKind(
  { config }: ProductState,
  told: ReadonlyMap<string, ImageReference>,
  request: ReleaseRequest,
): BuildAnswer {
  const names = Object.keys(config.images);
  const missing = names.filter((name) => !told.has(name));
  if (request.reserveOnly) return { kind: config.build === 'external' ? 'external' : 'target' };
  if (names.length > 0 && told.size > 0) {
    return missing.length > 0 ? { kind: 'missing', images: missing } : { kind: 'told' };
  }
  if (config.build === 'external' && names.length > 0) return { kind: 'external' };
  if (request.target) return { kind: 'target' };
  if (names.length === 0) return { kind: 'none' };
  return request.told === null ? { kind: 'nothing' } : { kind: 'missing', images: missing };
}

type ImagesAnswer =
  | { readonly kind: 'images'; readonly images: Images }
  | {
      readonly kind: 'wrong';
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint: string | undefined;
    };

function imagesOf(
  product: ProductState,
  next: PlannedVersion,
  { head }: ReleaseState,
  told: ReadonlyMap<string, ImageReference>,
): ImagesAnswer {
  if (told.size > 0) return { kind: 'images', images: Object.fromEntries(told) };
  const constant = Object.values(product.config.images).find(
    (template) => imageNaming(template) === 'constant',
  );
  if (constant !== undefined) {
    return {
      kind: 'wrong',
      code: 'IMAGE_INVALID',
      message: `The image '${constant}' of ${product.product} is the same for every release.`,
      hint: "Name it by '{version}' or '{commit}', or tell the image with its digest: --image.",
    };
  }
  try {
    const { product: name, project } = product;
    const words = { product: name, project, version: next.version, ...head };
    return { kind: 'images', images: renderImages(product.config, words) };
  } catch (error) {
    if (!isLanewiseError(error)) throw error;
    return { kind: 'wrong', code: error.code, message: error.message, hint: error.hint };
  }
}

/** Where the version names the image, a told image of another version was built for another release. */
function otherVersion(
  { product, config }: ProductState,
  told: ReadonlyMap<string, ImageReference>,
  version: Version,
): [string, string] | null {
  for (const [name, { tag }] of told) {
    const template = config.images[name];
    if (template === undefined || imageNaming(template) !== 'version' || tag === undefined)
      continue;
    const told = tag.replace(/^v(?=\d)/, '');
    if (!isVersion(told) || isCommitVersion(told) || told === version) continue;
    return [
      `The image told for ${product} has the tag ${tag}, but this release is ${version}.`,
      `It was built for another commit or its reservation is gone. Reserve before building (lanewise affected --reserve) and build ${version}.`,
    ];
  }
  return null;
}

function nothingBuilt({ product }: ProductState): [string, string] {
  return [
    `${product} is affected and has an image, but nothing in this run builds it.`,
    "Build it here with --target, tell it with --image, or say 'build: external' where the image that the template names exists already.",
  ];
}

function unaffected(
  product: ProductState,
  base: Release,
  told: ReadonlyMap<string, ImageReference> | undefined,
  { head }: ReleaseState,
): PlanEntry {
  const here = base.commit === head.commit;
  const entry = { kind: 'unaffected', product: product.product, base: named(base), here } as const;
  const strange = [...(told ?? [])].find(
    ([name, image]) => !here || !isSameImage(base.images[name], image),
  );
  if (strange === undefined) return entry;
  const [name, image] = strange;
  return {
    kind: 'stopped',
    product: product.product,
    code: 'IMAGE_UNEXPECTED',
    message: here
      ? `The image ${formatImageReference(image)} is told for ${product.product}, but ${product.product} ${base.version} was released from this commit with ${showImage(base.images[name])}.`
      : `The image ${formatImageReference(image)} is told for ${product.product}, which is not affected: its inputs are those of ${base.version}.`,
    hint: 'Tell images of affected products only: lanewise affected lists them.',
    reasons: [],
  };
}

/** Equal names; a digest that only one of the two knows does not make them differ. */
function isSameImage(a: ImageReference | undefined, b: ImageReference): boolean {
  if (a === undefined || a.repository !== b.repository || a.tag !== b.tag) return false;
  return (
    a.digest === b.digest ||
    (a.tag !== undefined && (a.digest === undefined || b.digest === undefined))
  );
}

function showImage(image: ImageReference | undefined): string {
  return image === undefined ? 'no such image' : formatImageReference(image);
}

function toldForNew({ product }: ProductState): PlanEntry {
  return {
    kind: 'stopped',
    product,
    code: 'NO_RELEASES',
    message: `An image is told for ${product}, which was never released.`,
    hint: `Release it for the first time by name: lanewise release ${product} --first, or take over what runs: lanewise adopt.`,
    reasons: [],
  };
}

function lost(
  { product }: ProductState,
  releases: readonly Release[],
  base: Release | null,
): PlanEntry {
  const [first] = releases;
  const names = releases.slice(0, 3).map(({ version }) => releaseTagName(product, version));
  const more = releases.length > 3 ? ` and ${releases.length - 3} more` : '';
  const than = base === null ? '' : `, higher than the base ${base.version},`;
  const suggested = first === undefined ? '' : releaseTagName(product, first.version);
  return {
    kind: 'stopped',
    product,
    code: 'BASE_LOST',
    message: `${names.join(', ')}${more}${than} ${releases.length === 1 ? 'is' : 'are'} on no release branch: history was rewritten or a branch deleted, so what changed since cannot be told.`,
    hint: `Go on from a release that you choose: lanewise release ${product} --accept-base ${suggested}${base === null ? '' : ` (or ${releaseTagName(product, base.version)})`}.`,
    reasons: [],
  };
}

function named({ version, commit }: Release): NamedRelease {
  return { version, commit };
}

function entryOnly(entry: PlanEntry): PlannedProduct {
  return { entry, version: null };
}
