import {
  matchFilter,
  type BuiltFrom,
  type PathTest,
  type ProductInputs,
  type WorkspaceGraph,
} from '@lanewise/graph';
import type { ChangedCommit, FileChange, Repository } from '@lanewise/git';
import {
  isLanewiseError,
  type CommitId,
  type Config,
  type Pin,
  type ProductName,
  type ProjectName,
  type Release,
  type RepoPath,
  type Version,
} from '@lanewise/model';
import { compareInputs } from './compare-inputs.js';
import { makeFingerprints, type Fingerprints } from './fingerprints.js';
import { isControl, makeInputRules } from './input-rules.js';
import { installSettings, patchFolder } from './install-files.js';
import { tsconfigNames } from './typescript.js';

/** One step of a product: from one source commit to another. */
export interface PastStep {
  readonly product: ProductName;
  readonly before: CommitId;
  readonly after: CommitId;
}

/** Whether a step changed the product's inputs; `unknown`: it cannot be told. */
export type PastAnswer = 'equal' | 'different' | 'unknown';

/** The inputs of all products at every commit of a history, under one graph. */
export interface PastInputs {
  /** Takes each commit of one walk (with what stood before each change), in any order. */
  note(commit: Pick<ChangedCommit, 'id' | 'parents' | 'changes'>): void;
  /** Answers for any number of steps between commits that were noted; `shipped` names files that are no inputs after all. */
  compare(
    steps: readonly PastStep[],
    shipped?: ReadonlySet<RepoPath>,
  ): Promise<readonly PastAnswer[]>;
}

export interface PastInputsSources {
  readonly repository: Pick<
    Repository,
    'readEntries' | 'diffTreePairs' | 'listFiles' | 'readBlobs'
  >;
  readonly graph: WorkspaceGraph;
  readonly config: Config;
  /** What each product is built from. */
  readonly inputs: readonly ProductInputs[];
  /** Pins in the same repository: their files are no inputs. */
  readonly pins: readonly Pin[];
  /** Files that the root's tsconfig extends: of them only a part counts. */
  readonly extended?: readonly RepoPath[];
  /** Files that may turn out to hold pins: they are kept apart until `compare` says which do. */
  readonly mayShip: PathTest;
}

/**
 * Compares inputs by content over a whole history, for the cost of one walk: each commit's changes
 * are added to a fingerprint of the files that count of each project, so two commits have the same
 * files exactly if their fingerprints are equal. Files of which only a part counts (the lockfile,
 * the root's settings) are compared by `compareInputs`, and only where nothing else differs.
 *
 * The graph is the one that is given, for every commit: what a product was built from in the past is
 * taken to be what it is built from now. Commits that were not noted are `unknown`.
 */
export function makePastInputs(sources: PastInputsSources): PastInputs {
  const { graph, inputs } = sources;
  const classify = makeClassifier(sources);
  const fingerprints = makeFingerprints();
  const slots = new Map<ProductName, ProductSlots>();
  const byName = new Map(inputs.map((one) => [one.product.name, one]));
  return {
    note({ id, parents, changes }) {
      fingerprints.note(id, parents[0] ?? null, (toggle) => {
        for (const change of changes) {
          for (const slot of classify.slotsOf(change.path)) toggleChange(toggle, slot, change);
        }
      });
    },
    async compare(steps, shipped = new Set()) {
      for (const one of inputs) {
        slots.set(one.product.name, classify.ofProduct(one, shipped));
      }
      const answers = steps.map((step) => decide(step, slots.get(step.product), fingerprints));
      const asked = steps.filter((_, index) => answers[index] === 'ask');
      const told = await askEngine({ ...sources, graph }, byName, asked);
      return answers.map((answer, index) => {
        const step = steps[index];
        if (answer !== 'ask') return answer;
        return (step === undefined ? undefined : told.get(keyOf(step))) ?? 'unknown';
      });
    },
  };
}

function toggleChange(
  toggle: (slot: number, text: string, id: string) => void,
  slot: number,
  { path, id, mode, before }: FileChange,
): void {
  if (before !== undefined && before !== null) toggle(slot, `${before.mode} ${path}`, before.id);
  if (id !== null && mode !== null) toggle(slot, `${mode} ${path}`, id);
}

