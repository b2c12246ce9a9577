import type { ProductInputs } from '@lanewise/graph';
import {
  makeAncestry,
  type Ancestry,
  type ChangedCommit,
  type Identity,
  type Repository,
} from '@lanewise/git';
import type { CommitId, ProductName, ProjectName, RepoPath, Timestamp } from '@lanewise/model';
import { broughtByReverted } from './brought.js';
import type { TouchingCommit } from './commits.js';
import type { GlobalRule, InputRules } from './inputs/input-rules.js';
import { makeTouchIndex, type Touch, type TouchIndex } from './touch-index.js';

/** A product whose commits are wanted, with what counts as released already. */
export interface TouchQuestion {
  readonly inputs: ProductInputs;
  readonly rule: GlobalRule;
  readonly released: readonly CommitId[];
  /** Files that are compared by content and made this product affected (the lockfile). */
  readonly special: ReadonlySet<RepoPath>;
}

/** Who made a commit, and what it touched in the whole workspace. */
export interface CommitOrigin {
  readonly author: Identity;
  readonly authoredAt: Timestamp;
  /** Projects whose inputs it touched. */
  readonly projects: ReadonlySet<ProjectName>;
  readonly paths: readonly RepoPath[];
}

/** What is asked of the walk: a question for each affected product. */
export interface TouchRequest {
  readonly questions: readonly TouchQuestion[];
  /** Whether commits keep their origins. */
  readonly origins: boolean;
  /** Sees every commit of the walk, with what stood before each change. */
  readonly watch?: (commit: ChangedCommit) => void;
}

/** A commit of the walk, and what it touched. */
interface Walked {
  readonly commit: Pick<ChangedCommit, 'id' | 'message' | 'parents'>;
  /** Numbers of the members that it touched. */
  readonly members: readonly number[];
  readonly paths: readonly RepoPath[];
  readonly origin: CommitOrigin | null;
}

/**
 * For each product the commits since its base that touched its inputs, newest first: by the same
 * filters and globals by which its inputs are compared, each product's own (with `target` they are
 * not those of the graph). One walk of history serves all products, whatever their bases, and each
 * commit costs what it touched.
 */
export async function readTouchingCommits(
  repository: Pick<Repository, 'readHistory'>,
  head: CommitId,
  rules: InputRules,
  ancestry: Ancestry,
  { questions, origins, watch }: TouchRequest,
): Promise<ReadonlyMap<ProductName, readonly TouchingCommit[]>> {
  if (questions.length === 0) return new Map();
  const since = commonPast(questions, ancestry);
  const index = makeTouchIndex(questions, rules);
  const walked: Walked[] = [];
  const before = watch !== undefined;
  const walk = { tip: head, since, firstParent: false, before };
  for await (const commit of repository.readHistory(walk)) {
    watch?.(commit);
    walked.push(sortChanges(commit, index, origins));
  }
  const brought = broughtByReverted(walked.map(({ commit }) => commit));
  const isOld = releasedBefore(new Map(walked.map(({ commit }) => [commit.id, commit.parents])));
  const old = questions.map(({ released }) => isOld(released));
  const found = questions.map((): TouchingCommit[] => []);
  for (const one of walked) {
    for (const [number, touch] of index.touched(one.members, one.paths)) {
      if (old[number]?.has(one.commit.id) === true) continue;
      found[number]?.push(touchingCommit(one, touch, index, brought.get(one.commit.id)));
    }
  }
  return new Map(
    questions.map(({ inputs }, number) => [inputs.product.name, found[number] ?? []] as const),
  );
}

function touchingCommit(
  { commit, origin }: Walked,
  { own, members }: Touch,
  { project, isCountedTwice }: TouchIndex,
  brought: ReadonlySet<CommitId> | undefined,
): TouchingCommit {
  const { id, message, parents } = commit;
  const ofProduct = (): CommitOrigin['projects'] => new Set(members.map(project));
  return {
    id,
    message,
    merge: parents.length > 1,
    dependency: !own,
    ...(brought !== undefined && { brought }),
    ...(origin !== null && {
      origin: isCountedTwice ? { ...origin, projects: ofProduct() } : origin,
    }),
  };
}

function sortChanges(
  { changes, id, message, parents, author, authoredAt }: ChangedCommit,
  index: TouchIndex,
  origins: boolean,
): Walked {
  const members = new Set<number>();
  for (const { path } of changes) index.addMembers(path, members);
  const paths = changes.map(({ path }) => path);
  const projects = (): CommitOrigin['projects'] => new Set([...members].map(index.project));
  const origin = origins ? { author, authoredAt, projects: projects(), paths } : null;
  return { commit: { id, message, parents }, members: [...members], paths, origin };
}

/** A base that all others contain: nothing before it is news to anybody. None: the walk goes to the start. */
export function commonPast(
  questions: readonly { readonly released: readonly CommitId[] }[],
  ancestry: Ancestry,
): readonly CommitId[] {
  const released = [...new Set(questions.flatMap((question) => question.released))];
  let [oldest] = released;
  if (oldest === undefined || questions.some((question) => question.released.length === 0))
    return [];
  for (const commit of released) if (ancestry.contains(oldest, commit)) oldest = commit;
  const past = oldest;
  return released.every((commit) => ancestry.contains(commit, past)) ? [past] : [];
}

/** Tells of sets of released commits what they contain of the walk: products with equal bases share it. */
export function releasedBefore(
  parents: ReadonlyMap<CommitId, readonly CommitId[]>,
): (released: readonly CommitId[]) => Pick<ReadonlySet<CommitId>, 'has'> {
  const walked = makeAncestry(parents);
  return (released) => ({ has: (commit) => released.some((one) => walked.contains(one, commit)) });
}
