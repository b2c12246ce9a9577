import { ownProjects, type ProductInputs } from '@lanewise/graph';
import type { Ancestry, ChangedCommit, Identity, Repository } from '@lanewise/git';
import type { CommitId, ProductName, ProjectName, RepoPath, Timestamp } from '@lanewise/model';
import { broughtByReverted } from './brought.js';
import type { TouchingCommit } from './commits.js';
import type { GlobalRule, InputRules } from './inputs/input-rules.js';

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
}

/** A commit of the walk, and what it touched. */
interface Walked {
  readonly commit: Pick<ChangedCommit, 'id' | 'message' | 'parents'>;
  readonly projects: ReadonlySet<ProjectName>;
  readonly paths: readonly RepoPath[];
  readonly origin: CommitOrigin | null;
}

/**
 * For each product the commits since its base that touched its inputs, newest first. One walk of
 * history serves all products, whatever their bases.
 */
export async function readTouchingCommits(
  repository: Pick<Repository, 'readHistory'>,
  head: CommitId,
  rules: InputRules,
  ancestry: Ancestry,
  { questions, origins }: TouchRequest,
): Promise<ReadonlyMap<ProductName, readonly TouchingCommit[]>> {
  if (questions.length === 0) return new Map();
  const since = commonPast(questions, ancestry);
  const walked: Walked[] = [];
  for await (const commit of repository.readHistory({ tip: head, since, firstParent: false })) {
    walked.push(sortChanges(commit, rules, origins));
  }
  const brought = broughtByReverted(walked.map(({ commit }) => commit));
  const parents = new Map(walked.map(({ commit }) => [commit.id, commit.parents]));
  const news = new Map<string, readonly Walked[]>();
  const unreleased = (released: readonly CommitId[]): readonly Walked[] => {
    const key = [...released].sort().join();
    const known = news.get(key);
    if (known !== undefined) return known;
    const old = reachableFrom(released, parents);
    const found = walked.filter(({ commit }) => !old.has(commit.id));
    news.set(key, found);
    return found;
  };
  return new Map(
    questions.map((question) => [
      question.inputs.product.name,
      unreleased(question.released).flatMap(
        (one) => touch(one, question, brought.get(one.commit.id)) ?? [],
      ),
    ]),
  );
}

function touch(
  { commit, projects, paths, origin }: Walked,
  question: TouchQuestion,
  brought: ReadonlySet<CommitId> | undefined,
): TouchingCommit | null {
  const { inputs, rule, special } = question;
  const own =
    ownProjects(inputs.product).some((project) => projects.has(project)) ||
    (rule.patterns.length > 0 && paths.some((path) => rule.test(path)));
  const touched =
    own ||
    inputs.members.some(({ project }) => projects.has(project.name)) ||
    paths.some((path) => special.has(path));
  if (!touched) return null;
  const { id, message, parents } = commit;
  return {
    id,
    message,
    merge: parents.length > 1,
    dependency: !own,
    ...(brought !== undefined && { brought }),
    ...(origin !== null && { origin }),
  };
}

function sortChanges(
  { changes, id, message, parents, author, authoredAt }: ChangedCommit,
  rules: InputRules,
  origins: boolean,
): Walked {
  const projects = new Set<ProjectName>();
  for (const { path } of changes) {
    for (const project of rules.owners(path)) {
      if (!projects.has(project.name) && rules.counts(project, path)) projects.add(project.name);
    }
  }
  const paths = changes.map(({ path }) => path);
  const origin = origins ? { author, authoredAt, projects, paths } : null;
  return { commit: { id, message, parents }, projects, paths, origin };
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

function reachableFrom(
  tips: readonly CommitId[],
  parents: ReadonlyMap<CommitId, readonly CommitId[]>,
): ReadonlySet<CommitId> {
  const seen = new Set<CommitId>();
  const open = [...tips];
  for (let commit = open.pop(); commit !== undefined; commit = open.pop()) {
    if (seen.has(commit)) continue;
    seen.add(commit);
    for (const parent of parents.get(commit) ?? []) open.push(parent);
  }
  return seen;
}
