import type { RefSnapshot, Repository } from '@lanewise/git';
import {
  branchRef,
  didYouMean,
  LanewiseError,
  show,
  type CommitId,
  type NamedProduct,
  type ProductName,
  type RefName,
  type Release,
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
import { listsWholeTree, readCells } from './observe-cells.js';
import { readEnvironmentTags } from './observe-tags.js';
import type { PromotionRequest } from './plan.js';
import type { PromotionSources } from './promotion-sources.js';
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
  const branch = branchRef(sources.config.gitops.branch);
  const { refs, tip } = await fetchBoth(sources, scope, products, branch);
  const { workspace, config } = sources;
  const book = await readReleases(workspace, refs, { products, config });
  const needed = neededOutside(sources, products, book);
  if (needed.length > 0) {
    const more = { ...scope, products: [...products.map(({ name }) => name), ...needed] };
    return observePromotion(sources, more, now, request);
  }
  const branches = readReleaseBranches(refs, config, sources.configBranch);
  const commits = new Set([
    ...book.all.map(({ commit }) => commit),
    ...branches.map((one) => one.tip),
  ]);
  const [ancestry, tags, tips, equalSources] = await Promise.all([
    workspace.readAncestry([...commits]),
    readEnvironmentTags(sources, refs, scope),
    sources.gitops.readCommits([tip]),
    compareSources(sources, book, request),
  ]);
  const cells = await readCells({ sources, scope, products, tip, branch, book, ancestry });
  const certain = scope.history && (scope.fresh === true || workspace === sources.gitops);
  if (!certain && isUnknownThere(sources, cells.cells, request)) {
    return observePromotion(sources, { ...scope, history: true, fresh: true }, now, request);
  }
  const inScope = new Set(products.map(({ name }) => name));
  const tipAt = tips.get(tip)?.committedAt ?? 0;
  const rewritten = await findRewritten(sources, {
    tip,
    index: cells.index,
    records:
      cells.index === null
        ? []
        : await credibleRecords(sources.gitops, tags.records, { cells: cells.cells, book }),
  });
  return {
    config,
    now,
    tip,
    tipAt,
    branch,
    products: products.map(({ name }) => name),
    cells: cells.cells,
    book,
    ancestry,
    strayReleases: new Set(
      book.all.filter(({ commit }) => !isOnReleaseBranch(commit, branches, ancestry)),
    ),
    locks: cells.locks,
    requests: scope.requests ? tags.requests.filter((tag) => inScope.has(tag.product)) : [],
    environmentTags: tags.names,
    rewritten,
    equalSources,
    historyRead: scope.history,
    oneRepository: sources.workspace === sources.gitops,
    notices: [...new Set([...rewritten.values()].map(({ why }) => `${why}.`))],
  };
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
  const needed = new Set<string>([...book.all.flatMap(({ needs }) => Object.keys(needs))]);
  return all.map(({ name }) => name).filter((name) => needed.has(name) && !inside.has(name));
}

interface Fetched {
  readonly refs: RefSnapshot;
  readonly tip: CommitId;
}

async function fetchBoth(
  sources: PromotionSources,
  scope: ObserveScope,
  products: readonly NamedProduct[],
  branch: RefName,
): Promise<Fetched> {
  const { workspace, gitops } = sources;
  const names = products.map(({ name }) => name);
  const wanted = workspaceRefs(sources, scope, names);
  if (workspace === gitops) {
    const refs = await workspace.fetch({
      refs: [...new Set([...wanted, branch])],
      depth: 'history',
    });
    return { refs, tip: requireTip(refs, branch, gitops) };
  }
  const fetchHeads = async (): Promise<RefSnapshot> => {
    const heads = await gitops.fetch({ refs: [branch], depth: scope.history ? 'history' : 'tip' });
    const tip = heads.refs.get(branch);
    // Beside what is read of the workspace: the repository keeps the list for whoever asks next.
    if (tip !== undefined && listsWholeTree(sources.config, products))
      gitops.listFiles(tip).catch(() => undefined);
    return heads;
  };
  const fetchReleases = (fresh: boolean): Promise<RefSnapshot> =>
    workspace.fetch({ refs: wanted, depth: 'history', fresh });
  if (scope.fresh === true) {
    const heads = await fetchHeads();
    return { refs: await fetchReleases(true), tip: requireTip(heads, branch, gitops) };
  }
  const [refs, heads] = await Promise.all([fetchReleases(false), fetchHeads()]);
  return { refs, tip: requireTip(heads, branch, gitops) };
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

function requireTip(refs: RefSnapshot, branch: RefName, { name }: Repository): CommitId {
  const tip = refs.refs.get(branch);
  if (tip !== undefined) return tip as CommitId;
  const short = branch.replace('refs/heads/', '');
  throw new LanewiseError(
    'REF_UNKNOWN',
    `The GitOps repository ${name} has no branch '${short}'.`,
    {
      hint: `Push a first commit to it, or say in gitops.branch which one Argo CD or Flux follow.`,
    },
  );
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
