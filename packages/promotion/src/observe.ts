import type { RefSnapshot } from '@lanewise/git';
import {
  branchRef,
  didYouMean,
  LanewiseError,
  show,
  type CommitId,
  type NamedProduct,
  type ProductName,
  type Release,
  type Timestamp,
} from '@lanewise/model';
import {
  isOnReleaseBranch,
  readReleaseBranches,
  readReleases,
  releaseRefs,
  type ReleaseBook,
} from '@lanewise/release';
import type { Cell, CellKey } from './cell.js';
import { credibleRecords } from './credible-records.js';
import { makeCells, readGround, type Ground } from './observe-cells.js';
import { readEnvironmentTags } from './observe-tags.js';
import type { PromotionRequest } from './plan.js';
import type { PromotionSources } from './promotion-sources.js';
import { requireTip } from './gitops-tip.js';
import { findRewritten } from './rewritten.js';
import type { ObserveScope } from './scope.js';
import type { PromotionState } from './state.js';

/** From so many products on, all tags are read in one go instead of each product's by name. */
const manyProducts = 16;

/**
 * Reads what decisions need: one fetch of each repository (one in all where they are the same),
 * the pins at the branch's head, and as much of the past as the scope asks for.
 *
 * Throws REF_UNKNOWN where the GitOps branch is not there, PRODUCT_UNKNOWN, and what the
 * repositories throw.
 */
export async function observePromotion(
  sources: PromotionSources,
  scope: ObserveScope,
  now: number,
  request?: PromotionRequest,
): Promise<PromotionState> {
  const products = scopedProducts(sources, scope);
  const look = beginLook(sources, scope, products);
  // Whoever goes on, or gives up, must not have a reader behind him that writes into what is kept.
  const done = Promise.allSettled([look.refs, look.pins]);
  const asked = { sources, scope, products, now, request };
  const seen = await observe(asked, look).finally(() => done);
  return seen.kind === 'state' ? seen.state : observePromotion(sources, seen.scope, now, request);
}

/** What was observed, or with which scope to look again. */
type Seen =
  | { readonly kind: 'state'; readonly state: PromotionState }
  | { readonly kind: 'again'; readonly scope: ObserveScope };

interface Asked {
  readonly sources: PromotionSources;
  readonly scope: ObserveScope;
  readonly products: readonly NamedProduct[];
  readonly now: Timestamp;
  readonly request: PromotionRequest | undefined;
}

async function observe(asked: Asked, look: Look): Promise<Seen> {
  const { sources, scope, products, now, request } = asked;
  const { workspace, config } = sources;
  const refs = await look.refs;
  const book = await readReleases(workspace, refs, { products, config });
  const needed = neededOutside(sources, products, book);
  if (needed.length > 0) {
    const more = [...products.map(({ name }) => name), ...needed];
    return { kind: 'again', scope: { ...scope, products: more } };
  }
  const branches = readReleaseBranches(refs, config, sources.configBranch);
  const commits = new Set([
    ...book.all.map(({ commit }) => commit),
    ...branches.map((one) => one.tip),
  ]);
  const [ancestry, tags, { tip, tipAt, ground }, equalSources] = await Promise.all([
    workspace.readAncestry([...commits]),
    readEnvironmentTags(sources, refs, scope),
    look.pins,
    compareSources(sources, book, request),
  ]);
  const cells = makeCells(ground, book, ancestry);
  const certain = scope.history && (scope.fresh === true || workspace === sources.gitops);
  if (!certain && isUnknownThere(sources, cells, request))
    return { kind: 'again', scope: { ...scope, history: true, fresh: true } };
  const inScope = new Set(products.map(({ name }) => name));
  const { index, locks } = ground;
  const rewritten = await findRewritten(sources, {
    tip,
    index,
    records:
      index === null ? [] : await credibleRecords(sources.gitops, tags.records, { cells, book }),
  });
  const state = {
    config,
    now,
    tip,
    tipAt,
    branch: branchRef(config.gitops.branch),
    products: products.map(({ name }) => name),
    cells,
    book,
    ancestry,
    strayReleases: new Set(
      book.all.filter(({ commit }) => !isOnReleaseBranch(commit, branches, ancestry)),
    ),
    locks,
    requests: scope.requests ? tags.requests.filter((tag) => inScope.has(tag.product)) : [],
    environmentTags: tags.names,
    rewritten,
    equalSources,
    historyRead: scope.history,
    oneRepository: sources.workspace === sources.gitops,
    notices: [...new Set([...rewritten.values()].map(({ why }) => `${why}.`))],
  };
  return { kind: 'state', state };
}

/**
 * Whether pins that the request is about hold what no record names. It may be a release published
 * between the looks at the two repositories. An image that a promotion told
 * is a known release too, and only the past says which. Taken for unknown, it would be replaced by
 * an older one without a question, and could not be repeated.
 */
function isUnknownThere(
  { config }: PromotionSources,
  cells: ReadonlyMap<CellKey, Cell>,
  request: PromotionRequest | undefined,
): boolean {
  const target =
    request?.kind === 'name' ? request.to : request?.kind === 'lock' ? request.environment : null;
  const environments = new Set(target === null ? [] : config.targets.get(target));
  if (environments.size === 0) return false;
  return [...cells.values()].some(
    ({ environment, state: { kind } }) =>
      environments.has(environment) && (kind === 'image' || kind === 'mixed'),
  );
}

