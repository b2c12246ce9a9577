import type { Identity, RefUpdate, Repository, TagDraft } from '@lanewise/git';
import { isLanewiseError, LanewiseError, tagRef } from '@lanewise/model';
import { recordMessage } from './message.js';
import type { Intent, PlannedRecord } from './plan.js';
import { recordTag } from './plans/records.js';
import type { PromotionState } from './state.js';

/** The name of the record that a promotion leaves; null where it leaves none, or a tag of that name exists. */
export function recordNameOf(state: PromotionState, intent: Intent): string | null {
  if (intent.kind !== 'promote') return null;
  const { environment, product, to } = intent;
  if (state.config.environments.get(environment)?.tags !== true) return null;
  const name = recordTag(environment, product, to);
  return state.environmentTags.has(name) ? null : name;
}

/** A tag named like the environment stands where the folder of its tags would be. */
export function blockedRecord(state: PromotionState, intent: Intent): LanewiseError | null {
  if (intent.kind !== 'promote' || recordNameOf(state, intent) === null) return null;
  const { environment } = intent;
  if (!state.environmentTags.has(environment)) return null;
  return new LanewiseError(
    'REF_BLOCKED',
    `The tag '${environment}' stands in the way of tags such as '${recordTag(environment, intent.product, intent.to)}': Git cannot keep both.`,
    {
      hint: `Rename it (git tag ${environment}-old ${environment}; git push origin ${environment}-old :refs/tags/${environment}), or say 'tags: false' for ${environment}.`,
    },
  );
}

/** Writes record tags into the store and gives the updates that publish them. */
export async function writeRecords(
  repository: Pick<Repository, 'write'>,
  records: readonly PlannedRecord[],
  tagger: Identity,
  at: number,
): Promise<readonly RefUpdate[]> {
  if (records.length === 0) return [];
  const drafts = records.map((record): TagDraft => ({
    kind: 'tag',
    mark: record.tag,
    name: record.tag,
    target: record.source,
    message: recordMessage(record),
    tagger,
    at,
  }));
  const ids = await repository.write(drafts);
  return records.flatMap(({ tag }) => {
    const to = ids.get(tag);
    return to === undefined ? [] : [{ ref: tagRef(tag), expected: null, to }];
  });
}

/**
 * Publishes records that stand in another repository than the promotion. They only tell what
 * happened, so nothing that goes wrong here fails a promotion that landed: a later run writes what
 * is missing. Gives the names written, and what to say.
 */
export async function publishRecords(
  workspace: Repository,
  records: readonly PlannedRecord[],
  tagger: Identity,
  at: number,
): Promise<{ readonly written: readonly string[]; readonly notice: string | null }> {
  if (records.length === 0) return { written: [], notice: null };
  try {
    const updates = await writeRecords(workspace, records, tagger, at);
    return await publishMissing(workspace, updates);
  } catch (error) {
    if (!isLanewiseError(error)) throw error;
    return { written: [], notice: later(records.length, error.message) };
  }
}

async function publishMissing(
  workspace: Repository,
  updates: readonly RefUpdate[],
): Promise<{ written: readonly string[]; notice: string | null }> {
  const names = (list: readonly RefUpdate[]): string[] =>
    list.map(({ ref }) => ref.slice('refs/tags/'.length));
  const outcome = await workspace.publish(updates);
  if (outcome.kind === 'published') return { written: names(updates), notice: null };
  if (outcome.kind === 'refused')
    return { written: [], notice: later(updates.length, outcome.reason) };
  const there = new Set(outcome.moved.map(({ ref }) => ref));
  const rest = updates.filter(({ ref }) => !there.has(ref));
  if (rest.length === 0 || rest.length === updates.length) return { written: [], notice: null };
  return publishMissing(workspace, rest);
}

function later(count: number, why: string): string {
  const what = count === 1 ? 'A record tag was' : `${count} record tags were`;
  return `${what} not written (${why.replace(/\.$/, '')}); the next lanewise promote --ready writes what is missing.`;
}
