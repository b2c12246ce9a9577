import type { RefSnapshot, TagObject } from '@lanewise/git';
import type { CommitId, ObjectId, RefName, Timestamp } from '@lanewise/model';
import {
  parseEnvironmentTag,
  recordedCommit,
  type EnvironmentTag,
  type EnvironmentTagName,
} from './environment-tag.js';
import type { PromotionSources } from './promotion-sources.js';
import type { ObserveScope } from './scope.js';

/** A tag that says what a promotion did. */
export interface RecordTag extends EnvironmentTagName {
  readonly name: string;
  readonly landed: CommitId;
  /** The commit of the workspace that the tag stands on; null: none. */
  readonly commit: CommitId | null;
  readonly at: Timestamp;
}

export interface EnvironmentTags {
  readonly requests: readonly EnvironmentTag[];
  readonly records: readonly RecordTag[];
  /** Every tag that is called like an environment or group, or stands below one. */
  readonly names: ReadonlySet<string>;
}

interface Found extends EnvironmentTagName {
  readonly name: string;
  readonly ref: RefName;
  readonly object: ObjectId;
}

/** Nobody stacks tags higher by accident. */
const deepest = 5;

/** Reads environment tags: requests and records. One batch for all. */
export async function readEnvironmentTags(
  { config, products, workspace }: PromotionSources,
  { refs }: RefSnapshot,
  { requests, history }: ObserveScope,
): Promise<EnvironmentTags> {
  const known = new Set<string>(products.map(({ name }) => name));
  const names = new Set<string>();
  const found: Found[] = [];
  for (const [ref, object] of refs) {
    if (!ref.startsWith('refs/tags/')) continue;
    const name = ref.slice('refs/tags/'.length);
    if (!config.targets.has(name.split('/', 1)[0] ?? '')) continue;
    names.add(name);
    const parsed = parseEnvironmentTag(name, config.targets, known);
    if (parsed !== null) found.push({ ...parsed, name, ref, object });
  }
  if (!requests && !history) return { requests: [], records: [], names };
  const tags = await workspace.readTags(found.map(({ object }) => object));
  const peeled = await peelNested(workspace, tags);
  const read: { requests: EnvironmentTag[]; records: RecordTag[] } = { requests: [], records: [] };
  for (const one of found) {
    const tag = tags.get(one.object) ?? null;
    const landed = tag === null ? null : recordedCommit(tag.message);
    const commit = tag === null ? (one.object as CommitId) : (peeled.get(tag.id) ?? null);
    if (landed === null) read.requests.push({ ...one, commit });
    else read.records.push({ ...one, landed, commit, at: tag?.taggedAt ?? 0 });
  }
  return { ...read, names };
}

/** A tag of a tag (`git tag -a prod/docs@1.4.2 docs@1.4.2` makes one) is followed to its commit. */
async function peelNested(
  workspace: PromotionSources['workspace'],
  tags: ReadonlyMap<ObjectId, TagObject | null>,
): Promise<ReadonlyMap<ObjectId, CommitId>> {
  const commits = new Map<ObjectId, CommitId>();
  let open = [...tags.values()].flatMap((tag) => (tag === null ? [] : [{ outer: tag.id, tag }]));
  for (let depth = 0; open.length > 0 && depth < deepest; depth++) {
    for (const { outer, tag } of open)
      if (tag.targetType === 'commit') commits.set(outer, tag.target as CommitId);
    const nested = open.filter(({ tag }) => tag.targetType === 'tag');
    if (nested.length === 0) break;
    const inner = await workspace.readTags([...new Set(nested.map(({ tag }) => tag.target))]);
    open = nested.flatMap(({ outer, tag }) => {
      const next = inner.get(tag.target) ?? null;
      return next === null ? [] : [{ outer, tag: next }];
    });
  }
  return commits;
}
