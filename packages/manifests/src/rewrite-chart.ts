import { createHash } from 'node:crypto';

import { LanewiseError, type PinSelector } from '@lanewise/model';

import { isVersionRange } from './edit/version-holding.js';
import type { Manifest, PinEdit } from './format.js';
import { helmChartWithLock, isDependency } from './formats/helm-chart.js';
import { yaml } from './formats/yaml.js';
import { parsePinPath } from './paths/parse-path.js';
import { nodeAt, textAt } from './paths/node-at.js';
import { rewritePins } from './rewrite-pins.js';
import { errorAt, openSource, type Source } from './source.js';
import type { MapNode, OutlineNode } from './yaml/outline.js';

export interface ChartFiles {
  readonly chart: Manifest;
  /** The `Chart.lock` beside it; null where there is none. */
  readonly lock: Manifest | null;
}

/**
 * Writes versions into a `Chart.yaml`, and what follows from them into its `Chart.lock`: the entry of
 * each changed dependency, the digest, and the date, which is handed in (`2024-05-06T07:08:09Z`).
 *
 * The digest is computed as Helm does (SHA-256 of the JSON of the dependencies of both files, as
 * `HashReq` in its `internal/resolver` has it) and only replaced where the digest that stands there
 * comes out the same way. Throws what `rewritePins` throws, PIN_REFUSED where the lock does not fit.
 */
export function rewriteChart(
  files: ChartFiles,
  edits: readonly PinEdit[],
  generated: string,
): { chart: Uint8Array; lock: Uint8Array | null } {
  const table = [helmChartWithLock];
  const selectorOf = (selector: PinSelector): PinSelector => ({
    ...selector,
    format: 'helm-chart',
  });
  const chart = rewritePins(
    files.chart,
    edits.map((edit) => ({ ...edit, selector: selectorOf(edit.selector) })),
    table,
  );
  const { lock } = files;
  const moved = edits.filter(({ selector }) => isDependency(selector));
  if (lock === null || moved.length === 0 || chart === files.chart.bytes)
    return { chart, lock: lock?.bytes ?? null };
  const before = openSource(files.chart);
  const locked = openSource(lock);
  requireFittingDigest(before, locked);
  const names = moved.map(({ selector }) => dependencyName(before, selector));
  const after = openSource({ file: files.chart.file, bytes: chart });
  const versions = names.map((name) => ({ name, version: versionOf(after, name) }));
  for (const { name, version } of versions) {
    if (isVersionRange(version))
      throw refusal(locked, `the version of '${name}' in Chart.yaml is a range`);
  }
  const moving = versions.map(({ name, version }) =>
    lockEdit(`dependencies[name=${JSON.stringify(name)}].version`, version),
  );
  const versioned = moving.length === 0 ? lock.bytes : rewritePins(lock, moving, [yaml]);
  const digest = digestOf(after, openSource({ file: lock.file, bytes: versioned }));
  const bytes = rewritePins(
    { file: lock.file, bytes: versioned },
    [lockEdit('digest', digest), lockEdit('generated', generated)],
    [yaml],
  );
  return { chart, lock: bytes };
}

function lockEdit(path: string, value: string): PinEdit {
  return { selector: { format: 'yaml', path }, value };
}

function requireFittingDigest(chart: Source, lock: Source): void {
  const present = textAt(rootOf(lock), 'digest');
  if (present === digestOf(chart, lock)) return;
  throw refusal(lock, 'its digest does not fit Chart.yaml, or was made in another way');
}

function refusal(lock: Source, why: string): LanewiseError {
  return errorAt(lock, 0, {
    code: 'PIN_REFUSED',
    message: `'${lock.file}' cannot be kept in step: ${why}.`,
    hint: 'Run helm dependency update in the chart once and commit both files.',
  });
}

function dependencyName(chart: Source, selector: PinSelector): string {
  const [, entry] = parsePinPath(selector.path ?? '');
  if (entry?.kind === 'entry' && entry.key === 'name') return entry.value;
  const list = nodeAt(rootOf(chart), 'dependencies');
  const index =
    entry?.kind === 'index' ? entry.index : entry?.kind === 'pointer' ? Number(entry.text) : -1;
  const name = list?.kind === 'list' ? textAt(list.items[index] ?? null, 'name') : null;
  if (name !== null) return name;
  throw new LanewiseError(
    'CONFIG_INVALID',
    `A pin of '${chart.file}' does not name a dependency.`,
    {
      place: { file: chart.file },
      hint: 'Write dependencies[name=docs].version.',
    },
  );
}

function versionOf(chart: Source, name: string): string {
  const list = nodeAt(rootOf(chart), 'dependencies');
  const entries =
    list?.kind === 'list' ? list.items.filter((item) => textAt(item, 'name') === name) : [];
  const version = entries.length === 1 ? textAt(entries[0] ?? null, 'version') : null;
  if (version !== null) return version;
  throw errorAt(chart, list?.start ?? 0, {
    code: 'PIN_AMBIGUOUS',
    message: `'${chart.file}' has no single dependency '${name}'.`,
    hint: 'A dependency that stands there twice, under aliases, is not changed.',
  });
}

function rootOf(source: Source): OutlineNode | null {
  return source.yaml().documents[0]?.root ?? null;
}

function digestOf(chart: Source, lock: Source): string {
  const json = JSON.stringify([dependenciesOf(chart), dependenciesOf(lock)]);
  // Go's encoder writes these signs as escapes.
  const escaped = json.replace(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `sha256:${createHash('sha256').update(escaped).digest('hex')}`;
}

function dependenciesOf(source: Source): unknown[] {
  const list = nodeAt(rootOf(source), 'dependencies');
  if (list?.kind !== 'list') throw refusal(source, 'it has no list of dependencies');
  return list.items.map((item) =>
    item.kind === 'map' ? dependency(source, item) : unknownShape(source),
  );
}

const fields = [
  'name',
  'version',
  'repository',
  'condition',
  'tags',
  'enabled',
  'import-values',
  'alias',
] as const;

/** The fields in the order of Helm's type; empty ones are left out, but for name and repository. */
function dependency(source: Source, item: MapNode): Record<string, unknown> {
  if (item.entries.some(({ key }) => !(fields as readonly (string | null)[]).includes(key)))
    unknownShape(source);
  const result: Record<string, unknown> = {};
  for (const field of fields) {
    const node = nodeAt(item, field);
    const value = node === null ? '' : plainValue(source, field, node);
    const empty = value === '' || value === false || (Array.isArray(value) && value.length === 0);
    if (!empty || field === 'name' || field === 'repository') result[field] = value;
  }
  return result;
}

function plainValue(source: Source, field: string, node: OutlineNode): unknown {
  if (field === 'enabled' && node.kind === 'scalar')
    return node.text === 'true' ? true : node.text === 'false' ? false : unknownShape(source);
  if (field === 'tags' || field === 'import-values')
    return node.kind === 'list'
      ? node.items.map((item) => listValue(source, item))
      : unknownShape(source);
  return node.kind === 'scalar' ? node.text : unknownShape(source);
}

/** Import values are texts or pairs of texts; Go sorts the keys of such a pair. */
function listValue(source: Source, item: OutlineNode): unknown {
  if (item.kind === 'scalar') return item.text;
  if (item.kind !== 'map') return unknownShape(source);
  const entries = item.entries.map(({ key, value }) =>
    key !== null && value?.kind === 'scalar' ? ([key, value.text] as const) : unknownShape(source),
  );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function unknownShape(source: Source): never {
  throw refusal(source, 'it has a dependency of a shape that is not known');
}
