import type { Repository } from '@lanewise/git';
import {
  oneLine,
  type CommitId,
  type EnvironmentName,
  type ProductName,
  type RepoPath,
} from '@lanewise/model';
import { cellKey, type Cell, type CellState } from '../cell.js';
import type { TakenBackCommit } from '../plan.js';
import type { PromotionState } from '../state.js';

/** One product in two environments. */
export interface EnvironmentDifference {
  readonly product: ProductName;
  readonly left: CellState;
  readonly right: CellState;
  /** How what runs on the left compares with the right. */
  readonly relation: 'same' | 'newer' | 'older' | 'unrelated' | 'unknown';
  /** The commits between: what would ship if the left were brought to the right, or be taken back. */
  readonly range: { readonly from: CommitId; readonly to: CommitId } | null;
}

/** What differs between two environments, product by product; those that are the same too. */
export function diffEnvironments(
  state: PromotionState,
  left: EnvironmentName,
  right: EnvironmentName,
): readonly EnvironmentDifference[] {
  return state.products.flatMap((product) => {
    const cells = [left, right].map((environment) =>
      state.cells.get(cellKey(environment, product)),
    );
    const [a, b] = cells;
    if (a === undefined || b === undefined) return [];
    if (a.state.kind === 'outside' && b.state.kind === 'outside') return [];
    return [difference(state, a, b)];
  });
}

function difference({ ancestry }: PromotionState, a: Cell, b: Cell): EnvironmentDifference {
  const base = { product: a.product, left: a.state, right: b.state };
  if (a.state.kind === 'release' && b.state.kind === 'empty') {
    return { ...base, relation: 'newer', range: null };
  }
  if (a.state.kind !== 'release' || b.state.kind !== 'release') {
    return { ...base, relation: 'unknown', range: null };
  }
  const [from, to] = [b.state.release, a.state.release];
  if (from.version === to.version) return { ...base, relation: 'same', range: null };
  const range = { from: from.commit, to: to.commit };
  if (ancestry.contains(to.commit, from.commit)) return { ...base, relation: 'newer', range };
  if (ancestry.contains(from.commit, to.commit)) {
    return { ...base, relation: 'older', range: { from: to.commit, to: from.commit } };
  }
  return { ...base, relation: 'unrelated', range };
}

/** A commit of the workspace, in a line. */
export interface SourceCommit {
  readonly commit: CommitId;
  readonly subject: string;
  readonly author: string;
  readonly at: number;
}

/**
 * The commits that `to` has and `from` has not, newest first. `paths`: only those that touch these
 * (the roots of what the product is built from). Needs the workspace's history.
 */
export async function readCommitsBetween(
  workspace: Pick<Repository, 'readHistory'>,
  { from, to }: { readonly from: CommitId; readonly to: CommitId },
  paths?: readonly RepoPath[],
): Promise<readonly SourceCommit[]> {
  const commits: SourceCommit[] = [];
  const request = {
    tip: to,
    since: [from],
    firstParent: false,
    ...(paths !== undefined && { paths }),
  };
  for await (const { id, message, author, authoredAt } of workspace.readHistory(request)) {
    commits.push({
      commit: id,
      subject: subjectOf(message),
      author: oneLine(author.name),
      at: authoredAt,
    });
  }
  return commits;
}

/**
 * The commits that going from one release to another takes back, those marked that the other has
 * as well: a cherry-pick keeps author, date and subject, and changes the same files.
 */
export async function readTakenBack(
  workspace: Pick<Repository, 'readHistory'>,
  { from, to }: { readonly from: CommitId; readonly to: CommitId },
  paths?: readonly RepoPath[],
): Promise<readonly TakenBackCommit[]> {
  const limits = { firstParent: false, ...(paths !== undefined && { paths }) };
  const kept = new Map<string, CommitId>();
  for await (const commit of workspace.readHistory({ tip: to, since: [from], ...limits })) {
    kept.set(signOf(commit), commit.id);
  }
  const taken: TakenBackCommit[] = [];
  for await (const commit of workspace.readHistory({ tip: from, since: [to], ...limits })) {
    const { id, message, author } = commit;
    const equalTo = kept.get(signOf(commit)) ?? null;
    taken.push({ commit: id, subject: subjectOf(message), author: oneLine(author.name), equalTo });
  }
  return taken;
}

type Signed = { readonly message: string; readonly authoredAt: number } & {
  readonly author: { readonly email: string };
  readonly changes: readonly { readonly path: RepoPath }[];
};

function signOf({ message, authoredAt, author, changes }: Signed): string {
  const files = changes.map(({ path }) => path).sort();
  return JSON.stringify([subjectOf(message), authoredAt, author.email, files]);
}

function subjectOf(message: string): string {
  return oneLine(message.split('\n', 1)[0] ?? '');
}
