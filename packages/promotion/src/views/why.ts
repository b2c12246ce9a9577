import type { EnvironmentName, ProductName } from '@lanewise/model';
import { judgeRelease, type Judged } from '../candidates.js';
import { resolveCells, resolveRelease } from '../resolve.js';
import type { PromotionState } from '../state.js';
import { everRan } from '../past.js';
import { readStatus, type StatusCell } from './status.js';

/** Why a product's newest release is not in an environment, or what it waits for. */
export interface WhyNot extends StatusCell {
  readonly environment: EnvironmentName;
  /** The release that was asked about (else the newest), with the answers of all gates. */
  readonly asked: Judged | null;
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
      ? (state.book.releases(product)[0] ?? null)
      : resolveRelease(state, product, version);
  const status = readStatus({ ...state, products: [product] });
  return cells.flatMap((cell) => {
    const row = status.cells.find(({ environment }) => environment === cell.environment);
    if (row === undefined) return [];
    const command = state.config.environments.get(cell.environment)?.on === 'command';
    const origin = command ? 'name' : 'automation';
    const question = { state, cell, origin, force: [], landing: new Map() } as const;
    const asked = release === null ? null : judgeRelease(question, release);
    return [{ ...row, asked, wasThere: release !== null && everRan(cell.history, release) }];
  });
}
