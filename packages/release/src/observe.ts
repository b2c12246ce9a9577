import {
  configOf,
  versioningOf,
  didYouMean,
  LanewiseError,
  type CommitId,
  type ProductName,
  type ProjectName,
  type RepoPath,
} from '@lanewise/model';
import type { RefSnapshot } from '@lanewise/git';
import { matchGlobs, ownProjects, type Product, type ProductInputs } from '@lanewise/graph';
import { chooseBase, type BaseChoice } from './base.js';
import { compareInputs, type InputsAnswer, type InputsQuestion } from './inputs/compare-inputs.js';
import { makeInputRules } from './inputs/input-rules.js';
import { findSpecial } from './inputs/special-paths.js';
import { readNeeds } from './needs.js';
import { isOnReleaseBranch, readReleaseBranches, releaseRefs } from './release-branches.js';
import { readReleases } from './releases.js';
import { readVersionPlans } from './read-version-plans.js';
import type { CountedPlan } from './version-plans.js';
import type {
  ProductState,
  ReleaseRequest,
  ReleaseSources,
  ReleaseState,
  ReadTaken,
  Reservation,
  TakenByProduct,
} from './state.js';
import { parseReservedRef } from './tag-name.js';
import type { Evidence } from './why/evidence.js';
import { readEvidence, watchFor, type EvidenceQuestion } from './why/read-evidence.js';
import { makeTrail, type Trail } from './why/trail.js';
import { readTouchingCommits, type TouchQuestion } from './touching.js';

const manyProducts = 16;

/**
 * Reads everything that a release plan depends on, from the remote: release tags, reservations,
 * branches, the products' inputs at HEAD and at their bases, the commits between. Writes nothing.
 * Throws PRODUCT_UNKNOWN, USAGE for names that do not fit, and what the repository throws.
 */
export async function observeRelease(
  sources: ReleaseSources,
  request: ReleaseRequest,
): Promise<ReleaseState> {
  const { repository, head, config, trustedConfig, configBranch } = sources;
  const chosen = chooseProducts(sources, request);
  const names = sources.inputs.map(({ product }) => product.name);
  // Of many products all tags are read: thousands of patterns would each be looked for.
  const refs =
    names.length > manyProducts
      ? ['refs/tags/', ...releaseRefs([], trustedConfig, configBranch)]
      : releaseRefs(names, trustedConfig, configBranch);
  // Before the releases: see TakenVersions.
  const readTaken = await lookAtTaken(sources);
  const snapshot = await repository.fetch({ refs, depth: 'history' });
  const products = sources.inputs.map(({ product }) => ({
    name: product.name,
    project: product.project,
    ...(product.members !== undefined && { members: product.members }),
  }));
  const book = await readReleases(repository, snapshot, { products, config });
  const branches = readReleaseBranches(snapshot, trustedConfig, configBranch);
  const tips = branches.map(({ tip }) => tip);
  const ancestry = await repository.readAncestry([
    ...new Set([head, ...tips, ...book.all.map(({ commit }) => commit)]),
  ]);
  const commit = (await repository.readCommits([head])).get(head);
  if (commit === undefined) throw missing(head);
  const onBranches = branches
    .filter((branch) => isOnReleaseBranch(head, [branch], ancestry))
    .map(({ name }) => name);
  const line = prereleaseLine(config, request, onBranches);
  const chooseBases = (of: string | null): ReadonlyMap<ProductName, BaseChoice> =>
    new Map(
      chosen.map(({ product }) => [
        product.name,
        chooseBase({
          head,
          line: of,
          releases: book.releases(product.name),
          branches,
          ancestry,
          allowed: (release) => book.allowed(release),
          accepted: request.acceptBase.get(product.name) ?? null,
        }),
      ]),
    );
  const bases = chooseBases(line);
  checkAccepted(request, book);
  const finals = line === null ? null : chooseBases(null);
  const state = { head, book, ancestry, bases, finals, chosen, readTaken };
  return {
    head: { commit: head, committedAt: commit.committedAt },
    branches,
    onBranches,
    products: await readProducts(sources, request, state),
    book,
    ancestry,
    reservations: readReservations(snapshot, names),
    line,
    scopes: scopesOf(sources.inputs.map(({ product }) => product)),
    maxAffected: trustedConfig.guards.maxAffected,
    dirty: sources.dirty,
    notices: sources.notices,
  };
}

