import { ownerFinder, type ProductInputs } from '@lanewise/graph';
import {
  type CommitId,
  type ProjectName,
  type RecordedProject,
  type RepoPath,
} from '@lanewise/model';
import { nxJson } from '../inputs/nx-settings.js';
import { tsconfigNames } from '../inputs/typescript.js';
import type { Reason } from '../reason.js';
import {
  eachChange,
  listChanges,
  readTexts,
  unreadable,
  type ListedChange,
} from './each-change.js';
import type { EvidenceFile, EvidenceSources, FoundCommits } from './evidence.js';
import { foldersAround } from './folders-around.js';
import {
  aliasesInto,
  declaresEdge,
  isManifest,
  makeMentionTest,
  maySpeak,
  packageNameIn,
  type NamedProject,
} from './mentions.js';
import { inOrder, type TrailCommit } from './trail.js';

export type EdgeReason = Extract<Reason, { kind: 'joined' | 'left' }>;

/** A product whose set of projects changed, with the commits since its base, newest first. */
export interface EdgeQuestion {
  readonly inputs: ProductInputs;
  readonly base: CommitId;
  /** The projects that it was built from; null: no record tells. */
  readonly recorded: readonly RecordedProject[] | null;
  readonly reasons: readonly EdgeReason[];
  readonly commits: readonly TrailCommit[];
}

/** Changed files that are looked into for one product; more is not read. */
const mostChanges = 2000;

/** The folders whose files may have made or ended the edges of these reasons. */
export function foldersToWatch({ reasons, recorded, inputs }: Omit<EdgeQuestion, 'commits'>) {
  const roots = new Map(inputs.members.map(({ project }) => [project.name, project.root] as const));
  const before = knownBefore({ reasons, recorded, inputs });
  const joined = reasons.flatMap((reason) => {
    const edge = reason.kind === 'joined' ? newEdge(reason, before) : null;
    return edge === null
      ? []
      : [edge.from, edge.to].flatMap((name) => roots.get(name ?? edge.to) ?? []);
  });
  const left = reasons.some(({ kind }) => kind === 'left') ? (recorded ?? []) : [];
  return new Set([...joined, ...left.map(({ root }) => root as RepoPath)]);
}

/**
 * For each project that joined or left the commits in which the edge to it appeared or went, told by
 * what files say: an import, a dependency in `package.json`, a name in `project.json` or `nx.json`, an
 * alias of the root's tsconfig, `dependsOn`. Where no file tells it, that is said.
 */
export async function findEdgeCommits(
  sources: EvidenceSources,
  question: EdgeQuestion,
): Promise<ReadonlyMap<Reason, FoundCommits>> {
  const edges = await nameEdges(sources, question);
  const changes = speakingChanges(question.commits);
  const looked = changes.slice(0, mostChanges);
  const files = new Map<Edge, Map<RepoPath, Made>>(edges.map((edge) => [edge, new Map()]));
  const tests = new Map(edges.map((edge) => [edge, makeMentionTest(edge.project)]));
  const owner = ownerFinder(sources.graph);
  const owners = recordedOwner(question.recorded ?? []);
  const readable = await eachChange(sources.repository, looked, ({ commit, change }, texts) => {
    const { path } = change;
    for (const edge of edges) {
      const test = tests.get(edge) ?? (() => false);
      const from = edge.reason.kind === 'joined' ? owner(path) : owners(path);
      const speaks = (text: string | null): boolean =>
        saysEdge({ path, text }, edge, from, test, sources.config.file);
      const [then, now] =
        edge.reason.kind === 'joined' ? [texts.before, texts.after] : [texts.after, texts.before];
      if (!speaks(now) || speaks(then)) continue;
      const made = files.get(edge)?.get(path) ?? { deleted: change.id === null, commits: [] };
      made.commits.push(commit);
      files.get(edge)?.set(path, made);
    }
  });
  const cut = !readable
    ? unreadable
    : changes.length > looked.length
      ? `more than ${mostChanges} changed files may say it, and the oldest were not looked into`
      : null;
  return conclude(question, edges, files, cut);
}

