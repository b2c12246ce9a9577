import { byText, canonicalJson } from '@lanewise/model';
import { isRecord } from '../canonical.js';
import { readJsonc } from './jsonc.js';

/** A part of nx.json by whom it matters to. */
export type NxJsonPart = 'namedInputs' | 'targetDefaults' | 'plugins' | 'other';

export interface NxJsonChange {
  readonly part: NxJsonPart;
  /** Which named inputs, targets, plugins or top-level keys. */
  readonly keys: readonly string[];
}

/**
 * Which parts of nx.json changed (null: no such file). Named inputs matter to the projects whose
 * filters they change, and are compared there; target defaults to those who have the target;
 * plugins and the rest may matter to all. A version that cannot be read counts as changed in full.
 */
export function compareNxJson(before: string | null, after: string | null): NxJsonChange[] {
  if (before === after) return [];
  const old = parse(before);
  const now = parse(after);
  if (old === null || now === null) return [{ part: 'other', keys: ['*'] }];
  const changes: NxJsonChange[] = [
    { part: 'namedInputs', keys: changedKeys(old['namedInputs'], now['namedInputs']) },
    { part: 'targetDefaults', keys: changedKeys(old['targetDefaults'], now['targetDefaults']) },
    { part: 'plugins', keys: changedKeys(pluginsOf(old), pluginsOf(now)) },
    { part: 'other', keys: changedKeys(restOf(old), restOf(now)) },
  ];
  return changes.filter(({ keys }) => keys.length > 0);
}

function changedKeys(before: unknown, after: unknown): string[] {
  const old = isRecord(before) ? before : {};
  const now = isRecord(after) ? after : {};
  if (!isRecord(before ?? {}) || !isRecord(after ?? {})) {
    return canonicalJson(before) === canonicalJson(after) ? [] : ['*'];
  }
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort(byText);
  return keys.filter((key) => canonicalJson(old[key] ?? null) !== canonicalJson(now[key] ?? null));
}

/** Plugins by name, with the place in the list: a later one wins over an earlier. */
function pluginsOf({ plugins, pluginsConfig }: Record<string, unknown>): Record<string, unknown> {
  const list = Array.isArray(plugins) ? (plugins as readonly unknown[]) : [];
  const named = list.map((entry, place) => {
    const name = isRecord(entry) ? String(entry['plugin']) : String(entry);
    return [name, { place, entry }] as const;
  });
  return { ...Object.fromEntries(named), ...(isRecord(pluginsConfig) ? pluginsConfig : {}) };
}

/** Keys that decide nothing about what is built are left out. */
const idle = new Set([
  '$schema',
  'namedInputs',
  'targetDefaults',
  'plugins',
  'pluginsConfig',
  'affected',
  'analytics',
  'cli',
  'conformance',
  'generators',
  'neverConnectToCloud',
  'nxCloudEncryptionKey',
  'owners',
  'polygraph',
  'tasksRunnerOptions',
  'workspaceLayout',
  'nxCloudId',
  'nxCloudAccessToken',
  'nxCloudUrl',
  'defaultBase',
  'defaultProject',
  'parallel',
  'cacheDirectory',
  'maxCacheSize',
  'useDaemonProcess',
  'release',
  'tui',
  'sync',
]);

function restOf(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !idle.has(key)));
}

function parse(text: string | null): Record<string, unknown> | null {
  try {
    const value = readJsonc(text ?? '{}');
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}
