import { lockfileNames, type ProductInputs } from '@lanewise/graph';
import type { CommitId, Config, ProductName, Release, RepoPath } from '@lanewise/model';
import type { TouchingCommit } from '../commits.js';
import { nxJson } from '../inputs/nx-settings.js';
import { tsconfigNames } from '../inputs/typescript.js';
import type { Reason } from '../reason.js';
import {
  findEdgeCommits,
  foldersToWatch,
  type EdgeQuestion,
  type EdgeReason,
} from './edge-commits.js';
import type { Evidence, EvidenceSources, FoundCommits } from './evidence.js';
import { foldersAround } from './folders-around.js';
import { findFilterCommits, type FilterReason } from './filter-commits.js';
import { maySpeak } from './mentions.js';
import { findPackageCommits, type PackageReason } from './package-commits.js';
import type { Trail, TrailCommit } from './trail.js';

/** A product whose reasons are to be explained. */
export interface EvidenceQuestion {
  readonly inputs: ProductInputs;
  readonly base: Release;
  readonly released: readonly CommitId[];
  readonly reasons: readonly Reason[];
}

/** Which files the walk has to keep, to tell of these reasons later. */
export function watchFor(
  questions: readonly EvidenceQuestion[],
  { file }: Pick<Config, 'file'>,
): (path: RepoPath) => boolean {
  const files = new Set<string>();
  const folders = new Set<string>();
  for (const { inputs, base, reasons } of questions) {
    if (reasons.some(isPackage)) for (const name of lockfileNames) files.add(name);
    const edges = reasons.filter(isEdge);
    const filters = reasons.filter(isFilter);
    if (edges.length > 0 || filters.length > 0)
      for (const name of [nxJson, file, ...tsconfigNames]) files.add(name);
    const recorded = base.inputs?.projects ?? null;
    for (const root of foldersToWatch({ inputs, base: base.commit, recorded, reasons: edges }))
      folders.add(root);
    for (const { project } of filters) {
      const root = rootOf(inputs, project);
      for (const name of ['project.json', 'package.json'])
        files.add(root === '' ? name : `${root}/${name}`);
    }
    const { lockfile } = inputs;
    if (lockfile !== null && reasons.some(isPackage)) files.add(lockfile);
  }
  return (path) => {
    if (files.has(path)) return true;
    if (folders.size === 0 || !maySpeak(path)) return false;
    return foldersAround(path).some((folder) => folders.has(folder));
  };
}

/** Changed files that are looked into for all products; a product that comes later is told so. */
const mostLooks = 10_000;

/**
 * The commits behind reasons that are told by what is in files: packages, projects that joined or left,
 * filters. `touching` gives the commits that touched a product's inputs; they stand among the evidence.
 */
export async function readEvidence(
  sources: EvidenceSources,
  trail: Trail,
  questions: readonly EvidenceQuestion[],
  touching: ReadonlyMap<ProductName, readonly TouchingCommit[]>,
): Promise<ReadonlyMap<ProductName, Evidence>> {
  const asked = questions.map((question) => ({
    ...question,
    commits: trail.since(question.released),
  }));
  const packages = await findPackageCommits(
    sources.repository,
    sources.graph,
    trail,
    asked.map(({ inputs, reasons, commits }) => ({
      inputs,
      reasons: reasons.filter(isPackage),
      commits: reasons.some(isPackage) ? commits.filter(changesLockfile) : [],
    })),
  );
  const findEdges = makeEdgeFinder(sources);
  const found = new Map<ProductName, Evidence>();
  for (const question of asked) {
    const byReason = new Map<Reason, FoundCommits>();
    for (const reason of question.reasons) {
      const known = packages.get(reason);
      if (known !== undefined) byReason.set(reason, known);
      if (isFilter(reason)) byReason.set(reason, await findFilter(sources, question, reason));
    }
    for (const [reason, one] of await findEdges(question)) byReason.set(reason, one);
    const { name } = question.inputs.product;
    found.set(name, {
      byReason,
      commits: joinCommits(trail, question.commits, touching.get(name) ?? []),
    });
  }
  return found;
}

type Asked = EvidenceQuestion & { readonly commits: readonly TrailCommit[] };

function findFilter(
  { repository, config }: EvidenceSources,
  { inputs, commits }: Asked,
  reason: FilterReason,
): Promise<FoundCommits> {
  return findFilterCommits(repository, {
    ...{ product: inputs.product.name, reason, commits },
    root: rootOf(inputs, reason.project),
    configFile: config.file as RepoPath,
  });
}

/** Products that share a base and a new edge share the answer. */
function makeEdgeFinder(sources: EvidenceSources) {
  const known = new Map<string, ReadonlyMap<string, FoundCommits>>();
  let looks = 0;
  return async ({ inputs, base, reasons, released, commits }: Asked) => {
    const edges = reasons.filter(isEdge);
    if (edges.length === 0) return [];
    const recorded = base.inputs?.projects ?? null;
    const question: EdgeQuestion = { inputs, base: base.commit, recorded, reasons: edges, commits };
    const key = JSON.stringify([
      released,
      edges.map(({ kind, project }) => [kind, project]),
      recorded,
    ]);
    let found = known.get(key);
    if (found === undefined && looks < mostLooks) {
      looks += commits.reduce((sum, { changes }) => sum + changes.length, 0);
      const told = await findEdgeCommits(sources, question);
      found = new Map([...told].map(([reason, one]) => [edgeKey(reason), one]));
      known.set(key, found);
    }
    return edges.map(
      (reason) => [reason, found?.get(edgeKey(reason)) ?? tooMany(inputs.product.name)] as const,
    );
  };
}

function edgeKey(reason: Reason): string {
  return 'project' in reason ? `${reason.kind} ${reason.project}` : reason.kind;
}

function tooMany(product: ProductName): FoundCommits {
  const unsure = `there is too much to look into for all products at once: 'lanewise why ${product}' looks for the commits`;
  return { commits: [], files: [], unsure };
}

/** Commits of the walk and of the product, as one list, newest first. */
function joinCommits(
  trail: Trail,
  commits: readonly TrailCommit[],
  touching: readonly TouchingCommit[],
): readonly TouchingCommit[] {
  const all = new Map(
    [...commits.map(({ told }) => told), ...touching].map((one) => [one.id, one]),
  );
  return trail.order(all.keys()).flatMap((id) => all.get(id) ?? []);
}

function changesLockfile({ changes }: TrailCommit): boolean {
  return changes.some(({ path }) => (lockfileNames as readonly string[]).includes(path));
}

function rootOf({ members }: ProductInputs, name: string): RepoPath {
  return members.find(({ project }) => project.name === name)?.project.root ?? ('' as RepoPath);
}

function isPackage(reason: Reason): reason is PackageReason {
  return reason.kind === 'package';
}

function isEdge(reason: Reason): reason is EdgeReason {
  return reason.kind === 'joined' || reason.kind === 'left';
}

function isFilter(reason: Reason): reason is FilterReason {
  return reason.kind === 'filter';
}
