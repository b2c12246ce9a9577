import {
  byText,
  oneLine,
  type CommitId,
  type ProductName,
  type ProjectName,
  type RepoPath,
  type Timestamp,
  type Version,
} from '@lanewise/model';
import type { TouchingCommit } from './commits.js';
import type { Reason } from './reason.js';
import type { PlanEntry } from './release-plan.js';
import type { ProductState, ReleaseState } from './state.js';

/** A commit since the base that touched something of the product. */
export interface ExplainedCommit {
  readonly commit: CommitId;
  readonly author: string;
  readonly at: Timestamp;
  readonly subject: string;
}

/** A file that differs from the base, with the commits that touched it since, newest first. */
export interface ExplainedFile {
  readonly path: RepoPath;
  readonly change: 'deleted' | 'changed';
  readonly commits: readonly CommitId[];
}

/** One cause: what changed, the shortest way from it to the product, and who changed it. */
export interface Cause {
  readonly reason: Reason;
  /** From the product's project to the one that changed; behind it the packages, where it is one. */
  readonly path: readonly string[];
  /** How many files changed there; `files` may be fewer. */
  readonly fileCount: number;
  readonly files: readonly ExplainedFile[];
  /** Commits that touched it, newest first; merges only where nothing else tells. */
  readonly commits: readonly CommitId[];
  /** Of an edge or a filter: the files that say so, and the commits in which they came to. */
  readonly madeBy?: readonly ExplainedFile[];
  /** What is not known of the commits; absent: these changed it, and no others. */
  readonly unsure?: string;
}

/** The release that a product is compared with. */
export interface ExplainedBase {
  readonly tag: string;
  readonly version: Version;
  readonly commit: CommitId;
  readonly at: Timestamp;
}

/** Why a product is affected, or what shows that it is not. */
export interface Explanation {
  readonly product: ProductName;
  readonly project: ProjectName;
  /** What the plan says of the product. */
  readonly entry: PlanEntry;
  /** What it was compared with; null: it has no base. */
  readonly base: ExplainedBase | null;
  readonly head: CommitId;
  readonly causes: readonly Cause[];
  /** Every commit that a cause names, newest first. */
  readonly commits: readonly ExplainedCommit[];
  /** How many commits since the base touched its inputs, whether or not they differ now. */
  readonly touching: number;
}

/**
 * Explains a plan's entry from the state that the plan was made of: a pure function. The state
 * must have been observed with `detail`, else no cause knows its commits.
 */
export function explainProduct(state: ReleaseState, entry: PlanEntry): Explanation {
  const product = state.products.find((one) => one.product === entry.product);
  if (product === undefined)
    throw new TypeError(`The plan's ${entry.product} is not in the state.`);
  const reasons = 'reasons' in entry ? entry.reasons : [];
  const touching = touchingOf(state, product);
  const causes = reasons.map((reason) => explainReason(reason, product, touching));
  const named = new Set(causes.flatMap(({ commits }) => commits));
  return {
    product: entry.product,
    project: product.project,
    entry,
    base: baseOf(product),
    head: state.head.commit,
    causes,
    commits: (product.evidence?.commits ?? product.commits)
      .filter(({ id }) => named.has(id))
      .map(describeCommit),
    touching: product.commits.length,
  };
}

