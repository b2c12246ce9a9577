import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from '@lanewise/git';
import { branchRef, LanewiseError, type CommitId, type RepoPath } from '@lanewise/model';

/** Files to look at: a directory, or the tip of a remote's branch. */
export interface FileSource {
  /** Paths from the root with `/`, sorted. */
  readonly files: readonly string[];
  /** Contents of some of them. */
  read(paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
}

const skipped = new Set([
  '.git',
  'node_modules',
  '.nx',
  'dist',
  'target',
  'vendor',
  '.venv',
  '.terraform',
]);
const mostFiles = 300_000;

/** The files below a directory, without those that nobody keeps in Git. */
export async function directorySource(root: string): Promise<FileSource> {
  const files: string[] = [];
  const open = [''];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !skipped.has(entry.name)) open.push(path);
      else if (entry.isFile()) files.push(path);
    }
    if (files.length > mostFiles) {
      throw new LanewiseError(
        'USAGE',
        `${root} holds more than ${mostFiles} files: that is hardly one repository.`,
        {
          hint: "Run 'lanewise init' in the root of the workspace.",
        },
      );
    }
  }
  return {
    files: files.sort(),
    read: (paths) => readFiles(root, paths),
  };
}

const atOnce = 64;

/** In batches: a process may hold only so many open files. */
async function readFiles(
  root: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const contents = new Map<string, Uint8Array>();
  for (let from = 0; from < paths.length; from += atOnce) {
    const batch = paths.slice(from, from + atOnce);
    const read = await Promise.all(batch.map((path) => readFile(join(root, path))));
    batch.forEach((path, index) => contents.set(path, read[index] ?? new Uint8Array()));
  }
  return contents;
}

/** The files at the tip of a branch, or of the default branch. Throws REF_UNKNOWN. */
export async function repositorySource(
  repository: Repository,
  branch: string | null,
): Promise<FileSource & { readonly branch: string }> {
  const ref = branch === null ? await repository.readHead() : branchRef(branch);
  const { refs } = await repository.fetch({ refs: ref === null ? [] : [ref], depth: 'tip' });
  const tip = ref === null ? undefined : (refs.get(ref) as CommitId | undefined);
  if (ref === null || tip === undefined) {
    throw new LanewiseError(
      'REF_UNKNOWN',
      `${repository.name} has no branch ${branch ?? 'by default'}.`,
      {
        hint: 'Name the branch that Argo CD or Flux follow with --branch.',
      },
    );
  }
  const entries = (await repository.listFiles(tip)).filter(({ type }) => type === 'blob');
  const ids = new Map<string, (typeof entries)[number]['id']>(
    entries.map(({ path, id }) => [path, id]),
  );
  return {
    branch: ref.replace(/^refs\/heads\//, ''),
    files: entries.map(({ path }: { path: RepoPath }) => path),
    read: async (paths) => {
      const wanted = paths.flatMap((path) => {
        const id = ids.get(path);
        return id === undefined ? [] : [[path, id] as const];
      });
      const blobs = await repository.readBlobs(wanted.map(([, id]) => id));
      return new Map(wanted.map(([path, id]) => [path, blobs.get(id) ?? new Uint8Array()]));
    },
  };
}
