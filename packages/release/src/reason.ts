import type { ProjectName, RepoPath } from '@lanewise/model';

/** Files that differ: the exact count, and the first of them. */
export interface ChangedFiles {
  readonly count: number;
  readonly shown: readonly { readonly path: RepoPath; readonly change: 'deleted' | 'changed' }[];
}

/**
 * Why a product is affected. `path` leads from the product's own project to the one named, over
 * the edges by which it is built.
 */
export type Reason =
  | { readonly kind: 'new' }
  | { readonly kind: 'own-files'; readonly files: ChangedFiles }
  | {
      readonly kind: 'dependency';
      readonly project: ProjectName;
      readonly path: readonly ProjectName[];
      readonly files: ChangedFiles;
    }
  | { readonly kind: 'globals'; readonly files: ChangedFiles }
  | {
      readonly kind: 'package';
      readonly lockfile: RepoPath;
      readonly name: string;
      /** Versions in use; none: not in use. */
      readonly before: readonly string[];
      readonly after: readonly string[];
      /** The member that uses it, the way to that member, and from it the packages to this one. */
      readonly project: ProjectName;
      readonly path: readonly ProjectName[];
      readonly packages: readonly string[];
    }
  /** The lockfile changed and cannot be told package by package: it counts as a whole. */
  | { readonly kind: 'lockfile-unreadable'; readonly file: RepoPath; readonly why: string }
  | {
      readonly kind: 'typescript-path';
      readonly file: RepoPath;
      readonly alias: string;
      readonly before: readonly string[];
      readonly after: readonly string[];
    }
  | {
      readonly kind: 'typescript-options';
      readonly file: RepoPath;
      /** The root's tsconfig, where the file is one that it extends. */
      readonly extendedBy?: RepoPath;
      /** The package that it extends, where that resolves to another version, and what says so. */
      readonly package?: string;
      readonly lockfile?: RepoPath;
    }
  /** Settings of Nx changed by which the product may be built otherwise. */
  | {
      readonly kind: 'nx-json';
      readonly file: RepoPath;
      readonly part: 'targetDefaults' | 'plugins' | 'other';
      readonly keys: readonly string[];
    }
  | {
      readonly kind: 'joined';
      readonly project: ProjectName;
      readonly path: readonly ProjectName[];
    }
  | { readonly kind: 'left'; readonly project: ProjectName }
  | {
      readonly kind: 'moved';
      readonly project: ProjectName;
      readonly path: readonly ProjectName[];
      readonly from: RepoPath;
      readonly to: RepoPath;
    }
  /** Which of the project's files count is said differently now. */
  | {
      readonly kind: 'filter';
      readonly project: ProjectName;
      readonly path: readonly ProjectName[];
    }
  /** Equal files, but another set of them counts: projects inside members or globals are cut differently. */
  | { readonly kind: 'boundary' };

const mostShown = 20;

/** Counts files and keeps the first for display, or as many as are asked for. */
export function changedFiles(
  files: readonly { readonly path: RepoPath; readonly deleted: boolean }[],
  most: number = mostShown,
): ChangedFiles {
  const shown = files.slice(0, most).map(({ path, deleted }) => ({
    path,
    change: deleted ? ('deleted' as const) : ('changed' as const),
  }));
  return { count: files.length, shown };
}

/** Whether a reason lies in the product itself and not in something that it is built from. */
export function isOwnReason(reason: Reason): boolean {
  return ['new', 'own-files', 'globals', 'boundary'].includes(reason.kind);
}
