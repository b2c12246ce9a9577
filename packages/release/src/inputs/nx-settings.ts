import {
  compareNxJson,
  mayBuild,
  outlineNxJson,
  readJsonc,
  type NxJsonSetting,
  type ProductInputs,
} from '@lanewise/graph';
import type { Repository } from '@lanewise/git';
import { byText, canonicalJson, type ObjectId, type RepoPath } from '@lanewise/model';
import type { Reason } from '../reason.js';

/** nx.json as it matters to single products. */
export interface NxSettings {
  compare(
    before: ObjectId | null,
    after: ObjectId | null,
    targets: ReadonlySet<string>,
  ): readonly Reason[];
  /** Named inputs that the first version defined and the second defines otherwise or not at all; null: none. */
  namedBefore(before: ObjectId | null, after: ObjectId | null): NamedBefore | null;
  /** What of it matters to a product with these targets: equal settings, equal texts. */
  key(id: ObjectId | null, targets: ReadonlySet<string>): string;
}

/** Named inputs as they were: each that changed since, with its older list (`undefined`: it had none). */
export type NamedBefore = ReadonlyMap<string, readonly unknown[] | undefined>;

/** The file that holds Nx's settings for the whole workspace. */
export const nxJson = 'nx.json' as RepoPath;

/**
 * Reads the given versions of nx.json. Defaults of a target matter to those who are built from a
 * project that has it, plugins and settings that are not known to be idle to all.
 */
export async function readNxSettings(
  repository: Pick<Repository, 'readBlobs'>,
  ids: readonly ObjectId[],
): Promise<NxSettings> {
  const blobs =
    ids.length === 0
      ? new Map<ObjectId, Uint8Array>()
      : await repository.readBlobs([...new Set(ids)]);
  const textOf = (id: ObjectId | null): string | null =>
    id === null ? null : new TextDecoder().decode(blobs.get(id));
  const outlines = new Map<ObjectId | null, readonly NxJsonSetting[] | null>();
  const outline = (id: ObjectId | null): readonly NxJsonSetting[] | null => {
    if (!outlines.has(id)) {
      outlines.set(id, outlineNxJson(textOf(id)));
    }
    return outlines.get(id) ?? null;
  };
  const mattering = (
    id: ObjectId | null,
    targets: ReadonlySet<string>,
  ): ReadonlyMap<string, NxJsonSetting> | null => {
    const settings = outline(id)?.filter(({ matters }) => matters(targets));
    return settings === undefined
      ? null
      : new Map(settings.map((one) => [`${one.part} ${one.key}`, one] as const));
  };
  return {
    namedBefore(before, after) {
      const [old, now] = [textOf(before), textOf(after)];
      const changed = compareNxJson(old, now).flatMap(({ part, keys }) =>
        part === 'namedInputs' ? keys : [],
      );
      if (changed.length === 0) return null;
      const lists = namedInputs(old);
      return new Map(changed.map((name) => [name, lists.get(name)]));
    },
    compare(before, after, targets) {
      if (before === after) return [];
      const [old, now] = [mattering(before, targets), mattering(after, targets)];
      if (old === null || now === null) return [reason('other', ['*'])];
      const names = [...new Set([...old.keys(), ...now.keys()])].sort(byText);
      const changed = names.filter((name) => old.get(name)?.text !== now.get(name)?.text);
      const settings = changed.flatMap((name) => now.get(name) ?? old.get(name) ?? []);
      return (['targetDefaults', 'plugins', 'other'] as const).flatMap((part) => {
        const keys = settings.flatMap((one) => (one.part === part ? [one.key] : []));
        return keys.length === 0 ? [] : [reason(part, keys)];
      });
    },
    key(id, targets) {
      const settings = mattering(id, targets);
      if (settings === null) return id ?? '';
      return canonicalJson([...settings].map(([name, { text }]) => [name, text]).sort(byName));
    },
  };
}

function namedInputs(text: string | null): ReadonlyMap<string, readonly unknown[]> {
  const value = readJsonc(text ?? '{}') as { readonly namedInputs?: object } | null;
  const lists = Object.entries(value?.namedInputs ?? {}) as [string, unknown][];
  return new Map(
    lists.flatMap(([name, list]) => (Array.isArray(list) ? [[name, list as unknown[]]] : [])),
  );
}

/** Targets by which the projects of a product may be built. */
export function buildTargets({ members }: Pick<ProductInputs, 'members'>): ReadonlySet<string> {
  const targets = new Set<string>();
  for (const { project } of members) for (const target of project.targets) targets.add(target);
  for (const target of targets) if (!mayBuild(target)) targets.delete(target);
  return targets;
}

function reason(part: NxJsonSetting['part'], keys: readonly string[]): Reason {
  return { kind: 'nx-json', file: nxJson, part, keys };
}

function byName([a = '']: readonly string[], [b = '']: readonly string[]): number {
  return byText(a, b);
}