/** The reservations that a remote holds, for the known products. */
export function readReservations(
  snapshot: RefSnapshot,
  products: readonly ProductName[],
): readonly Reservation[] {
  const known = new Set<string>(products);
  return [...snapshot.refs].flatMap(([ref, id]) => {
    const named = parseReservedRef(ref, known);
    return named === null ? [] : [{ ...named, commit: id as CommitId }];
  });
}

interface Known extends Pick<ReleaseState, 'book' | 'ancestry'> {
  readonly head: CommitId;
  readonly bases: ReadonlyMap<ProductName, BaseChoice>;
  /** Bases of final releases, where this run makes prereleases. */
  readonly finals: ReadonlyMap<ProductName, BaseChoice> | null;
  readonly chosen: readonly ProductInputs[];
  readonly readTaken: ReadTaken;
}

async function readProducts(
  sources: ReleaseSources,
  request: ReleaseRequest,
  known: Known,
): Promise<readonly ProductState[]> {
  const { repository, head, config, graph, pins } = sources;
  const baseOf = (name: ProductName): BaseChoice => known.bases.get(name) ?? { kind: 'new' };
  const questions = known.chosen.flatMap((inputs): InputsQuestion[] => {
    const base = baseOf(inputs.product.name);
    if (base.kind === 'base') return [{ inputs, base: base.release }];
    return base.kind === 'new' && request.first ? [{ inputs, base: null }] : [];
  });
  const shownFiles = request.detail === 'files' ? Infinity : undefined;
  const digests = request.outline === true ? 'deciding' : 'all';
  const answers = await compareInputs(
    { repository, head, graph, config, pins, shownFiles, digests },
    questions,
  );
  const affected = known.chosen.filter(({ product }) => isAffected(answers.get(product.name)));
  const files = new Set(pins.map(({ file }) => file));
  const special = await findSpecial(repository, head, graph);
  const rules = makeInputRules(graph, config, files, special.files);
  // An explanation tells of commits too whose changes were taken back.
  const asked = request.detail === 'files' ? known.chosen : affected;
  const readCommits = (
    of: readonly ProductInputs[],
    baseOf: (name: ProductName) => BaseChoice,
    watch?: Trail['watch'],
  ): ReturnType<typeof readTouchingCommits> => {
    const questions = of.flatMap((inputs): TouchQuestion[] => {
      const released = releasedBy(baseOf(inputs.product.name));
      if (released.length === 0) return [];
      const rule = rules.globals(inputs);
      return [{ inputs, rule, released, special: specialFiles(answers.get(inputs.product.name)) }];
    });
    const origins = request.detail !== undefined;
    return readTouchingCommits(repository, head, rules, known.ancestry, {
      ...{ questions, origins },
      ...(watch !== undefined && { watch }),
    });
  };
  const explained =
    request.detail === undefined ? [] : evidenceQuestions(affected, answers, baseOf);
  const trail = explained.length === 0 ? null : makeTrail(watchFor(explained, config));
  const [commits, taken] = await Promise.all([
    readCommits(asked, baseOf, trail?.watch),
    known.readTaken(affected.map(({ product }) => product.name)),
  ]);
  const evidence =
    trail === null
      ? new Map<ProductName, Evidence>()
      : await readEvidence({ repository, head, graph, config }, trail, explained, commits);
  const finalOf = (name: ProductName): BaseChoice =>
    (known.finals ?? known.bases).get(name) ?? { kind: 'new' };
  const sinceFinal = known.finals === null ? commits : await readCommits(affected, finalOf);
  const isPlanned = known.chosen.some(({ product }) =>
    versioningOf(config, product.name).from.includes('version-plans'),
  );
  const plans = isPlanned
    ? await readVersionPlans(
        repository,
        head,
        known.ancestry,
        affected.map(({ product }) => ({
          product: product.name,
          names: namesOf(product),
          released: releasedBy(finalOf(product.name)),
        })),
      )
    : new Map<ProductName, readonly CountedPlan[]>();
  const needed = new Map(
    affected.map(({ product }) => [product.name, sources.needs.get(product.name) ?? []]),
  );
  const needs = await readNeeds(repository, head, graph, rules, known.book, needed);
  const owners = new Map(
    sources.inputs.flatMap(({ product }) =>
      ownProjects(product).map((project) => [project, product.name] as const),
    ),
  );
  return known.chosen.map((inputs) => {
    const { name, project, members } = inputs.product;
    const final = finalOf(name);
    const answer = answers.get(name);
    return {
      product: name,
      project,
      ...(members !== undefined && { members }),
      config: configOf(config, inputs.product),
      versioning: versioningOf(config, name),
      base: baseOf(name),
      comparison: answer?.comparison ?? null,
      inputs: answer?.digest ?? null,
      commits: commits.get(name) ?? [],
      ...evidenceOf(evidence.get(name)),
      final:
        known.finals === null || final.kind !== 'base'
          ? null
          : { version: final.release.version, commits: sinceFinal.get(name) ?? [] },
      plans: plans.get(name) ?? [],
      needs: needs.get(name) ?? [],
      builtFrom: isAffected(answer) ? productsIn(inputs, owners) : [],
      taken: taken.get(name) ?? noNumbers,
    };
  });
}

