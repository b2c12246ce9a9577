import { posix } from 'node:path';
import { canonicalJson, byText, type ProjectName } from '@lanewise/model';
import { isRecord } from '../canonical.js';
import { ownerFinder } from '../owner-finder.js';
import type { WorkspaceGraph } from '../workspace-graph.js';
import { readJsonc } from './jsonc.js';

/** One entry of `compilerOptions.paths` that is not the same as before; null: not there. */
export interface ChangedAlias {
  readonly alias: string;
  readonly before: readonly string[] | null;
  readonly after: readonly string[] | null;
}

export interface TsconfigComparison {
  readonly pathsChanged: readonly ChangedAlias[];
  /** Whether anything else changed: that matters to everything that is compiled with it. */
  readonly otherChanged: boolean;
}

/**
 * Compares two versions of the root's tsconfig (null: no such file), apart from comments, layout
 * and the order of keys. A version that cannot be read counts as changed in full.
 */
export function compareTsconfig(before: string | null, after: string | null): TsconfigComparison {
  if (before === after) return { pathsChanged: [], otherChanged: false };
  const old = readTsconfig(before);
  const now = readTsconfig(after);
  if (old === null || now === null) return { pathsChanged: [], otherChanged: true };
  const aliases = [...new Set([...old.paths.keys(), ...now.paths.keys()])].sort(byText);
  const changed = aliases.map((alias) => ({
    alias,
    before: old.paths.get(alias) ?? null,
    after: now.paths.get(alias) ?? null,
  }));
  return {
    pathsChanged: changed.filter(
      (entry) => canonicalJson(entry.before) !== canonicalJson(entry.after),
    ),
    otherChanged: canonicalJson(old.rest) !== canonicalJson(now.rest),
  };
}

/**
 * The projects that a changed alias leads to, before and after: whoever is built from one of them
 * may get other code by that name.
 */
export function projectsOfAlias(change: ChangedAlias, graph: WorkspaceGraph): ProjectName[] {
  const owner = ownerFinder(graph);
  const paths = [...(change.before ?? []), ...(change.after ?? [])];
  const owners = paths.flatMap((path) => owner(path.replace(/^\.\//, '')) ?? []);
  return [...new Set(owners)].sort(byText);
}

/** A root tsconfig in parts that matter to different projects. */
export interface TsconfigOutline {
  readonly aliases: ReadonlyMap<string, readonly string[]>;
  /** Everything else as one text: equal settings, equal texts. */
  readonly rest: string;
}

/** The parts of one version of the root's tsconfig (null: no such file); null where it cannot be read. */
export function outlineTsconfig(text: string | null): TsconfigOutline | null {
  const read = readTsconfig(text);
  return read === null ? null : { aliases: read.paths, rest: canonicalJson(read.rest) };
}

interface Tsconfig {
  readonly paths: ReadonlyMap<string, readonly string[]>;
  readonly rest: unknown;
}

function readTsconfig(text: string | null): Tsconfig | null {
  const value = parse(text ?? '{}');
  if (!isRecord(value)) return null;
  const { compilerOptions = {}, ...rest } = value;
  if (!isRecord(compilerOptions)) return null;
  const { paths = {}, ...options } = compilerOptions;
  if (!isRecord(paths)) return null;
  const entries = Object.entries(paths).map(([alias, targets]) => {
    const list = [targets].flat().filter((target): target is string => typeof target === 'string');
    return [alias, list.map((target) => fromRoot(options['baseUrl'], target))] as const;
  });
  return { paths: new Map(entries), rest: { rest, options } };
}

/** Targets are written from `baseUrl`, where there is one. */
function fromRoot(baseUrl: unknown, target: string): string {
  const base = typeof baseUrl === 'string' ? posix.normalize(baseUrl) : '.';
  return base === '.' || base === './' ? target : posix.join(base, target);
}

function parse(text: string): unknown {
  try {
    return readJsonc(text);
  } catch {
    return null;
  }
}
