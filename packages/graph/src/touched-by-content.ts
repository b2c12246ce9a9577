import { canonicalJson, isLanewiseError, type ProjectName, type RepoPath } from '@lanewise/model';
import { isRecord } from './canonical.js';
import type { ProjectCause, TouchedFile } from './affected-projects.js';
import { compareNxJson } from './config-files/compare-nx-json.js';
import { compareTsconfig, projectsOfAlias } from './config-files/compare-tsconfig.js';
import { readJsonc } from './config-files/jsonc.js';
import { comparePackages } from './lockfiles/compare-packages.js';
import type { Lockfile } from './lockfiles/lockfile.js';
import { canReadLockfile, readLockfile } from './lockfiles/read-lockfile.js';
import { resolvePackages } from './lockfiles/resolve-packages.js';
import type { Project, WorkspaceGraph } from './workspace-graph.js';

/** Texts of one file at two commits; null: no such file. */
export interface TextChange {
  readonly before: string | null;
  readonly after: string | null;
}

export type TouchedTexts = ReadonlyMap<RepoPath, TextChange>;

type Touch = (project: ProjectName, cause: ProjectCause) => void;

/** The tsconfig that all projects of a workspace share: the first that is there. */
const sharedTsconfigs = ['tsconfig.base.json', 'tsconfig.json'] as const;

/** Files of the workspace's root whose content tells which projects they concern. */
export function filesReadByContent({ lockfile }: Pick<WorkspaceGraph, 'lockfile'>): RepoPath[] {
  const files = ['nx.json', 'package.json', ...sharedTsconfigs] as readonly string[];
  return [...(files as readonly RepoPath[]), ...(lockfile === null ? [] : [lockfile])];
}

/** Adds the causes that lie in what changed inside of such files. */
export function touchByContent(
  graph: WorkspaceGraph,
  touched: readonly TouchedFile[],
  texts: TouchedTexts,
  touch: Touch,
): void {
  const isTouched = (file: string): boolean => touched.some(({ path }) => path === file);
  const textOf = (file: RepoPath): TextChange | null => texts.get(file) ?? null;
  const isThere = (file: string): boolean =>
    isTouched(file) || typeof texts.get(file as RepoPath)?.after === 'string';
  const everybody = (file: RepoPath, why: string): void => {
    for (const project of graph.projects.keys()) touch(project, { kind: 'everything', file, why });
  };
  const nxJson = 'nx.json' as RepoPath;
  if (isTouched(nxJson)) touchByNxJson(graph, textOf(nxJson), everybody, touch);
  const { lockfile } = graph;
  if (lockfile !== null && isTouched(lockfile))
    touchByLockfile(graph, lockfile, textOf(lockfile), everybody, touch);
  const manifest = 'package.json' as RepoPath;
  if (lockfile === null && isTouched(manifest))
    touchByManifest(graph, manifest, textOf(manifest), everybody, touch);
  const tsconfig = sharedTsconfigs.find((file) => isThere(file)) as RepoPath | undefined;
  if (tsconfig !== undefined && isTouched(tsconfig))
    touchByTsconfig(graph, tsconfig, textOf(tsconfig), everybody, touch);
}

type Everybody = (file: RepoPath, why: string) => void;

/** Keys that decide nothing about what is built touch nobody; defaults of a target those who have it. */
function touchByNxJson(
  graph: WorkspaceGraph,
  text: TextChange | null,
  everybody: Everybody,
  touch: Touch,
): void {
  const file = 'nx.json' as RepoPath;
  if (text === null) return everybody(file, 'it changed');
  for (const { part, keys } of compareNxJson(text.before, text.after)) {
    const plain = keys.every((key) => !/[*?[\]{}:@/]/.test(key));
    if (part !== 'targetDefaults' || !plain) {
      everybody(file, `${part === 'other' ? keys.join(', ') : part} changed`);
      continue;
    }
    const why = `the defaults of the target ${keys.join(', ')} changed`;
    for (const { name, targets } of graph.projects.values()) {
      if (targets.some((target) => keys.includes(target)))
        touch(name, { kind: 'everything', file, why });
    }
  }
}