/** The products of a scope, with those that they are known to need. Throws PRODUCT_UNKNOWN. */
function scopedProducts(
  { products, config }: PromotionSources,
  scope: ObserveScope,
): readonly NamedProduct[] {
  const { products: named } = scope;
  if (named === null) return products;
  const known = new Set(products.map(({ name }) => name));
  const unknown = named.find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new LanewiseError('PRODUCT_UNKNOWN', `${show(unknown)} is no product.`, {
      hint: didYouMean(unknown, known, 'lanewise status lists the products.'),
    });
  }
  const wanted = new Set(
    named.flatMap((name) => [name, ...(config.products.get(name) ?? config.defaults).needs]),
  );
  return products.filter(({ name }) => wanted.has(name));
}

/** Products that others of the scope need at run time and that were not asked for. */
function neededOutside(
  { products: all }: PromotionSources,
  products: readonly NamedProduct[],
  book: ReleaseBook,
): readonly ProductName[] {
  const inside = new Set<string>(products.map(({ name }) => name));
  const needed = new Set<string>();
  for (const { needs } of book.all) for (const name of Object.keys(needs)) needed.add(name);
  if (needed.size === 0) return [];
  return all.map(({ name }) => name).filter((name) => needed.has(name) && !inside.has(name));
}

/** What is read of the two repositories side by side: the workspace's refs, and the pins. */
interface Look {
  readonly refs: Promise<RefSnapshot>;
  readonly pins: Promise<Pinned>;
}

interface Pinned {
  readonly tip: CommitId;
  readonly tipAt: Timestamp;
  readonly ground: Ground;
}

function beginLook(
  sources: PromotionSources,
  scope: ObserveScope,
  products: readonly NamedProduct[],
): Look {
  const { workspace, gitops, config } = sources;
  const branch = branchRef(config.gitops.branch);
  const names = products.map(({ name }) => name);
  const wanted = workspaceRefs(sources, scope, names);
  if (workspace === gitops) {
    const all = { refs: [...new Set([...wanted, branch])], depth: 'history' } as const;
    const refs = workspace.fetch(all);
    return { refs, pins: refs.then((heads) => readPins(sources, scope, products, heads)) };
  }
  const heads = gitops.fetch({ refs: [branch], depth: scope.history ? 'history' : 'tip' });
  const fresh = scope.fresh === true;
  const fetchReleases = (): Promise<RefSnapshot> =>
    workspace.fetch({ refs: wanted, depth: 'history', fresh });
  return {
    refs: fresh ? heads.then(fetchReleases) : fetchReleases(),
    pins: heads.then((found) => readPins(sources, scope, products, found)),
  };
}

async function readPins(
  sources: PromotionSources,
  { history }: ObserveScope,
  products: readonly NamedProduct[],
  heads: RefSnapshot,
): Promise<Pinned> {
  const { gitops, config } = sources;
  const branch = branchRef(config.gitops.branch);
  const tip = requireTip(heads, branch, gitops);
  const [ground, commits] = await Promise.all([
    readGround({ sources, history, products, tip, branch }),
    gitops.readCommits([tip]),
  ]);
  return { tip, tipAt: commits.get(tip)?.committedAt ?? 0, ground };
}

/**
 * What is read of the workspace's refs: releases, release branches, environment tags. Whoever knows
 * beforehand which products it will be about can fetch them early.
 */
export function workspaceRefs(
  { config, configBranch }: Pick<PromotionSources, 'config' | 'configBranch'>,
  { requests }: Pick<ObserveScope, 'requests'>,
  names: readonly ProductName[],
): readonly string[] {
  const refs = releaseRefs(names, config, configBranch).filter(
    (ref) => !ref.startsWith('refs/lanewise/'),
  );
  if (names.length > manyProducts) {
    return ['refs/tags/', ...refs.filter((ref) => !ref.startsWith('refs/tags/'))];
  }
  const targets = [...config.targets.keys()].filter(
    (target) => requests || isRecorded(config, target),
  );
  const tags = targets.flatMap((target) => [
    `refs/tags/${target}`,
    ...(requests ? [`refs/tags/${target}/`] : names.map((name) => `refs/tags/${target}/${name}@*`)),
  ]);
  return [...refs, ...tags];
}

function isRecorded(config: PromotionSources['config'], target: string): boolean {
  return [...config.environments.values()].some(({ name, tags }) => tags && name === target);
}

/** For images built from another commit: whether its inputs are the release's. */
async function compareSources(
  { compareInputs }: PromotionSources,
  book: ReleaseBook,
  request: PromotionRequest | undefined,
): Promise<ReadonlyMap<string, boolean>> {
  const answers = new Map<string, boolean>();
  if (request?.kind !== 'name' || compareInputs === undefined) return answers;
  for (const { product, version, builtFrom } of request.promotions) {
    if (builtFrom === null) continue;
    for (const release of askedReleases(book, product, version)) {
      if (release.commit === builtFrom) continue;
      answers.set(`${release.tag} ${builtFrom}`, await compareInputs(release, builtFrom));
    }
  }
  return answers;
}

function askedReleases(
  book: ReleaseBook,
  product: ProductName,
  version: string | null,
): readonly Release[] {
  if (version === null) return book.releases(product).slice(0, 10);
  const release = book.find(product, version);
  return release === null ? [] : [release];
}
