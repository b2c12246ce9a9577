import { canonicalJson } from '@lanewise/model';
import picomatch from 'picomatch';
import { isRecord } from '../canonical.js';
import { compareNxJson } from './compare-nx-json.js';
import { readJsonc } from './jsonc.js';

/** One part of an nx.json that has a say in what is built. */
export interface NxJsonSetting {
  readonly part: 'targetDefaults' | 'plugins' | 'other';
  /** Name of the target, plugin or top-level key. */
  readonly key: string;
  /** Equal settings, equal texts. */
  readonly text: string;
  /** Whether it matters to a project with these targets. */
  readonly matters: (targets: ReadonlySet<string>) => boolean;
}

/**
 * What an nx.json (null: no such file) says about building, part by part; null where it cannot be
 * read. Named inputs are left out, as they are compared where they decide: in the filters. So are
 * caching and order of tasks, targets that check and serve, and plugins that infer only these.
 */
export function outlineNxJson(text: string | null): readonly NxJsonSetting[] | null {
  const value = parse(text ?? '{}');
  if (value === null) return null;
  return [...targetDefaults(value['targetDefaults']), ...plugins(value), ...others(text ?? '{}')];
}

/** Tells by its name whether a target may build something that is deployed; in doubt it may. */
export function mayBuild(target: string): boolean {
  return !idleTarget.test(target);
}

const idleTarget =
  /^(?:(?:es|style|md|html)?lint|format|prettier|(?:unit-|integration-|component-)?tests?|e2e|vitest|jest|playwright|cypress|type-?check|tsc:check|serve|serve-static|dev|start|preview|watch|watch-deps|storybook|test-storybook|nx-release-publish|lanewise-release|lanewise-promote)(?:-ci)?(?:(?::|--).*)?$/;

/** Executors and plugins of tools that check, test or serve. */
const idleTool =
  /^@nx\/(?:eslint|jest|vitest|playwright|cypress|detox|storybook)(?:\/plugin)?(?::.*)?$|^@lanewise\/nx(?:\/plugin)?$|:(?:dev-server|serve|file-server|lint|test|jest|vitest|e2e|playwright)$/;

/** What a default may say of a target without another thing being built by it. */
const idleSettings = new Set([
  'cache',
  'continuous',
  'inputs',
  'metadata',
  'outputs',
  'parallelism',
  'syncGenerators',
]);

function targetDefaults(value: unknown): NxJsonSetting[] {
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, entry]) => {
    if (!mayBuild(key) || idleTool.test(key)) return [];
    const told = isRecord(entry)
      ? Object.fromEntries(Object.entries(entry).filter(([name]) => !idleSettings.has(name)))
      : entry;
    if (isRecord(told) && Object.keys(told).length === 0) return [];
    return [{ part: 'targetDefaults', key, text: canonicalJson(told), matters: targetTest(key) }];
  });
}

/** A key names a target, a glob of targets, or an executor, which any target may have. */
function targetTest(key: string): NxJsonSetting['matters'] {
  const isTarget = picomatch(key, { dot: true, windows: false });
  const isExecutor = /^[^\s]+:[^\s]+$/.test(key) && /[/@.]/.test(key);
  return (targets) =>
    targets.has(key) ||
    [...targets].some((target) => mayBuild(target) && (isExecutor || isTarget(target)));
}

/** Plugins in their order, as a later one wins over an earlier. */
function plugins(value: Record<string, unknown>): NxJsonSetting[] {
  const list = Array.isArray(value['plugins']) ? (value['plugins'] as readonly unknown[]) : [];
  const configs = isRecord(value['pluginsConfig']) ? Object.entries(value['pluginsConfig']) : [];
  const named = list
    .map((entry) => ({ key: String(isRecord(entry) ? entry['plugin'] : entry), entry }))
    .filter(({ key }) => !idleTool.test(key))
    .map(({ key, entry }, place) => ({ key, told: { place, entry } as unknown }));
  const configured = configs
    .filter(([key]) => !idleTool.test(key))
    .map(([key, told]) => ({ key: `${key} (pluginsConfig)`, told }));
  return merge([...named, ...configured]).map(({ key, told }) => ({
    part: 'plugins',
    key,
    text: canonicalJson(told),
    matters: (targets) => [...targets].some(mayBuild),
  }));
}

/** A plugin may stand in the list more than once, for different folders. */
function merge(
  entries: readonly { readonly key: string; readonly told: unknown }[],
): readonly { readonly key: string; readonly told: unknown }[] {
  const merged = new Map<string, unknown[]>();
  for (const { key, told } of entries) merged.set(key, [...(merged.get(key) ?? []), told]);
  return [...merged].map(([key, told]) => ({ key, told }));
}

/** Which other keys there are is decided where two files are compared: everything that is not known to be idle. */
function others(text: string): NxJsonSetting[] {
  const value = parse(text) ?? {};
  const keys = compareNxJson(null, text).flatMap((change) =>
    change.part === 'other' ? change.keys : [],
  );
  return keys.map((key) => ({
    part: 'other',
    key,
    text: canonicalJson(value[key]),
    matters: () => true,
  }));
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value = readJsonc(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}