function baseOf({ base }: ProductState): ExplainedBase | null {
  if (base.kind !== 'base') return null;
  const { tag, version, commit, committedAt } = base.release;
  return { tag: tag.replace(/^refs\/tags\//, ''), version, commit, at: committedAt };
}

/** The commits of one product that touched a path, newest first. */
type Touching = (path: RepoPath) => readonly TouchingCommit[];

const indexes = new WeakMap<ReleaseState, ReadonlyMap<RepoPath, readonly CommitId[]>>();

/** Products share most commits, and each may have touched thousands of files: all are indexed once. */
function touchingOf(state: ReleaseState, { commits }: ProductState): Touching {
  const index = indexes.get(state) ?? indexPaths(state);
  indexes.set(state, index);
  const places = new Map(commits.map(({ id }, place) => [id, place]));
  return (path) =>
    (index.get(path) ?? [])
      .flatMap((id) => places.get(id) ?? [])
      .sort((a, b) => a - b)
      .flatMap((place) => commits[place] ?? []);
}

function indexPaths({ products }: ReleaseState): ReadonlyMap<RepoPath, readonly CommitId[]> {
  const index = new Map<RepoPath, CommitId[]>();
  const seen = new Set<CommitId>();
  for (const { id, origin } of products.flatMap(({ commits }) => commits)) {
    if (seen.has(id)) continue;
    seen.add(id);
    for (const path of origin?.paths ?? []) {
      const known = index.get(path);
      if (known === undefined) index.set(path, [id]);
      else known.push(id);
    }
  }
  return index;
}

function explainReason(reason: Reason, product: ProductState, touching: Touching): Cause {
  const { project, commits } = product;
  const evidence = product.evidence?.byReason.get(reason);
  if (evidence !== undefined) {
    return {
      ...{ reason, path: pathOf(reason, project), fileCount: 0, files: [] },
      commits: evidence.commits,
      ...(evidence.files.length > 0 && { madeBy: evidence.files }),
      ...(evidence.unsure !== null && { unsure: evidence.unsure }),
    };
  }
  if (!('files' in reason)) {
    const found = commits.filter((commit) => touchesPlace(commit, reason));
    const commitsOfReason = withoutMerges(found);
    return {
      reason,
      path: pathOf(reason, project),
      fileCount: 0,
      files: [],
      commits: commitsOfReason,
    };
  }
  const { count, shown } = reason.files;
  const files = shown.map(({ path, change }) => ({
    path,
    change,
    commits: withoutMerges(touching(path)),
  }));
  const changed = reason.kind === 'dependency' ? reason.project : project;
  // Where not every file is known, whatever touched the project counts.
  const complete = shown.length === count || reason.kind === 'globals';
  const of = new Set(files.flatMap((file) => file.commits));
  const all = complete
    ? commits.filter(({ id }) => of.has(id)).map(({ id }) => id)
    : withoutMerges(commits.filter(({ origin }) => origin?.projects.has(changed) === true));
  return { reason, path: pathOf(reason, project), fileCount: count, files, commits: all };
}

function pathOf(reason: Reason, project: ProjectName): readonly string[] {
  if (reason.kind === 'package') return [...reason.path, ...reason.packages];
  return 'path' in reason ? reason.path : [project];
}

/** Commits for a reason that has no files of its own: those that touched the place where it is said. */
function touchesPlace({ origin }: TouchingCommit, reason: Reason): boolean {
  if (origin === undefined) return false;
  switch (reason.kind) {
    case 'package':
      return origin.paths.includes(reason.lockfile);
    case 'moved':
      return origin.paths.some((path) => path.startsWith(`${reason.to}/`));
    case 'filter':
      return origin.paths.some(
        (path) =>
          path === 'nx.json' ||
          (origin.projects.has(reason.project) && /(^|\/)(project|package)\.json$/.test(path)),
      );
    case 'typescript-options':
      return origin.paths.some((path) => path === reason.file || path === reason.lockfile);
    case 'joined':
    case 'left':
      return false;
    default:
      return 'file' in reason && origin.paths.includes(reason.file);
  }
}

/** A merge touches all that its branch did: it is named only where it changed something by itself. */
function withoutMerges(commits: readonly TouchingCommit[]): readonly CommitId[] {
  const plain = commits.filter(({ merge }) => !merge);
  return (plain.length === 0 ? commits : plain).map(({ id }) => id);
}

function describeCommit({ id, message, origin }: TouchingCommit): ExplainedCommit {
  return {
    commit: id,
    author: oneLine(origin?.author.name ?? ''),
    at: origin?.authoredAt ?? (0 as Timestamp),
    subject: oneLine(message.split('\n', 1)[0] ?? ''),
  };
}

/** One cause that several products have, told once. */
export interface SharedExplanation {
  readonly cause: Cause;
  readonly products: readonly ProductName[];
}

/** Causes of more than one product, the widest first; the others stay with their products. */
export function sharedExplanations(
  explanations: readonly Explanation[],
): readonly SharedExplanation[] {
  const groups = new Map<string, { cause: Cause; products: ProductName[] }>();
  for (const { product, causes } of explanations) {
    for (const cause of causes) {
      const key = causeKey(cause.reason);
      if (key === null) continue;
      const known = groups.get(key);
      if (known === undefined) groups.set(key, { cause, products: [product] });
      else if (known.products.at(-1) !== product) known.products.push(product);
      // Where there is too much for all products, the commits of the first are looked for.
      if (known?.cause.unsure !== undefined && cause.unsure === undefined) known.cause = cause;
    }
  }
  return [...groups.values()]
    .filter(({ products }) => products.length > 1)
    .sort(
      (a, b) =>
        b.products.length - a.products.length ||
        byText(causeKey(a.cause.reason) ?? '', causeKey(b.cause.reason) ?? ''),
    );
}

/** Equal keys: the same thing changed, on whatever way it reaches a product; null: nobody else's. */
export function causeKey(reason: Reason): string | null {
  switch (reason.kind) {
    case 'new':
    case 'own-files':
    case 'boundary':
      return null;
    case 'dependency':
      return JSON.stringify([reason.kind, reason.project]);
    case 'globals':
      return JSON.stringify([reason.kind, reason.files.count, ...reason.files.shown]);
    case 'package':
      return JSON.stringify([reason.kind, reason.name, reason.before, reason.after]);
    default: {
      const { path: _way, ...same } = { path: [], ...reason };
      return JSON.stringify(same);
    }
  }
}
