import type { CommitId, EnvironmentName } from '@lanewise/model';
import type { Rewritten } from './cell.js';
import type { HistoryIndex, IndexedCommit } from './history-index.js';
import type { RecordTag } from './observe-tags.js';
import type { PromotionSources } from './promotion-sources.js';

interface Question {
  readonly tip: CommitId;
  /** null: the past was not read. */
  readonly index: HistoryIndex | null;
  readonly records: readonly RecordTag[];
}

/**
 * Environments whose past was replaced: a tip that was kept, or a commit that a record names, is no
 * ancestor of the branch's head. What landed before cannot be told any more, so nothing may land
 * there by itself until a promotion by name has settled it.
 */
export async function findRewritten(
  { config, gitops }: PromotionSources,
  { tip, index, records }: Question,
): Promise<ReadonlyMap<EnvironmentName, Rewritten>> {
  const found = new Map<EnvironmentName, Rewritten>();
  if (index === null) return found;
  for (const { lost, after } of index.lostTips) {
    const from = after === null ? 0 : positionAfter(index, after);
    for (const environment of config.environments.keys()) {
      const settled = commitsFrom(index, from).some((commit) => isByName(commit, environment));
      if (!settled) found.set(environment, { lost, why: sentence(config.gitops.branch, lost) });
    }
  }
  for (const record of await lostRecords(gitops, { tip, index, records })) {
    for (const environment of record.environments) {
      const settled = commitsFrom(index, 0).some(
        (commit) => commit.at >= record.at && isByName(commit, environment),
      );
      if (settled || found.has(environment)) continue;
      const why = `${record.name} records ${record.landed.slice(0, 8)}, which is not in the history of '${config.gitops.branch}'`;
      found.set(environment, { lost: record.landed, why });
    }
  }
  return found;
}

async function lostRecords(
  gitops: PromotionSources['gitops'],
  { tip, index, records }: Question & { readonly index: HistoryIndex },
): Promise<readonly RecordTag[]> {
  const unknown = records.filter(({ landed }) => !index.has(landed));
  if (unknown.length === 0) return [];
  const ancestry = await gitops.readAncestry([tip, ...unknown.map(({ landed }) => landed)]);
  return unknown.filter(({ landed }) => !ancestry.contains(tip, landed));
}

/** A commit that is not there any more leaves nothing settled. */
function positionAfter(index: HistoryIndex, commit: CommitId): number {
  const found = commitsFrom(index, 0).find((one) => one.commit === commit);
  return found === undefined ? index.count : found.position + 1;
}

function commitsFrom(index: HistoryIndex, first: number): readonly IndexedCommit[] {
  return Array.from({ length: index.count - first }, (_, at) => index.commit(first + at));
}

function isByName({ trailers }: IndexedCommit, environment: EnvironmentName): boolean {
  return trailers['Origin']?.[0] === 'name' && trailers['Environment']?.[0] === environment;
}

function sentence(branch: string, lost: CommitId): string {
  return `the history of '${branch}' was rewritten: ${lost.slice(0, 8)} is no longer in it, so what landed before cannot be told`;
}
