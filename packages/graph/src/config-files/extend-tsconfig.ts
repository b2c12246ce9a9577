import { posix } from 'node:path';
import type { ProjectName, RepoPath } from '@lanewise/model';
import { isRecord } from '../canonical.js';
import type { WorkspaceGraph } from '../workspace-graph.js';
import { readJsonc } from './jsonc.js';

/** What stands at a path: a file's text, a folder by its id, nothing (null); undefined: that was not read yet. */
export type TsconfigPlace =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'folder'; readonly id: string }
  | null
  | undefined;

/** A tsconfig with all that it extends. */
export interface ExtendedTsconfig {
  /** As one text, as if nothing were extended; equal settings may differ in it only by their order. null: no such file. */
  readonly text: string | null;
  /** Every path that has a say: the file itself, what it extends, and where that would lie too. */
  readonly looked: readonly RepoPath[];
  /** External packages that are extended: their settings change with their versions. */
  readonly packages: readonly string[];
  /** The file that the entries of `paths` come from. */
  readonly pathsIn: RepoPath;
  /** Paths that have to be read before this is the whole. */
  readonly unread: readonly RepoPath[];
}

/**
 * Follows `extends` as TypeScript does: one or several, each relative or in a package, a later one
 * and the file itself winning option by option. Relative paths in what is extended are understood
 * from where they stand. A package that is a project of the graph is followed into its folder;
 * where it does not tell which file is meant, the whole folder counts.
 */
export function extendTsconfig(
  file: RepoPath,
  read: (path: RepoPath) => TsconfigPlace,
  graph: Pick<WorkspaceGraph, 'projects'>,
): ExtendedTsconfig {
  const walk: Walk = { read, graph, looked: new Set(), packages: new Set(), unread: new Set() };
  const own = read(file);
  walk.looked.add(file);
  if (own === undefined) walk.unread.add(file);
  const text = own?.kind === 'text' ? own.text : null;
  const merged = text?.includes('"extends"') === true ? mergeFile(file, text, walk, []) : null;
  return {
    text: merged === null ? text : writeMerged(merged),
    looked: [...walk.looked],
    packages: [...walk.packages],
    pathsIn: merged?.pathsIn ?? file,
    unread: [...walk.unread],
  };
}

interface Walk {
  readonly read: (path: RepoPath) => TsconfigPlace;
  readonly graph: Pick<WorkspaceGraph, 'projects'>;
  readonly looked: Set<RepoPath>;
  readonly packages: Set<string>;
  readonly unread: Set<RepoPath>;
}

/** Settings of a file with those that it extends, paths written from the workspace's root. */
interface Merged {
  readonly options: Readonly<Record<string, unknown>>;
  /** `paths`, and the folder from which its targets are written where there is no `baseUrl`. */
  readonly paths: { readonly entries: unknown; readonly from: string } | null;
  readonly pathsIn: RepoPath | null;
  readonly rest: Readonly<Record<string, unknown>>;
  /** What could not be followed file by file, as it counts instead. */
  readonly whole: readonly string[];
}

const nothing: Merged = { options: {}, paths: null, pathsIn: null, rest: {}, whole: [] };

function mergeFile(
  file: RepoPath,
  text: string,
  walk: Walk,
  around: readonly RepoPath[],
): Merged | null {
  const value = parse(text);
  if (!isRecord(value)) return around.length === 0 ? null : { ...nothing, whole: [text] };
  const { extends: extended, compilerOptions = {}, ...rest } = value;
  const bases = [extended].flat().filter((one): one is string => typeof one === 'string');
  const merged = bases
    .map((base) => mergeBase(base, file, walk, [...around, file]))
    .reduce(joinBases, nothing);
  const folder = posix.dirname(file) === '.' ? '' : posix.dirname(file);
  const { paths, ...options } = isRecord(compilerOptions) ? compilerOptions : {};
  const own: Merged = {
    options: fromRoot(options, folder),
    paths: paths === undefined ? null : { entries: paths, from: folder },
    pathsIn: paths === undefined ? null : file,
    // What is said beside options of files is understood from the folder as well.
    rest: Object.fromEntries(
      Object.entries(rest).map(([key, one]) => [key, folder === '' ? one : [folder, one]]),
    ),
    whole: [],
  };
  return joinBases(merged, own);
}

function joinBases(one: Merged, later: Merged): Merged {
  return {
    options: { ...one.options, ...later.options },
    paths: later.paths ?? one.paths,
    pathsIn: later.pathsIn ?? one.pathsIn,
    rest: { ...one.rest, ...later.rest },
    whole: [...one.whole, ...later.whole],
  };
}

