import type { ConfigSource } from './config-source.js';
import { LanewiseError, type Place } from './errors.js';
import { parseProductName, show, type ProductName } from './ids.js';
import type { NxRelease } from './nx-release.js';
import type { WrittenConfig } from './config-schema.js';

/** Several projects that are one product: one version, one tag, one promotion, one lock. */
export interface ProductGroup {
  readonly name: ProductName;
  /** Names of the members' projects (with or without npm scope) or products, and globs of names. */
  readonly projects: readonly string[];
  /** Template of its tags where it has one of its own. */
  readonly tag: string | null;
  /** `config`: said in `lanewise.yaml`; `nx`: taken over from nx.json. */
  readonly from: 'config' | 'nx';
  readonly place: Place;
}

/**
 * The groups that `products.each` declares with `projects`, and the fixed ones of nx.json that name
 * their projects. Groups of nx.json that choose by tag or folder are passed over: only the graph
 * could answer, and promotions do not ask for it. Throws CONFIG_INVALID with the place.
 */
export function understandGroups(
  written: WrittenConfig,
  nx: NxRelease | null,
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
  for (const { name, projects, tag } of nx?.groups ?? []) {
    if (groups.has(name) || projects.length === 0 || !projects.every(isName)) continue;
    groups.set(name, { name, projects, tag, from: 'nx', place: { file: 'nx.json' } });
  }
  return groups;
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