/** The edge by which a project came or went; `from` null: any project may have had it. */
interface Edge {
  readonly reason: EdgeReason;
  readonly from: ProjectName | null;
  readonly project: NamedProject;
}

interface Made {
  readonly deleted: boolean;
  /** Newest first. */
  readonly commits: TrailCommit[];
}

function knownBefore({
  recorded,
  reasons,
  inputs,
}: Pick<EdgeQuestion, 'recorded' | 'reasons' | 'inputs'>): ReadonlySet<string> {
  if (recorded !== null) return new Set(recorded.map(({ name }) => name));
  const joined = new Set(reasons.flatMap((one) => (one.kind === 'joined' ? [one.project] : [])));
  const names = inputs.members.map(({ project }) => project.name);
  return new Set(names.filter((name) => !joined.has(name)));
}

/** The first step on the way to a project that leads to one that was not there before. */
function newEdge(
  { path }: Extract<EdgeReason, { kind: 'joined' }>,
  before: ReadonlySet<string>,
): { readonly from: ProjectName | null; readonly to: ProjectName } | null {
  const place = path.findIndex((name) => !before.has(name));
  const to = path[place < 0 ? path.length - 1 : place];
  return to === undefined
    ? null
    : { from: path[(place < 0 ? path.length - 1 : place) - 1] ?? null, to };
}

/** The edges of all reasons, with the names of what they lead to: as it is now, or as it was at the base. */
async function nameEdges(
  { repository, head, graph }: EvidenceSources,
  question: EdgeQuestion,
): Promise<readonly Edge[]> {
  const before = knownBefore(question);
  const then = new Map((question.recorded ?? []).map((one) => [one.name, one.root as RepoPath]));
  const ends = question.reasons.flatMap((reason) => {
    const isNew = reason.kind === 'joined';
    const edge = isNew ? newEdge(reason, before) : { from: null, to: reason.project };
    const root = isNew
      ? graph.projects.get(edge?.to ?? reason.project)?.root
      : then.get(reason.project);
    if (edge === null || root === undefined) return [];
    return [{ reason, from: edge.from, name: edge.to, root, commit: isNew ? head : question.base }];
  });
  const places = ends.flatMap(({ root, commit }) =>
    [`${root}/package.json`, ...tsconfigNames].map((path) => ({
      commit,
      path: path as RepoPath,
    })),
  );
  const entries = await repository.readEntries(places);
  const ids = entries.map((entry) => (entry?.type === 'blob' ? entry.id : null));
  const texts = await readTexts(
    repository,
    ids.filter((id) => id !== null),
  );
  const textAt = (place: number): string | null => texts?.get(ids[place] ?? '') ?? null;
  return ends.map(({ reason, from, name, root }, index) => {
    const [manifest, base, plain] = [0, 1, 2].map((offset) => textAt(index * 3 + offset));
    const own = packageNameIn(manifest ?? null);
    const aliases = aliasesInto(base ?? plain ?? null, root);
    const importedAs = [...new Set([...(own === null ? [] : [own]), ...aliases])];
    return { reason, from, project: { name, root, importedAs } };
  });
}

/** What declares comes first, as it says most. */
function speakingChanges(commits: readonly TrailCommit[]): readonly ListedChange[] {
  const all = listChanges(commits, (path) => maySpeak(path) || /\.ya?ml$/.test(path));
  const declares = ({ change: { path } }: ListedChange): boolean =>
    isManifest(path) || !path.includes('/');
  return [...all.filter(declares), ...all.filter((one) => !declares(one))];
}

