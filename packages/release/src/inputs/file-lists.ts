import type { Project } from '@lanewise/graph';
import type { TreeEntry } from '@lanewise/git';
import { byText, sha256, type ProjectName, type RepoPath } from '@lanewise/model';
import type { GlobalRule, InputRules } from './input-rules.js';

/** The files of one commit, sorted into inputs. Digests are made when asked for, each once. */
export interface FileLists {
  /** Digest of what counts of a project's files: path inside the project, mode and object id. */
  projectDigest(project: Project): string;
  /** Whether any file of the project that counts is TypeScript's business. */
  usesTypeScript(project: Project): boolean;
  /** Files that a product's globals name, by path. */
  globalFiles(rule: GlobalRule): readonly TreeEntry[];
  /** All files in a folder and below it, whether they count or not. */
  below(folder: RepoPath): readonly TreeEntry[];
  file(path: RepoPath): TreeEntry | undefined;
}

/** Makes the lists of a commit's files: all of them, or all that will be asked for. */
export function makeFileLists(files: readonly TreeEntry[], rules: InputRules): FileLists {
  const sorted = sortByPath(files);
  const listed = new Map<ProjectName, readonly TreeEntry[]>();
  const digests = new Map<string, string>();
  const typescript = new Map<string, boolean>();
  const globals = new Map<string, readonly TreeEntry[]>();
  const owned = ({ name, root }: Project): readonly TreeEntry[] => {
    let found = listed.get(name);
    if (found === undefined) {
      found = filesBelow(sorted, root).filter(({ path }) =>
        rules.owners(path).some((owner) => owner.name === name),
      );
      listed.set(name, found);
    }
    return found;
  };
  const counted = (project: Project): readonly TreeEntry[] =>
    owned(project).filter(({ path }) => rules.counts(project, path));
  return {
    projectDigest(project) {
      const key = `${project.name}\0${project.filter.digest}`;
      let digest = digests.get(key);
      if (digest === undefined) {
        digest = digestFiles(counted(project), project.root);
        digests.set(key, digest);
      }
      return digest;
    },
    usesTypeScript(project) {
      const key = `${project.name}\0${project.filter.digest}`;
      let uses = typescript.get(key);
      if (uses === undefined) {
        uses = owned(project).some(({ path }) => isTypeScript(path) && rules.counts(project, path));
        typescript.set(key, uses);
      }
      return uses;
    },
    globalFiles(rule) {
      let found = globals.get(rule.key);
      if (found === undefined) globals.set(rule.key, (found = selectFiles(sorted, rule)));
      return found;
    },
    below: (folder) => filesBelow(sorted, folder),
    file(path) {
      const found = sorted[lowerBound(sorted, path)];
      return found?.path === path ? found : undefined;
    },
  };
}

/** Git lists files in an order that is mostly this one. */
function sortByPath(files: readonly TreeEntry[]): readonly TreeEntry[] {
  const isSorted = files.every(
    ({ path }, index) => index === 0 || byText(files[index - 1]?.path ?? '', path) < 0,
  );
  return isSorted ? files : [...files].sort((a, b) => byText(a.path, b.path));
}

/** The files in a folder and below it, and what stands in its place or around it: a link, a submodule. */
function filesBelow(sorted: readonly TreeEntry[], root: RepoPath): readonly TreeEntry[] {
  if (root === '') return sorted;
  const parts = root.split('/');
  const around = parts.flatMap((_part, index) => {
    const path = parts.slice(0, index + 1).join('/');
    const place = sorted[lowerBound(sorted, path)];
    return place?.path === path ? [place] : [];
  });
  // The character after the slash ends the folder's range.
  const [start, end] = [lowerBound(sorted, `${root}/`), lowerBound(sorted, `${root}0`)];
  return [...around, ...sorted.slice(start, end)];
}

/** Digest of files by their paths below a root, their modes and object ids. */
export function digestFiles(files: readonly TreeEntry[], root: string): string {
  const from = root === '' ? 0 : root.length + 1;
  const lines = files.map(({ path, mode, id }) => `${mode} ${id} ${plainText(path.slice(from))}`);
  return sha256(lines.sort(byText).join('\0'));
}

/**
 * Bytes of a path that are no text (code units of their own) would all be hashed alike: such a path
 * is written out, behind a slash that no path begins with.
 */
function plainText(path: string): string {
  return /\p{Surrogate}/u.test(path) ? `/${JSON.stringify(path)}` : path;
}

/** Tells whether a path is of a kind that TypeScript reads. */
export function isTypeScript(path: string): boolean {
  return /\.[mc]?tsx?$|(?:^|\/)tsconfig[^/]*\.json$/.test(path);
}

/** What a glob's matches begin with, up to the last whole folder or the whole path of a literal. */
export function literalPart(glob: string): { readonly literal: boolean; readonly text: string } {
  const plain = /^[^*?[\]{}()!+@\\]*/.exec(glob)?.[0] ?? '';
  if (plain === glob && !glob.endsWith('/')) return { literal: true, text: glob };
  return { literal: false, text: plain.slice(0, plain.lastIndexOf('/') + 1) };
}

/** Looks only at files that begin as a pattern does, so that many products with few globals stay cheap. */
function selectFiles(sorted: readonly TreeEntry[], rule: GlobalRule): readonly TreeEntry[] {
  const found = new Map<RepoPath, TreeEntry>();
  for (const pattern of rule.patterns) {
    if (pattern.startsWith('!')) continue;
    const { literal, text } = literalPart(pattern);
    for (let index = lowerBound(sorted, text); index < sorted.length; index += 1) {
      const file = sorted[index];
      if (file === undefined || !file.path.startsWith(text)) break;
      if (literal && file.path !== text) continue;
      if (!found.has(file.path) && rule.test(file.path)) found.set(file.path, file);
    }
  }
  return [...found.values()].sort((a, b) => byText(a.path, b.path));
}

function lowerBound(sorted: readonly TreeEntry[], text: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (byText(sorted[middle]?.path ?? '', text) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
