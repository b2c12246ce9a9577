import type { Repository, TreeEntry } from '@lanewise/git';
import { byText, canonicalJson, type ObjectId, type RepoPath } from '@lanewise/model';
import type { ChangedFile } from './tree-diffs.js';

/** Where patches for packages lie that no lockfile has a checksum of (patch-package, bun). */
export const patchFolder = 'patches' as RepoPath;

/** Files of the workspace's root in which package managers are told how to install. */
export const installSettings = [
  '.npmrc',
  '.yarnrc.yml',
  'pnpm-workspace.yaml',
  'package.json',
] as readonly string[] as readonly RepoPath[];

/** Names of the packages that a product resolves to; null: it cannot be told, `'none'`: it uses none. */
export type UsedPackages = ReadonlySet<string> | null | 'none';

type At = (path: RepoPath) => TreeEntry | undefined;

/** What decides how locked packages are installed, beside the lockfile. */
export interface InstallFiles {
  /** Files among these that matter to who uses the packages: patches of them, and settings. */
  changed(
    before: At,
    after: At,
    patches: readonly ChangedFile[],
    used: UsedPackages,
  ): readonly ChangedFile[];
  /** Equal files as far as they matter, equal texts. */
  key(at: At, patches: readonly TreeEntry[], used: () => UsedPackages): string;
}

/** Reads the given versions of the settings. */
export async function readInstallFiles(
  repository: Pick<Repository, 'readBlobs'>,
  ids: readonly ObjectId[],
): Promise<InstallFiles> {
  const blobs =
    ids.length === 0
      ? new Map<ObjectId, Uint8Array>()
      : await repository.readBlobs([...new Set(ids)]);
  const settings = new Map<string, string>();
  const settingsOf = (path: RepoPath, entry: TreeEntry | undefined): string => {
    const bytes = entry?.type === 'blob' ? blobs.get(entry.id) : undefined;
    if (bytes === undefined) return '';
    const key = `${path} ${entry?.id ?? ''}`;
    let found = settings.get(key);
    if (found === undefined)
      settings.set(key, (found = whatMatters(path, new TextDecoder().decode(bytes))));
    return found;
  };
  return {
    changed(before, after, patches, used) {
      if (used === 'none') return [];
      const told = installSettings
        .filter((path) => settingsOf(path, before(path)) !== settingsOf(path, after(path)))
        .map((path) => ({ path, deleted: after(path) === undefined }));
      return [...told, ...patches.filter(({ path }) => isPatchOf(path, used))];
    },
    key(at, patches, usedBy) {
      const told = installSettings.map((path) => settingsOf(path, at(path)));
      // Asking for all packages of a product takes time, and most workspaces patch none.
      if (patches.length === 0) return told.join('') === '' ? '' : canonicalJson(told);
      const used = usedBy();
      if (used === 'none') return '';
      const files = patches
        .filter(({ path }) => isPatchOf(path, used))
        .map(({ path, mode, id }) => `${path} ${mode} ${id}`)
        .sort(byText);
      return canonicalJson([told, files]);
    },
  };
}

/** A file below `patches` is for the package in its name; one that names none may be for any. */
function isPatchOf(path: RepoPath, used: ReadonlySet<string> | null): boolean {
  if (!path.startsWith(`${patchFolder}/`)) return false;
  const name = patchedPackage(path.slice(patchFolder.length + 1));
  return used === null || name === null || used.has(name);
}

/**
 * The package that a patch is for: `left-pad+1.3.0.patch`, `@acme+ui+1.0.0.patch`,
 * `outer++inner+1.0.0.patch` (patch-package), `left-pad@1.3.0.patch`, `@acme%2Fui@1.0.0.patch`,
 * `@acme__ui@1.0.0.patch` (bun, pnpm).
 */
function patchedPackage(file: string): string | null {
  const [, name] = /^(.+?)(?:[+@]\d[^/]*)\.patch$/.exec(file) ?? [];
  if (name === undefined) return null;
  const inner = name.split('++').at(-1) ?? name;
  return inner.startsWith('@') ? inner.replace(/\+|%2f|__/i, '/') : inner;
}

/**
 * Settings by which the same lockfile is installed otherwise. What they say of registries, tokens
 * and output changes nothing, and what they say of versions is in the lockfile.
 */
function whatMatters(path: RepoPath, text: string): string {
  if (path === 'package.json') return matteringKeys(text);
  if (path === '.npmrc') {
    const lines = text.split(/\r?\n/).map((line) => line.replace(/\s*=\s*/, '=').trim());
    return lines
      .filter((line) => npmSettings.test(line))
      .sort(byText)
      .join('\n');
  }
  const blocks = text.split(/\r?\n(?=[^\s#-])/).map((block) =>
    block
      .split(/\r?\n/)
      .filter((line) => !/^\s*(?:#|$)/.test(line))
      .join('\n'),
  );
  return blocks
    .filter((block) => yamlSettings.test(block))
    .sort(byText)
    .join('\n');
}

const npmSettings =
  /^(?:node-linker|install-strategy|install-links|global-style|legacy-bundling|hoist(?:-pattern|-workspace-packages)?|public-hoist-pattern(?:\[\])?|hoist-pattern\[\]|shamefully-hoist|symlink|inject-workspace-packages|dedupe-injected-deps|ignore-scripts|omit|include|os|cpu|libc)=/;

const yamlSettings =
  /^["']?(?:nodeLinker|nmHoistingLimits|nmMode|nmSelfReferences|pnpMode|pnpFallbackMode|pnpIgnorePatterns|enableScripts|supportedArchitectures|packageExtensions|hoist|hoistPattern|publicHoistPattern|shamefullyHoist|symlink|injectWorkspacePackages|onlyBuiltDependencies|neverBuiltDependencies|ignoredBuiltDependencies|ignoredOptionalDependencies|dangerouslyAllowAllBuilds|ignoreScripts)["']?\s*:/;

/** Scripts, names and ranges of the root's package.json decide nothing that is not in the lockfile. */
function matteringKeys(text: string): string {
  try {
    const value = JSON.parse(text.replace(/^\ufeff/, '')) as Record<string, unknown> | null;
    const { dependenciesMeta = null, trustedDependencies = null, pnpm } = value ?? {};
    const told = (pnpm ?? {}) as Record<string, unknown>;
    const builds = ['onlyBuiltDependencies', 'neverBuiltDependencies', 'packageExtensions'].map(
      (key) => told[key] ?? null,
    );
    const settings = [dependenciesMeta, trustedDependencies, ...builds];
    return settings.every((one) => one === null) ? '' : canonicalJson(settings);
  } catch {
    return text;
  }
}