/** The slots whose fingerprints tell a product's inputs, and those of files of which a part counts. */
interface ProductSlots {
  readonly counted: readonly number[];
  readonly special: readonly number[];
}

function decide(
  { before, after }: PastStep,
  slots: ProductSlots | undefined,
  fingerprints: Fingerprints,
): PastAnswer | 'ask' {
  if (slots === undefined || !fingerprints.has(before) || !fingerprints.has(after))
    return 'unknown';
  if (before === after) return 'equal';
  if (!fingerprints.equal(slots.counted, before, after)) return 'different';
  return fingerprints.equal(slots.special, before, after) ? 'equal' : 'ask';
}

interface Classifier {
  slotsOf(path: RepoPath): readonly number[];
  ofProduct(inputs: ProductInputs, shipped: ReadonlySet<RepoPath>): ProductSlots;
}

/** Files of the root of which only a part concerns a product, or which concern those who use a package. */
const specialNames: ReadonlySet<string> = new Set([
  ...['nx.json', ...tsconfigNames, ...installSettings],
  ...['package-lock.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'npm-shrinkwrap.json'],
]);

/** Gives every project, every list of globals, every special file and every doubtful file a slot of its own. */
function makeClassifier(sources: PastInputsSources): Classifier {
  const { graph, config, inputs, pins, mayShip, extended = [] } = sources;
  const chain = new Set<string>(extended);
  const pinned = new Set<RepoPath>(pins.map(({ file }) => file));
  const isSpecial = (path: string): boolean =>
    specialNames.has(path) || path === graph.lockfile || path.startsWith(`${patchFolder}/`);
  const specials = new Set<string>();
  const numbers = new Map<string, number>();
  const slot = (key: string): number => {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    return numbers.size - 1;
  };
  const doubtful = new Map<string, RepoPath[]>();
  const inDoubt = (owner: string, path: RepoPath): number => {
    const key = `doubt ${owner} ${path}`;
    if (!numbers.has(key)) doubtful.set(owner, [...(doubtful.get(owner) ?? []), path]);
    return slot(key);
  };
  const owners = makeOwners(graph, inputs);
  const above = foldersAbove(graph);
  // The rules of the comparison itself: what one member takes away may count for another.
  const rules = makeInputRules(graph, config, pinned, new Set());
  const ruleOf = new Map(inputs.map((one) => [one.product.name, rules.globals(one)]));
  const globals = new Map<string, PathTest>();
  for (const { key, patterns, test } of ruleOf.values())
    if (patterns.length > 0) globals.set(key, test);
  const specialSlot = (path: RepoPath): number => {
    specials.add(path);
    return slot(`special ${path}`);
  };
  const known = new Map<RepoPath, readonly number[]>();
  const place = (path: RepoPath): readonly number[] => {
    if (isControl(path, config.file)) return [];
    // Only a product's own `inputs` name such a file, and then the pinned values in it are left out.
    if (pinned.has(path) && ![...globals.values()].some((test) => test(path))) return [];
    // A link, submodule or file in the place of a folder with projects in it is left to the engine.
    if (isSpecial(path) || above.has(path) || pinned.has(path)) return [specialSlot(path)];
    const named = [
      ...owners(path),
      ...[...globals].flatMap(([key, test]) => (test(path) ? [`globals ${key}`] : [])),
    ];
    const counted = named.map((key) => (mayShip(path) ? inDoubt(key, path) : slot(key)));
    return chain.has(path) ? [...counted, specialSlot(path)] : counted;
  };
  return {
    slotsOf(path) {
      let found = known.get(path);
      if (found === undefined) known.set(path, (found = place(path)));
      return found;
    },
    ofProduct({ product, members }, shipped) {
      const keys = [...members.map(memberKey), `globals ${ruleOf.get(product.name)?.key ?? ''}`];
      const counted = keys.flatMap((key) => [
        ...(numbers.has(key) ? [slot(key)] : []),
        ...(doubtful.get(key) ?? [])
          .filter((path) => !shipped.has(path))
          .map((path) => slot(`doubt ${key} ${path}`)),
      ]);
      const special = [...specials].map((path) => slot(`special ${path}`));
      return { counted, special };
    },
  };
}

/** A member with the filter that its product has for it: one project may count in several ways. */
function memberKey({ project }: BuiltFrom): string {
  return `project ${project.filter.digest} ${project.name}`;
}

/** The members for which a file counts: of the project with the innermost root above it, by their filters. */
function makeOwners(
  graph: WorkspaceGraph,
  inputs: readonly ProductInputs[],
): (path: RepoPath) => readonly string[] {
  const tests = new Map<string, { readonly name: ProjectName; readonly test: PathTest }>();
  for (const member of inputs.flatMap(({ members }) => members)) {
    const key = memberKey(member);
    const { name, filter, root } = member.project;
    if (!tests.has(key)) tests.set(key, { name, test: matchFilter(filter, root, []) });
  }
  const byProject = new Map<ProjectName, { readonly key: string; readonly test: PathTest }[]>();
  for (const [key, { name, test }] of tests)
    byProject.set(name, [...(byProject.get(name) ?? []), { key, test }]);
  const byRoot = new Map<string, ProjectName[]>();
  for (const { name, root } of graph.projects.values())
    byRoot.set(root, [...(byRoot.get(root) ?? []), name]);
  return (path) => {
    for (let folder: string = path; folder !== '';) {
      folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')));
      const names = byRoot.get(folder);
      if (names === undefined) continue;
      const members = names.flatMap((name) => byProject.get(name) ?? []);
      return members.flatMap(({ key, test }) => (test(path) ? [key] : []));
    }
    return [];
  };
}

/** The roots of projects, and every folder above one. */
function foldersAbove(graph: WorkspaceGraph): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const { root } of graph.projects.values()) {
    for (let folder: string = root; folder !== '' && !folders.has(folder);) {
      folders.add(folder);
      folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')));
    }
  }
  return folders;
}