function productsIn(
  { product, members }: ProductInputs,
  owners: ReadonlyMap<ProjectName, ProductName>,
): readonly ProductName[] {
  return members.flatMap(({ project }) => {
    const owner = owners.get(project.name);
    return owner === undefined || owner === product.name ? [] : [owner];
  });
}

const noNumbers: ReadonlySet<string> = new Set();

/** Looks at the pins, where numbers are given at all. */
async function lookAtTaken({ taken, config }: ReleaseSources): Promise<ReadTaken> {
  if (typeof taken !== 'function') return () => Promise.resolve(taken);
  const nothing: TakenByProduct = new Map();
  if (config.versioning.scheme === 'commit') return () => Promise.resolve(nothing);
  const read = await taken();
  return (products) => (products.length === 0 ? Promise.resolve(nothing) : read(products));
}

/** The line of prereleases that a run is to release: as asked, else as its branch says. */
function prereleaseLine(
  { versioning }: ReleaseSources['config'],
  { prerelease }: ReleaseRequest,
  onBranches: readonly string[],
): string | null {
  const lineOfBranch = (branch: string): string | null =>
    versioning.prerelease.find(({ branches }) => matchGlobs([branches])(branch))?.identifier ??
    null;
  const lines = onBranches.map(lineOfBranch);
  // What a branch of final releases contains is released as final, wherever else it may be.
  const line = prerelease ?? (lines.includes(null) ? null : (lines[0] ?? null));
  if (line === null || versioning.scheme !== 'commit') return line;
  throw new LanewiseError('USAGE', "Under 'scheme: commit' there are no prereleases.", {
    hint: 'The version is the commit itself: bring it only where it is to be tried.',
  });
}

/** What scopes of commits may name. */
function scopesOf(products: readonly Product[]): ReleaseState['scopes'] {
  return new Map(
    products.flatMap((product) =>
      namesOf(product).map((name) => [name.toLowerCase(), product.name] as const),
    ),
  );
}

