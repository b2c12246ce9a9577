import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path/posix';
import { listWorkTree, type Environment, type Repository } from '@lanewise/git';
import type { CommitId, NxProjects, RepoPath } from '@lanewise/model';

/**
 * The projects that the files of a workspace make, for what nx.json says of them: which are in a
 * release group, and what their tags are called. Nx itself is not asked: a promotion knows a
 * workspace only as a commit, and runs nothing of it.
 */
export async function projectsInWorkTree(
  root: string,
  configFile: RepoPath,
  environment: Environment,
): Promise<NxProjects> {
  const { tellsProjects } = await import('@lanewise/graph');
  const inside = folderOf(configFile);
  const files = (await listWorkTree(root, environment)).filter(
    (path) => path.startsWith(inside) && tellsProjects(path.slice(inside.length)),
  );
  const texts = await Promise.all(
    files.map(async (file) => [file, await readFile(join(root, file), 'utf8').catch(() => null)]),
  );
  return projectsOf(new Map(texts as [string, string | null][]), configFile);
}

/** The same at a commit. */
export async function projectsAt(
  repository: Repository,
  commit: CommitId,
  configFile: RepoPath,
): Promise<NxProjects> {
  const { tellsProjects } = await import('@lanewise/graph');
  const inside = folderOf(configFile);
  const entries = (await repository.listFiles(commit)).filter(
    ({ path, type }) =>
      type === 'blob' && path.startsWith(inside) && tellsProjects(path.slice(inside.length)),
  );
  const blobs = await repository.readBlobs(entries.map(({ id }) => id));
  const decoder = new TextDecoder();
  const texts = entries.map(({ path, id }) => [path, decoder.decode(blobs.get(id))] as const);
  return projectsOf(new Map(texts), configFile);
}

/** Paths of projects are those from the folder of nx.json, which is the configuration's. */
async function projectsOf(
  texts: ReadonlyMap<string, string | null>,
  configFile: RepoPath,
): Promise<NxProjects> {
  const { nxProjects, readProjectFiles } = await import('@lanewise/graph');
  const inside = folderOf(configFile);
  const files = [...texts.keys()].map((path) => path.slice(inside.length)).sort();
  const read = (path: string): string | null => texts.get(inside + path) ?? null;
  return nxProjects(readProjectFiles(files, { read }));
}

function folderOf(file: RepoPath): string {
  const folder = dirname(file);
  return folder === '.' ? '' : `${folder}/`;
}
