import type { PublishOutcome, RefUpdate } from '@lanewise/git';
import type { CommitId } from '@lanewise/model';
import { draftCommits, type DraftedIntent } from './draft.js';
import type { Intent, PlannedRecord } from './plan.js';
import { recordTag } from './plans/records.js';
import type { PromotionSources, Surroundings } from './promotion-sources.js';
import type { FailedPromotion } from './promotion-result.js';
import { blockedRecord, publishRecords, recordNameOf, writeRecords } from './records.js';
import { keepSeenTip } from './seen-tip.js';
import type { PromotionState } from './state.js';

/** An intent that reached the branch. */
export interface Applied {
  readonly intent: Intent;
  readonly commit: CommitId;
}

export type ApplyOutcome =
  | {
      readonly kind: 'published';
      readonly applied: readonly Applied[];
      readonly records: readonly string[];
      readonly failed: readonly FailedPromotion[];
      readonly notices: readonly string[];
    }
  | { readonly kind: 'moved' }
  | { readonly kind: 'refused'; readonly reason: string; readonly intents: readonly Intent[] };

export interface ApplyQuestion {
  readonly sources: PromotionSources;
  readonly state: PromotionState;
  readonly intents: readonly Intent[];
  /** Records that an earlier run did not come to write. */
  readonly records: readonly PlannedRecord[];
}

/**
 * Writes the commits of the intents and publishes them in one push. Where the GitOps repository is
 * the workspace, the records go with them, all or nothing; else they follow.
 */
export async function applyIntents(
  { sources, state, intents, records }: ApplyQuestion,
  { identity }: Surroundings,
): Promise<ApplyOutcome> {
  const { gitops, workspace } = sources;
  const blocked = intents.flatMap((intent) => {
    const error = blockedRecord(state, intent);
    return error === null ? [] : [{ intent, error }];
  });
  const free = intents.filter((intent) => !blocked.some((one) => one.intent === intent));
  const drafted = await draftCommits(gitops, state, free, identity);
  const failed = [...blocked, ...drafted.failed].map(toFailed);
  const ids =
    drafted.drafts.length === 0
      ? new Map()
      : await gitops.write(drafted.drafts.map(({ draft }) => draft));
  const applied = drafted.drafts.map(({ intent, draft }) => ({
    intent,
    commit: ids.get(draft.mark) as CommitId,
  }));
  const unblocked = records.filter(({ environment }) => !state.environmentTags.has(environment));
  const due = [...unblocked, ...recordsOf(state, applied)];
  const tip = applied.at(-1)?.commit;
  const branch = branchUpdate(state, tip);
  if (state.oneRepository) {
    const tags = await writeRecords(gitops, due, identity, state.now);
    const outcome = await publish(gitops, [...branch, ...tags]);
    if (outcome.kind !== 'published') return notPublished(outcome, drafted.drafts);
    if (tip !== undefined) await keepSeenTip(gitops, state.branch, tip);
    return { kind: 'published', applied, records: due.map(({ tag }) => tag), failed, notices: [] };
  }
  const outcome = await publish(gitops, branch);
  if (outcome.kind !== 'published') return notPublished(outcome, drafted.drafts);
  if (tip !== undefined) await keepSeenTip(gitops, state.branch, tip);
  const { written, notice } = await publishRecords(workspace, due, identity, state.now);
  return {
    kind: 'published',
    applied,
    records: written,
    failed,
    notices: notice === null ? [] : [notice],
  };
}

async function publish(
  repository: PromotionSources['gitops'],
  updates: readonly RefUpdate[],
): Promise<PublishOutcome> {
  return updates.length === 0 ? { kind: 'published' } : repository.publish(updates);
}

function branchUpdate(
  { branch, tip }: PromotionState,
  to: CommitId | undefined,
): readonly RefUpdate[] {
  return to === undefined ? [] : [{ ref: branch, expected: tip, to }];
}

function notPublished(
  outcome: Exclude<PublishOutcome, { kind: 'published' }>,
  drafts: readonly DraftedIntent[],
): ApplyOutcome {
  if (outcome.kind === 'moved') return { kind: 'moved' };
  return { kind: 'refused', reason: outcome.reason, intents: drafts.map(({ intent }) => intent) };
}

function recordsOf(state: PromotionState, applied: readonly Applied[]): readonly PlannedRecord[] {
  return applied.flatMap(({ intent, commit }): PlannedRecord[] => {
    if (intent.kind !== 'promote' || recordNameOf(state, intent) === null) return [];
    const { environment, product, to: version, source } = intent;
    return [
      {
        tag: recordTag(environment, product, version),
        product,
        environment,
        version,
        source,
        landed: commit,
      },
    ];
  });
}

function toFailed({
  intent,
  error,
}: {
  intent: Intent;
  error: FailedPromotion['error'];
}): FailedPromotion {
  return { product: intent.product, environment: intent.environment, error };
}
