import {
  byText,
  type CommitId,
  type Member,
  type ProductName,
  type ProjectName,
  type Version,
} from '@lanewise/model';
import type { PlannedRelease } from './release-plan.js';

/** What a build is told: the words that its environment gets as `LANEWISE_…`. */
export interface BuildOrder {
  readonly product: ProductName;
  readonly project: ProjectName;
  /** Of a group the member that is built; absent: it is no group. */
  readonly member?: ProductName;
  readonly version: Version;
  /** Whether the version may still change before it is published: nothing may be named by it. */
  readonly forecast: boolean;
  readonly commit: CommitId;
  /** The main image's reference; null: the product has none. */
  readonly image: string | null;
  /** All images by name. */
  readonly images: Readonly<Record<string, string>>;
}

export type BuildOutcome =
  /** `images` may give the references with their digests. */
  | { readonly kind: 'ok'; readonly images?: Readonly<Record<string, string>> }
  | { readonly kind: 'failed'; readonly message: string };

export type Build = (order: BuildOrder) => Promise<BuildOutcome>;

/** How the builds of a run ended, by product. */
export type Built =
  | {
      readonly kind: 'ok';
      readonly version: Version;
      readonly images: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'failed'; readonly version: Version; readonly message: string }
  /** Not built, because `by`, which it is built from, failed. */
  | { readonly kind: 'held-back'; readonly version: Version; readonly by: ProductName };

/**
 * Builds products one after the other, those that others are built from first. A failure holds
 * back only what is built from the one that failed.
 */
export async function buildInOrder(
  releases: readonly PlannedRelease[],
  commit: CommitId,
  build: Build,
): Promise<ReadonlyMap<ProductName, Built>> {
  const built = new Map<ProductName, Built>();
  for (const release of buildOrder(releases)) {
    const { product, version } = release;
    const by = release.builtFrom.find((other) => isFailed(built.get(other)));
    built.set(
      product,
      by === undefined
        ? await buildOne(release, commit, build)
        : { kind: 'held-back', version, by },
    );
  }
  return built;
}

/** Products in an order in which each comes after those it is built from; by name where nothing decides. */
export function buildOrder(releases: readonly PlannedRelease[]): readonly PlannedRelease[] {
  const planned = new Set(releases.map(({ product }) => product));
  // `builtFrom` is transitive: who is built from another has all that the other has, and it.
  const depth = (release: PlannedRelease): number =>
    new Set(release.builtFrom.filter((other) => planned.has(other))).size;
  return [...releases].sort((a, b) => depth(a) - depth(b) || byText(a.product, b.product));
}

async function buildOne(release: PlannedRelease, commit: CommitId, build: Build): Promise<Built> {
  const { product, version, forecast, images } = release;
  const common = { product, version, forecast, commit, images };
  if (release.members !== undefined) return buildMembers(release, release.members, common, build);
  const image = images['main'] ?? Object.values(images)[0] ?? null;
  const outcome = await build({ ...common, project: release.project, image });
  if (outcome.kind === 'failed') return { kind: 'failed', version, message: outcome.message };
  return { kind: 'ok', version, images: { ...images, ...outcome.images } };
}

/** Every member by its own project; the first that fails holds back the whole group. */
async function buildMembers(
  { version, images }: PlannedRelease,
  members: readonly Member[],
  common: Omit<BuildOrder, 'project' | 'image' | 'member'>,
  build: Build,
): Promise<Built> {
  let built = images;
  for (const { name, project } of members) {
    const own = Object.entries(images).filter(
      ([image]) => image === name || image.startsWith(`${name}/`),
    );
    const image = images[name] ?? own[0]?.[1] ?? null;
    const order = { ...common, project, member: name, image, images: Object.fromEntries(own) };
    const outcome = await build(order);
    if (outcome.kind === 'failed')
      return { kind: 'failed', version, message: `${name}: ${outcome.message}` };
    built = { ...built, ...outcome.images };
  }
  return { kind: 'ok', version, images: built };
}

function isFailed(built: Built | undefined): boolean {
  return built !== undefined && built.kind !== 'ok';
}
