import {
  didYouMean,
  LanewiseError,
  show,
  type EnvironmentName,
  type ProductName,
  type Release,
} from '@lanewise/model';
import { cellKey, type Cell } from './cell.js';
import type { PromotionState } from './state.js';

/** The environments that a name stands for. Throws ENVIRONMENT_UNKNOWN. */
export function resolveTarget(state: PromotionState, target: string): readonly EnvironmentName[] {
  const { targets } = state.config;
  const members = targets.get(target);
  if (members !== undefined) return members;
  throw new LanewiseError(
    'ENVIRONMENT_UNKNOWN',
    `${show(target)} is no environment and no group.`,
    {
      hint: didYouMean(target, targets.keys(), `Known are: ${[...targets.keys()].join(', ')}.`),
    },
  );
}

/** The cells of a product in the environments that a name stands for. Throws PRODUCT_UNKNOWN, ENVIRONMENT_UNKNOWN. */
export function resolveCells(
  state: PromotionState,
  product: ProductName,
  target: string,
): readonly Cell[] {
  const environments = resolveTarget(state, target);
  requireProduct(state, product);
  return environments.flatMap(
    (environment) => state.cells.get(cellKey(environment, product)) ?? [],
  );
}

/** Throws PRODUCT_UNKNOWN for a product that was not read. */
export function requireProduct(state: PromotionState, product: ProductName): void {
  if (state.products.includes(product)) return;
  throw new LanewiseError('PRODUCT_UNKNOWN', `${show(product)} is no product.`, {
    hint: didYouMean(product, state.products, 'lanewise status lists the products.'),
  });
}

/** A release by what somebody typed. Throws RELEASE_UNKNOWN, NO_RELEASES. */
export function resolveRelease(state: PromotionState, product: ProductName, text: string): Release {
  requireReleases(state, product);
  const release = state.book.find(product, text);
  if (release !== null) return release;
  refuseProblem(state, product, text);
  const newest = state.book
    .releases(product)
    .slice(0, 5)
    .map(({ version }) => version);
  throw new LanewiseError('RELEASE_UNKNOWN', `${product} ${show(text)} was never released.`, {
    hint: didYouMean(text, newest, `Its newest releases are: ${newest.join(', ')}.`),
  });
}

/** Throws NO_RELEASES for a product without any release. */
export function requireReleases(state: PromotionState, product: ProductName): void {
  if (state.book.releases(product).length > 0) return;
  refuseProblem(state, product, null);
  throw new LanewiseError('NO_RELEASES', `${product} has no release.`, {
    hint: `Make releases of what runs now with 'lanewise adopt ${product}', or the first one with 'lanewise release ${product} --first'.`,
  });
}

/** A tag that looks like the release and is none is told with what is wrong with it. */
function refuseProblem(state: PromotionState, product: ProductName, version: string | null): void {
  const problem = state.book.problems.find(
    (one) => one.product === product && (version === null || one.version === version),
  );
  if (problem === undefined) return;
  throw new LanewiseError(problem.code, problem.message, { hint: problem.hint ?? undefined });
}