function mergeBase(
  written: string,
  from: RepoPath,
  walk: Walk,
  around: readonly RepoPath[],
): Merged {
  const wanted = wantedBy(written, from, walk.graph);
  if (wanted === null) {
    walk.packages.add(packageOf(written));
    return nothing;
  }
  const look = (path: RepoPath): TsconfigPlace => {
    const place = walk.read(path);
    walk.looked.add(path);
    if (place === undefined) walk.unread.add(path);
    return place;
  };
  for (const path of wanted.files) {
    const place = look(path);
    if (place === undefined) return nothing;
    // A circle is an error of TypeScript's; here it only must end.
    if (place?.kind === 'text' && around.includes(path)) return nothing;
    if (place?.kind === 'text') return mergeFile(path, place.text, walk, around) ?? nothing;
  }
  const folder = wanted.folder === null ? null : look(wanted.folder);
  const whole = folder?.kind === 'folder' ? folder.id : 'is not there';
  return { ...nothing, whole: [`${written} ${whole}`] };
}

/** Where a file that is extended may lie: files in the order in which they are looked for, else the whole folder. */
interface Wanted {
  readonly files: readonly RepoPath[];
  readonly folder: RepoPath | null;
}

/** null: it is in a package from outside. */
function wantedBy(
  written: string,
  from: RepoPath,
  { projects }: Pick<WorkspaceGraph, 'projects'>,
): Wanted | null {
  const [, installed] = /(?:^|\/)node_modules\/(.+)$/.exec(written) ?? [];
  if (installed === undefined && /^\.{0,2}\//.test(written)) {
    const path = posix.join(posix.dirname(from), written);
    // What is outside of the workspace cannot be seen.
    const isOutside = path.startsWith('../') || written.startsWith('/');
    return { files: isOutside ? [] : jsonAt(path), folder: null };
  }
  const wanted = installed ?? written;
  const name = packageOf(wanted);
  const project = projects.get(name as ProjectName);
  if (project === undefined) return null;
  const inside = wanted.slice(name.length + 1);
  const at = (path: string): string => (project.root === '' ? path : `${project.root}/${path}`);
  const files = inside === '' ? [at('tsconfig.json') as RepoPath] : jsonAt(at(inside));
  return { files, folder: project.root };
}

function jsonAt(path: string): readonly RepoPath[] {
  const paths = path.endsWith('.json') ? [path] : [path, `${path}.json`];
  return paths as readonly string[] as readonly RepoPath[];
}

/** `@acme/tsconfig/base.json` is in `@acme/tsconfig`. */
function packageOf(written: string): string {
  const [, installed] = /(?:^|\/)node_modules\/(.+)$/.exec(written) ?? [];
  const parts = (installed ?? written).split('/');
  return parts.slice(0, written.startsWith('@') || parts[0]?.startsWith('@') ? 2 : 1).join('/');
}

const onePath = ['baseUrl', 'rootDir', 'outDir', 'outFile', 'declarationDir', 'tsBuildInfoFile'];
const manyPaths = ['rootDirs', 'typeRoots'];

function fromRoot(options: Record<string, unknown>, folder: string): Record<string, unknown> {
  if (folder === '') return options;
  const move = (path: unknown): unknown =>
    typeof path === 'string' && !path.startsWith('${') ? posix.join(folder, path) : path;
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => {
      if (onePath.includes(key)) return [key, move(value)];
      return [key, manyPaths.includes(key) && Array.isArray(value) ? value.map(move) : value];
    }),
  );
}

function writeMerged({ options, paths, rest, whole }: Merged): string {
  const compilerOptions = {
    ...options,
    ...(paths !== null && { paths: movePaths(paths, options['baseUrl'] !== undefined) }),
  };
  return JSON.stringify({ ...rest, compilerOptions, ...(whole.length > 0 && { whole }) });
}

/** Targets are written from `baseUrl`, wherever that is said; without one from their own folder. */
function movePaths({ entries, from }: NonNullable<Merged['paths']>, hasBaseUrl: boolean): unknown {
  if (hasBaseUrl || from === '' || !isRecord(entries)) return entries;
  return Object.fromEntries(
    Object.entries(entries).map(([alias, targets]) => [
      alias,
      [targets].flat().map((target) => posix.join(from, String(target))),
    ]),
  );
}

function parse(text: string): unknown {
  try {
    return readJsonc(text);
  } catch {
    return null;
  }
}