/** Whether a file, as it stands, makes the edge. `owner` is the project that the file belongs to. */
function saysEdge(
  file: { readonly path: RepoPath; readonly text: string | null },
  { from, project }: Edge,
  owner: string | null,
  mentions: ReturnType<typeof makeMentionTest>,
  configFile: string,
): boolean {
  const { path, text } = file;
  if (path === configFile) return declaresEdge(file, from, project.name);
  if (tsconfigNames.includes(path)) return aliasesInto(text, project.root).length > 0;
  if (path === nxJson) return mentions(file);
  if (owner === null || owner === project.name || (from !== null && owner !== from)) return false;
  return mentions(file);
}

/** The recorded project that a file belonged to. */
function recordedOwner(recorded: readonly RecordedProject[]): (path: string) => string | null {
  const byRoot = new Map(recorded.map(({ name, root }) => [root as string, name as string]));
  return (path) => {
    const root = foldersAround(path).find((folder) => byRoot.has(folder));
    return root === undefined ? null : (byRoot.get(root) ?? null);
  };
}

function conclude(
  question: EdgeQuestion,
  edges: readonly Edge[],
  files: ReadonlyMap<Edge, ReadonlyMap<RepoPath, Made>>,
  cut: string | null,
): ReadonlyMap<Reason, FoundCommits> {
  const found = new Map<Reason, FoundCommits>();
  for (const edge of edges) {
    const told = evidenceOf(question, files.get(edge) ?? new Map(), cut);
    if (told !== null) found.set(edge.reason, told);
  }
  const gone = edges.filter(({ reason }) => reason.kind === 'left' && found.has(reason));
  for (const edge of edges) {
    if (!found.has(edge.reason))
      found.set(edge.reason, withoutEvidence(question, edge, gone, found, cut));
  }
  return found;
}

function evidenceOf(
  { commits }: EdgeQuestion,
  made: ReadonlyMap<RepoPath, Made>,
  cut: string | null,
): FoundCommits | null {
  if (made.size === 0) return null;
  const files = [...made].map(([path, { deleted, commits: of }]): EvidenceFile => {
    const ordered = inOrder(commits, new Set(of.map(({ id }) => id)));
    return { path, change: deleted ? 'deleted' : 'changed', commits: ordered };
  });
  const named = new Set(files.flatMap((file) => file.commits));
  return {
    commits: inOrder(commits, named),
    files,
    unsure: cut,
  };
}

/** No file says it: what made or removed the project itself, what went with it, or nothing. */
function withoutEvidence(
  { commits }: EdgeQuestion,
  { reason, from, project }: Edge,
  gone: readonly Edge[],
  found: ReadonlyMap<Reason, FoundCommits>,
  cut: string | null,
): FoundCommits {
  const isNew = reason.kind === 'joined';
  const declaring = commits.filter(({ changes }) =>
    changes.some(
      ({ path, id, before }) =>
        isManifest(path) &&
        path.startsWith(`${project.root}/`) &&
        !path.slice(project.root.length + 1).includes('/') &&
        (isNew ? (before ?? null) === null : id === null),
    ),
  );
  const because = cut === null ? '' : `: ${cut}`;
  if (declaring.length > 0) {
    const what = isNew
      ? `these made ${project.name} a project; no file tells when ${from ?? 'the product'} came to be built from it`
      : `these removed ${project.name}; no other file tells when the last edge to it went`;
    return { commits: declaring.map(({ id }) => id), files: [], unsure: `${what}${because}` };
  }
  if (!isNew && gone.length > 0) {
    const names = gone.map((one) => one.project.name).join(', ');
    const ids = new Set(gone.flatMap((one) => found.get(one.reason)?.commits ?? []));
    return {
      commits: inOrder(commits, ids),
      files: [],
      unsure: `no file tells it of ${project.name}, which may have gone with ${names}${because}`,
    };
  }
  const edge = isNew
    ? `the edge ${from === null ? '' : `from ${from} `}to ${project.name}`
    : `the last edge to ${project.name}`;
  const unsure = `no file in Git tells what ${isNew ? 'made' : 'ended'} ${edge}${because === '' ? ': it may be a plugin of Nx or what it reads' : because}`;
  return { commits: [], files: [], unsure };
}
