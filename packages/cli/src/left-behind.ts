import type { EnvironmentName, ProductName } from '@lanewise/model';
import {
  cellKey,
  otherChangesSince,
  readTakenBack,
  type CommitNote,
  type PromotionPlan,
  type PromotionSources,
  type PromotionState,
  type TakenBackCommit,
} from '@lanewise/promotion';

/** What going back to an earlier release takes out of an environment, and what it leaves there. */
export interface LeftBehind {
  readonly product: ProductName;
  readonly environment: EnvironmentName;
  /** Commits of the workspace that no longer run. */
  readonly commits: readonly TakenBackCommit[];
  /** Other changes of the product's manifests since that release: they stay as they are. */
  readonly otherChanges: readonly CommitNote[];
}

/** Reads it for every decision that goes back; `state` is what was there before. */
export async function readLeftBehind(
  { workspace }: PromotionSources,
  plan: PromotionPlan,
  state: PromotionState | null,
): Promise<readonly LeftBehind[]> {
  const found: LeftBehind[] = [];
  for (const { product, environment, version, verdict, takesBack } of plan.decisions) {
    if (takesBack === null || verdict !== 'promote' || product === null || environment === null) {
      continue;
    }
    const commits = await readTakenBack(workspace, takesBack);
    const cell = state?.cells.get(cellKey(environment, product));
    const otherChanges =
      cell === undefined || version === null ? [] : otherChangesSince(cell, version);
    found.push({ product, environment, commits, otherChanges });
  }
  return found;
}
