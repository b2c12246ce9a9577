import type { ConfigSource } from './config-source.js';
import { LanewiseError, type Place } from './errors.js';
import { parseProductName, show, type ProductName } from './ids.js';
import type { NxProjects } from './nx-projects.js';
import type { NxRelease } from './nx-release.js';
import type { WrittenConfig } from './config-schema.js';
import { understandSteps, type VersionSteps } from './versioning.js';

/** Several projects that are one product: one version, one tag, one promotion, one lock. */
export interface ProductGroup {
  readonly name: ProductName;
  /** Names of the members' projects (with or without npm scope) or products, and globs of names; for a group of nx.json whole names. */
  readonly projects: readonly string[];
  /** Of a group of nx.json: how it chooses its projects there, in Nx's own words. */
  readonly patterns?: readonly string[];
  /** Template of its tags where it has one of its own. */
  readonly tag: string | null;
  /** Of a group of nx.json: what decides the size of its steps. */
  readonly steps?: VersionSteps;
  /** `config`: said in `lanewise.yaml`; `nx`: taken over from nx.json. */
  readonly from: 'config' | 'nx';
  readonly place: Place;
}

/**
 * The groups that `products.each` declares with `projects`, and the fixed ones of nx.json. Where the
 * workspace's projects are not known, those count that name their projects outright. Throws
 * CONFIG_INVALID with the place.
 */
export function understandGroups(
  written: WrittenConfig,
  nx: NxRelease | null,
  known: NxProjects | null,
  source: ConfigSource,
): ReadonlyMap<ProductName, ProductGroup> {
  const groups = new Map<ProductName, ProductGroup>();
  for (const [key, value] of Object.entries(written.products?.each ?? {})) {
    if (value?.projects === undefined) continue;
    const path = ['products', 'each', key];
    const name = parseProductName(value.name ?? key);
    const place = source.keyPlace([...path, 'projects']);
    const wrong = value.root ?? value.project ?? value.dependsOn;
    if (wrong !== undefined || value.projects.length === 0 || !value.projects.every(isName))
      throw noGroup(name, place);
    groups.set(name, { name, projects: value.projects, tag: null, from: 'config', place });
  }
  const saysTag = written.versioning?.tag !== undefined;
  for (const { name: text, fixed, patterns, tag, inheritedTag, steps: said } of nx?.groups ?? []) {
    if (!fixed) continue;
    const name = parseProductName(text);
    const projects = projectsOf(patterns, known);
    if (groups.has(name) || projects.length === 0) continue;
    const own = tag ?? (saysTag ? null : inheritedTag);
    const place = { file: 'nx.json' };
    const steps = understandSteps(written.versioning ?? {}, said);
    groups.set(name, { name, projects, patterns, tag: own, steps, from: 'nx', place });
  }
  return groups;
}

/** What projects the patterns choose; names that no file knows count too, as `lanewise.yaml` may declare them. */
function projectsOf(patterns: readonly string[], known: NxProjects | null): readonly string[] {
  const chosen = known?.matching(patterns) ?? [];
  if (chosen.length > 0) return chosen;
  return patterns.every((one) => isName(one) && !/[!*?[\]{}()|]/.test(one)) ? patterns : [];
}

/** A name, with or without npm scope, or a glob of names without scope. */
function isName(pattern: string): boolean {
  return /^@[^/*?[\]{}!]+\/[^/*?[\]{}!]+$/.test(pattern) || /^!?[^/:]+$/.test(pattern);
}

function noGroup(name: string, place: Place): LanewiseError {
  return new LanewiseError(
    'CONFIG_INVALID',
    `The group ${show(name)} is made of the products or projects that 'projects' names, and has no 'root', 'project' or 'dependsOn' of its own.`,
    {
      place,
      hint: `Write ${name}: { projects: [api, worker] }: names, or globs of names.`,
    },
  );
}