/** What people may call a product: by its name, its project's, or a member's, with or without npm scope. */
function namesOf(product: Product): readonly string[] {
  const members = product.members?.map(({ name }) => name) ?? [];
  const projects = ownProjects(product);
  const unscoped = projects.map((project) => project.replace(/^@[^/]+\//, ''));
  return [...new Set<string>([product.name, ...members, ...projects, ...unscoped])];
}

function evidenceOf(evidence: Evidence | undefined): Pick<ProductState, 'evidence'> {
  return evidence === undefined ? {} : { evidence };
}

/** Affected products, with the reasons whose commits are told by what is in files. */
function evidenceQuestions(
  affected: readonly ProductInputs[],
  answers: ReadonlyMap<ProductName, InputsAnswer>,
  baseOf: (name: ProductName) => BaseChoice,
): readonly EvidenceQuestion[] {
  return affected.flatMap((inputs): EvidenceQuestion[] => {
    const { name } = inputs.product;
    const base = baseOf(name);
    const comparison = answers.get(name)?.comparison;
    if (base.kind !== 'base' || comparison?.kind !== 'different') return [];
    const { reasons } = comparison;
    return [{ inputs, base: base.release, released: releasedBy(base), reasons }];
  });
}

function releasedBy(base: BaseChoice): readonly CommitId[] {
  if (base.kind !== 'base') return [];
  return [base.release, ...base.alsoReleased].map(({ commit }) => commit);
}

function isAffected(answer: InputsAnswer | undefined): boolean {
  return answer !== undefined && answer.comparison?.kind !== 'equal';
}

/** Files that matter by their content: their commits count where that content is a reason. */
function specialFiles(answer: InputsAnswer | undefined): ReadonlySet<RepoPath> {
  const files = new Set<RepoPath>();
  if (answer?.comparison?.kind !== 'different') return files;
  for (const reason of answer.comparison.reasons) {
    if (reason.kind === 'typescript-path' || reason.kind === 'typescript-options')
      files.add(reason.file);
    if (reason.kind === 'typescript-options' && reason.lockfile !== undefined)
      files.add(reason.lockfile);
    if (reason.kind === 'lockfile-unreadable' || reason.kind === 'nx-json') files.add(reason.file);
    if (reason.kind === 'package') files.add(reason.lockfile);
    // Settings and patches of packages count for whom they matter to, and no glob names them.
    if (reason.kind === 'globals') for (const { path } of reason.files.shown) files.add(path);
  }
  return files;
}

function chooseProducts(
  sources: ReleaseSources,
  request: ReleaseRequest,
): readonly ProductInputs[] {
  const known = new Map(sources.inputs.map((inputs) => [inputs.product.name, inputs]));
  const named = request.products;
  for (const name of [
    ...(named ?? []),
    ...request.acceptBase.keys(),
    ...(request.told?.keys() ?? []),
  ]) {
    if (!known.has(name)) throw unknown(name, sources.inputs);
  }
  const stray = [...(request.told?.keys() ?? [])].find((name) => named?.includes(name) === false);
  if (stray !== undefined) {
    throw new LanewiseError(
      'USAGE',
      `An image is told for ${stray}, which is not among the products named.`,
      {
        hint: `Name ${stray} too, or leave its image out.`,
      },
    );
  }
  return sources.inputs.filter(({ product }) => named === null || named.includes(product.name));
}

function checkAccepted({ acceptBase }: ReleaseRequest, book: ReleaseState['book']): void {
  for (const [product, version] of acceptBase) {
    if (book.get(product, version) !== null) continue;
    const versions = book
      .releases(product)
      .map((release) => release.version)
      .slice(0, 5);
    throw new LanewiseError('RELEASE_UNKNOWN', `The remote has no release ${product}@${version}.`, {
      hint:
        versions.length > 0
          ? `Its newest releases: ${versions.join(', ')}.`
          : `${product} was never released.`,
    });
  }
}

function unknown(name: ProductName, inputs: readonly ProductInputs[]): LanewiseError {
  const products = inputs.map(({ product }) => product);
  const known = products.map((product) => product.name);
  const group = products.find(({ members }) => members?.some((member) => member.name === name));
  return new LanewiseError('PRODUCT_UNKNOWN', `There is no product ${name}.`, {
    hint:
      group === undefined
        ? didYouMean(name, known, "'lanewise graph' lists the products.")
        : `It is a member of the group ${group.name}: name that.`,
  });
}

function missing(head: CommitId): LanewiseError {
  return new LanewiseError('OBJECT_MISSING', `The commit ${head} is not in the repository.`, {
    hint: 'Push it first.',
  });
}
