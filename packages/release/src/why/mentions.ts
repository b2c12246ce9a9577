import { posix } from 'node:path';
import { outlineTsconfig } from '@lanewise/graph';
import { isLanewiseError, parseConfig, type ProjectName, type RepoPath } from '@lanewise/model';

/** A project by all names under which files may speak of it. */
export interface NamedProject {
  readonly name: ProjectName;
  readonly root: RepoPath;
  /** Its package's name and the aliases that lead to it, without a final star. */
  readonly importedAs: readonly string[];
}

/** The text of a file at one moment, and where it lies. */
export interface FileText {
  readonly path: RepoPath;
  /** null: there was no such file. */
  readonly text: string | null;
}

/** Files that may make an edge: what imports, and what declares. */
export function maySpeak(path: string): boolean {
  return /\.(?:[cm]?[jt]sx?|json[c5]?|vue|svelte|astro|mdx|css|s[ac]ss|less)$/.test(path);
}

/** Files that declare what a project is built from; they are looked at first. */
export function isManifest(path: string): boolean {
  return /(?:^|\/)(?:package|project)\.json$/.test(path);
}

/**
 * Makes the test of whether a file speaks of a project as of something that it is built from: by an
 * import (of its package, an alias, or a path into its folder), or, in JSON, by its name. Words in
 * comments that look like these count too: it is a search in texts.
 */
export function makeMentionTest(project: NamedProject): (file: FileText) => boolean {
  const code = wordTest(project.importedAs);
  const json = wordTest([...project.importedAs, project.name]);
  return ({ path, text }) => {
    if (text === null) return false;
    if ((path.endsWith('.json') ? json : code)(text)) return true;
    for (const [, written = ''] of text.matchAll(relative)) {
      const target = posix.join(posix.dirname(path), written);
      if (target === project.root || target.startsWith(`${project.root}/`)) return true;
    }
    return false;
  };
}

const relative = /["'`](\.{1,2}\/[^"'`\n]{1,300})["'`]/g;

/** Whether one of the words stands in quotes, alone or with a path behind it. */
function wordTest(words: readonly string[]): (text: string) => boolean {
  if (words.length === 0) return () => false;
  const any = words.map((word) => word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|');
  const pattern = new RegExp(`["'\`](?:${any})(?:["'\`]|/)`);
  return (text) => pattern.test(text);
}

/** The aliases of a tsconfig (null: no such file) that lead into a folder, without a final star. */
export function aliasesInto(text: string | null, root: RepoPath): readonly string[] {
  const aliases = [...(outlineTsconfig(text)?.aliases ?? [])];
  return aliases
    .filter(([, targets]) =>
      targets.some((target) => `${target.replace(/^\.\//, '')}/`.startsWith(`${root}/`)),
    )
    .map(([alias]) => alias.replace(/\/?\*.*$/, ''))
    .filter((alias) => alias !== '');
}

/** The package's name as a package.json (null: no such file) says it. */
export function packageNameIn(text: string | null): string | null {
  try {
    const value = JSON.parse(text ?? 'null') as { readonly name?: unknown } | null;
    const name = value?.name;
    return typeof name === 'string' && name !== '' ? name : null;
  } catch {
    return null;
  }
}

/** Whether a lanewise.yaml declares by `dependsOn` that a project (null: any) is built from another. */
export function declaresEdge(
  { path, text }: FileText,
  from: ProjectName | null,
  to: ProjectName,
): boolean {
  if (text === null) return false;
  try {
    const config = parseConfig(text, path);
    const names = [to, to.replace(/^@[^/]+\//, '')] as readonly string[];
    const products = [...config.products.values()].map((one) => ({
      name: one.project ?? one.name,
      dependsOn: one.dependsOn,
    }));
    return [...products, ...config.projects.values()].some(
      ({ name, dependsOn }) =>
        (from === null || name === from || name === from.replace(/^@[^/]+\//, '')) &&
        dependsOn.some((one) => names.includes(one)),
    );
  } catch (error) {
    if (isLanewiseError(error)) return false;
    throw error;
  }
}
