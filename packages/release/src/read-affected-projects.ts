import {
  affectedProjects,
  filesReadByContent,
  type AffectedProject,
  type TextChange,
  type TouchedFile,
  type WorkspaceGraph,
} from '@lanewise/graph';
import type { Repository } from '@lanewise/git';
import type { CommitId, RepoPath } from '@lanewise/model';
import { readExtendedTsconfigs } from './inputs/special-paths.js';

/** What the projects' comparison asks for: one base for all, as `nx affected` has it. */
export interface ProjectsSources {
  readonly repository: Pick<Repository, 'readEntries' | 'diffTrees' | 'readBlobs'>;
  /** The graph at the later commit. */
  readonly graph: WorkspaceGraph;
  readonly from: CommitId;
  readonly to: CommitId;
  /**
   * Files of the work tree that differ from `to`, with the texts of those that count by content.
   * Absent: only commits are compared.
   */
  readonly workTree?: WorkTreeChanges;
}

/** Changed, staged and untracked files; `textOf` gives null for a file that is not there. */
export interface WorkTreeChanges {
  readonly files: readonly TouchedFile[];
  readonly textOf: (path: RepoPath) => string | null;
}

/** The affected projects, with what they were found from. */
export interface ProjectsAnswer {
  readonly from: CommitId;
  readonly to: CommitId;
  readonly changedFiles: number;
  readonly projects: readonly AffectedProject[];
}

/**
 * Reads what changed between two commits and gives the projects that it affects (see
 * `affectedProjects` in @lanewise/graph). Costs one comparison of trees and the few files of the
 * root that count by content.
 */
export async function readAffectedProjects(sources: ProjectsSources): Promise<ProjectsAnswer> {
  const { repository, graph, from, to, workTree } = sources;
  const changed = await repository.diffTrees(from, to);
  const touched = new Map(changed.map(({ path, id }) => [path, { path, deleted: id === null }]));
  for (const file of workTree?.files ?? []) touched.set(file.path, file);
  const projects = affectedProjects({
    graph,
    touched: [...touched.values()],
    texts: await readTexts(sources),
    extended: await readExtendedTsconfigs(repository, to, graph),
  });
  return { from, to, changedFiles: touched.size, projects };
}

async function readTexts({
  repository,
  graph,
  from,
  to,
  workTree,
}: ProjectsSources): Promise<ReadonlyMap<RepoPath, TextChange>> {
  const files = filesReadByContent(graph);
  const looks = [from, to].flatMap((commit) => files.map((path) => ({ commit, path })));
  const entries = await repository.readEntries(looks);
  const ids = entries.flatMap((entry) => (entry?.type === 'blob' ? [entry.id] : []));
  const blobs = await repository.readBlobs([...new Set(ids)]);
  const textAt = (place: number): string | null => {
    const entry = entries[place];
    const bytes = entry === undefined ? undefined : blobs.get(entry.id);
    return bytes === undefined ? null : new TextDecoder().decode(bytes);
  };
  const dirty = new Set(workTree?.files.map(({ path }) => path));
  return new Map(
    files.map((path, number) => {
      const committed = textAt(files.length + number);
      const after = dirty.has(path) ? (workTree?.textOf(path) ?? null) : committed;
      return [path, { before: textAt(number), after }];
    }),
  );
}
