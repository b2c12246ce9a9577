import type { EnvironmentName, ProductName, Release } from '@lanewise/model';
import { isPrerelease } from '@lanewise/release';
import { judgeRelease, type Judged } from '../candidates.js';
import type { Origin } from '../plan.js';
import { resolveCells, resolveRelease } from '../resolve.js';
import type { PromotionState } from '../state.js';
import { everRan } from '../past.js';
import { readStatus, type StatusCell } from './status.js';

/** Why a product's newest release is not in an environment, or what it waits for. */
export interface WhyNot extends StatusCell {
  readonly environment: EnvironmentName;
  /**
   * The release that was asked about (else the newest), with the answers that all gates give to
   * automation, or where nothing lands by itself to an environment tag.
   */
  readonly asked: Judged | null;
  /** The same asked by name: a lock that a rollback left, say, does not hold that. */
  readonly byName: Judged | null;
  /** Whether it was there before: automation does not bring it again. */
  readonly wasThere: boolean;
}

/** For each environment that the name stands for. Throws PRODUCT_UNKNOWN, ENVIRONMENT_UNKNOWN, RELEASE_UNKNOWN. */
export function explainAbsence(
  state: PromotionState,
  product: ProductName,
  target: string,
  version: string | null = null,
): readonly WhyNot[] {
  const cells = resolveCells(state, product, target);
  const release =
    version === null
      ? newestOf(state.book.releases(product))
      : resolveRelease(state, product, version);
  const status = readStatus({ ...state, products: [product] });
  return cells.flatMap((cell) => {
    const row = status.cells.find(({ environment }) => environment === cell.environment);
    if (row === undefined) return [];
    const command = state.config.environments.get(cell.environment)?.on === 'command';
    const asked = (origin: Origin): Judged | null => {
      const question = { state, cell, origin, force: [], landing: new Map() };
      return release === null ? null : judgeRelease(question, release);
    };
    const wasThere = release !== null && everRan(cell.history, release);
    const byItself = asked(command ? 'request' : 'automation');
    return [{ ...row, asked: byItself, byName: asked('name'), wasThere }];
  });
}

/** The newest full release; where there are only prereleases, the newest of them. */
function newestOf(releases: readonly Release[]): Release | null {
  return releases.find(({ version }) => !isPrerelease(version)) ?? releases[0] ?? null;
}