function touchByLockfile(
  graph: WorkspaceGraph,
  file: RepoPath,
  text: TextChange | null,
  everybody: Everybody,
  touch: Touch,
): void {
  const before = text?.before ?? null;
  const after = text?.after ?? null;
  if (before === null || after === null) return everybody(file, 'it cannot be compared');
  const [old, now] = [open(before, file), open(after, file)];
  if (typeof old === 'string') return everybody(file, old);
  if (typeof now === 'string') return everybody(file, now);
  for (const project of graph.projects.values()) {
    const names = graph.packagesKnown ? project.packages : null;
    const [was, is] = [old, now].map((lockfile) => resolvePackages(lockfile, project.root, names));
    if (was === undefined || is === undefined) continue;
    const wider = was.wider ?? is.wider;
    if (wider !== null) {
      touch(project.name, { kind: 'everything', file, why: wider });
      continue;
    }
    for (const { name, path } of comparePackages(was, is))
      touch(project.name, { kind: 'package', name, packages: path });
  }
}

function open(text: string, file: RepoPath): Lockfile | string {
  if (!canReadLockfile(file)) return 'lockfiles of its kind are not read package by package';
  try {
    return readLockfile(text, file);
  } catch (error) {
    if (!isLanewiseError(error)) throw error;
    return error.message;
  }
}

/** Without a lockfile, what package.json asks for is all that is known of versions. */
function touchByManifest(
  graph: WorkspaceGraph,
  file: RepoPath,
  text: TextChange | null,
  everybody: Everybody,
  touch: Touch,
): void {
  const old = readManifest(text?.before ?? null);
  const now = readManifest(text?.after ?? null);
  if (old === null || now === null) return everybody(file, 'it cannot be compared');
  if (old.forced !== now.forced) return everybody(file, 'versions that it forces changed');
  const names = new Set([...old.asked.keys(), ...now.asked.keys()]);
  const changed = [...names].filter((name) => old.asked.get(name) !== now.asked.get(name));
  for (const project of graph.projects.values()) {
    const used = (name: string): boolean => !graph.packagesKnown || uses(project, name);
    for (const name of changed)
      if (used(name)) touch(project.name, { kind: 'package', name, packages: [name] });
  }
}

function uses({ packages }: Project, name: string): boolean {
  return packages.includes(name) || packages.includes(name.replace(/^@types\//, ''));
}

interface Manifest {
  readonly asked: ReadonlyMap<string, string>;
  /** `overrides` and `resolutions` as one text. */
  readonly forced: string;
}

function readManifest(text: string | null): Manifest | null {
  const value = text === null ? null : parse(text);
  if (!isRecord(value)) return null;
  const lists = [value['dependencies'], value['devDependencies']].filter(isRecord);
  const asked = lists.flatMap((list) =>
    Object.entries(list).map(([name, range]) => [name, String(range)] as const),
  );
  const { overrides = null, resolutions = null, pnpm = null } = value;
  const inner = isRecord(pnpm) ? (pnpm['overrides'] ?? null) : null;
  return { asked: new Map(asked), forced: canonicalJson([overrides, resolutions, inner]) };
}

function parse(text: string): unknown {
  try {
    return readJsonc(text);
  } catch {
    return null;
  }
}

function touchByTsconfig(
  graph: WorkspaceGraph,
  file: RepoPath,
  text: TextChange | null,
  everybody: Everybody,
  touch: Touch,
): void {
  if (text === null) return everybody(file, 'it changed');
  const { pathsChanged, otherChanged } = compareTsconfig(text.before, text.after);
  if (otherChanged) return everybody(file, 'compiler options changed');
  for (const change of pathsChanged) {
    const projects = projectsOfAlias(change, graph);
    const cause = { kind: 'typescript-path', file, alias: change.alias } as const;
    const led = projects.length > 0 && change.after !== null;
    for (const project of led ? projects : graph.projects.keys()) touch(project, cause);
  }
}