function keyOf({ product, before, after }: PastStep): string {
  return `${product} ${before} ${after}`;
}

/** Asks the comparison that releases use, once for each later commit. */
async function askEngine(
  { repository, graph, config, pins }: PastInputsSources,
  inputs: ReadonlyMap<ProductName, ProductInputs>,
  steps: readonly PastStep[],
): Promise<ReadonlyMap<string, PastAnswer>> {
  const groups = new Map<string, PastStep[]>();
  for (const step of new Map(steps.map((one) => [keyOf(one), one])).values()) {
    // A product is asked for once in a question: steps of one product from two commits are two.
    let round = 0;
    const keyAt = (): string => `${step.after} ${round}`;
    while (groups.get(keyAt())?.some(({ product }) => product === step.product)) round += 1;
    groups.set(keyAt(), [...(groups.get(keyAt()) ?? []), step]);
  }
  const answers = new Map<string, PastAnswer>();
  for (const group of groups.values()) {
    const head = group[0]?.after;
    if (head === undefined) continue;
    const questions = group.flatMap((step) => {
      const own = inputs.get(step.product);
      return own === undefined ? [] : [{ inputs: own, base: standIn(step) }];
    });
    try {
      const told = await compareInputs({ repository, head, graph, config, pins }, questions);
      for (const step of group) {
        const comparison = told.get(step.product)?.comparison ?? null;
        answers.set(keyOf(step), comparison === null ? 'unknown' : comparison.kind);
      }
    } catch (error) {
      if (!isLanewiseError(error)) throw error;
      for (const step of group) answers.set(keyOf(step), 'unknown');
    }
  }
  return answers;
}

/** A release that was never published stands for the commit: only its commit is compared. */
function standIn({ product, before }: PastStep): Release {
  return {
    kind: 'foreign',
    product,
    version: before as string as Version,
    commit: before,
    committedAt: 0,
    tag: `refs/tags/${product}@${before}` as Release['tag'],
    tagObject: before,
    project: null,
    images: {},
    inputs: null,
    needs: {},
    pinText: null,
  };
}
