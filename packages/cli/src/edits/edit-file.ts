import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  holdsValue,
  readPins,
  rewriteChart,
  rewritePins,
  type Manifest,
  type PinEdit,
} from '@lanewise/manifests';
import type { RepoPath } from '@lanewise/model';
import { openFile, type OpenFile } from './open-file.js';
import type { AskedEdit } from './parse-edit.js';

/** What becomes of one value. */
interface ValueChange {
  readonly path: string;
  /** null: the key is not there yet. */
  readonly before: string | null;
  readonly after: string;
  readonly line: number | null;
}

/** A file with its new content; more than one where a `Chart.lock` moves with its `Chart.yaml`. */
export interface EditedFile {
  readonly file: OpenFile;
  readonly bytes: Uint8Array;
  readonly changes: readonly ValueChange[];
}

/** Makes the edits of one file, writing nothing. Throws what opening and rewriting throw. */
export async function editFile(
  directory: string,
  name: string,
  asked: readonly AskedEdit[],
  now: number,
): Promise<readonly EditedFile[]> {
  const file = await openFile(directory, name);
  const manifest = manifestOf(file);
  const edits = asked.map(({ selector, value }): PinEdit => ({ selector, value }));
  const changes = describe(manifest, edits);
  const lockName = join(dirname(name), 'Chart.lock');
  const isChart = /(?:^|[\\/])Chart\.ya?ml$/.test(name) && edits.some(isDependency);
  if (!isChart || !existsSync(join(dirname(file.path), 'Chart.lock')))
    return [{ file, bytes: rewritePins(manifest, edits), changes }];
  const lock = await openFile(directory, lockName);
  const generated = new Date(now * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
  const written = rewriteChart({ chart: manifest, lock: manifestOf(lock) }, edits, generated);
  return [
    { file, bytes: written.chart, changes },
    { file: lock, bytes: written.lock ?? lock.bytes, changes: [] },
  ];
}

function manifestOf({ name, bytes }: OpenFile): Manifest {
  const file = name
    .split('\\')
    .join('/')
    .replace(/^(?:\.?\/)+/, '');
  return { file: file as RepoPath, bytes };
}

function isDependency({ selector }: PinEdit): boolean {
  return selector.path?.startsWith('dependencies[') === true;
}

function describe(manifest: Manifest, edits: readonly PinEdit[]): readonly ValueChange[] {
  const readings = readPins(
    manifest,
    edits.map(({ selector }) => selector),
  );
  return edits.flatMap(({ selector, value }, index): ValueChange[] => {
    const reading = readings[index];
    const path = selector.path ?? selector.image ?? '';
    if (reading?.kind !== 'value')
      return [{ path, before: null, after: String(value), line: null }];
    if (holdsValue(reading, value)) return [];
    const before = String(value).includes(':') ? reading.whole : reading.text;
    return [{ path, before, after: String(value), line: reading.line }];
  });
}
