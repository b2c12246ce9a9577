import { parseDocument } from 'yaml';
import { LanewiseError, type Place, type RepoPath, type Timestamp } from '@lanewise/model';
import type { LockEntry, LockFile, LockPlace } from './lock.js';

const largest = 256 * 1024;
const keys = ['reason', 'by', 'until', 'not', 'only', 'rolledBackFrom', 'bindsRollbacks'];

/**
 * Reads a lock file: a YAML list of entries. What does not read as one closes all that the file
 * stands for: a typing error must never open a gate.
 */
export function parseLockFile(where: LockPlace, file: RepoPath, text: string): LockFile {
  try {
    return { ...where, file, text, content: { kind: 'entries', entries: readEntries(text, file) } };
  } catch (error) {
    if (!(error instanceof LanewiseError)) throw error;
    const { message, place } = error;
    return {
      ...where,
      file,
      text,
      content: { kind: 'malformed', message, place: place ?? { file } },
    };
  }
}

/** The entries of a lock file's text. Throws CONFIG_INVALID with the place. */
export function readEntries(text: string, file: string): readonly LockEntry[] {
  if (text.length > largest) throw malformed({ file }, 'it is larger than 256 KiB');
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined) throw malformed(placeOf(file, text, error.pos[0]), 'it is no YAML');
  const value = document.toJS({ maxAliasCount: 10 }) as unknown;
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw malformed({ file, line: 1 }, 'it is no list of entries');
  return value.map((entry: unknown, index) =>
    readEntry(entry, entryPlace(document, file, text, index)),
  );
}

function readEntry(value: unknown, place: Place): LockEntry {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed(place, 'an entry is no map');
  }
  const entry = value as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(entry).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw malformed(place, `an entry has the unknown key '${unknown}'`);
  if (entry['not'] !== undefined && entry['only'] !== undefined) {
    throw malformed(place, "an entry has both 'not' and 'only'");
  }
  const binds = entry['bindsRollbacks'] ?? false;
  if (typeof binds !== 'boolean')
    throw malformed(place, "'bindsRollbacks' is neither true nor false");
  return {
    reason: textAt(entry, 'reason', place) ?? '',
    by: textAt(entry, 'by', place),
    until: timeAt(entry, place),
    not: listAt(entry, 'not', place),
    only: listAt(entry, 'only', place),
    rolledBackFrom: textAt(entry, 'rolledBackFrom', place),
    bindsRollbacks: binds,
  };
}

function textAt(
  entry: Readonly<Record<string, unknown>>,
  key: string,
  place: Place,
): string | null {
  const value = entry[key];
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw malformed(place, `'${key}' is no text`);
}

function listAt(
  entry: Readonly<Record<string, unknown>>,
  key: string,
  place: Place,
): readonly string[] | null {
  const value = entry[key];
  if (value === undefined) return null;
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0 || !list.every((one) => typeof one === 'string')) {
    throw malformed(place, `'${key}' names no releases; write them in quotes: ${key}: ["1.4.2"]`);
  }
  return list;
}

function timeAt(entry: Readonly<Record<string, unknown>>, place: Place): Timestamp | null {
  const text = textAt(entry, 'until', place);
  if (text === null) return null;
  const shape =
    /^\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)? ?(?:[Zz]|[+-]\d{2}:\d{2}))?$/;
  const at = shape.test(text) ? Date.parse(text.replace(' ', 'T').replace(/ /g, '')) : Number.NaN;
  if (Number.isNaN(at)) {
    throw malformed(place, "'until' is no date, such as 2027-01-31 or 2027-01-31T09:00:00Z");
  }
  return Math.floor(at / 1000);
}

function malformed(place: Place, what: string): LanewiseError {
  return new LanewiseError(
    'CONFIG_INVALID',
    `The lock file ${place.file} closes all it stands for: ${what}.`,
    {
      place,
      hint: "Correct it, or delete it: a list of entries with 'reason', and 'by', 'until', 'not' or 'only' where needed.",
    },
  );
}

interface Ranged {
  readonly contents: unknown;
}

function entryPlace(document: Ranged, file: string, text: string, index: number): Place {
  const items = (document.contents as { items?: readonly { range?: readonly number[] | null }[] })
    .items;
  const start = items?.[index]?.range?.[0];
  return start === undefined ? { file } : placeOf(file, text, start);
}

function placeOf(file: string, text: string, offset: number): Place {
  const before = text.slice(0, offset).split('\n');
  const line = before.length;
  const column = (before.at(-1)?.length ?? 0) + 1;
  return { file, line, column, text: (text.split('\n')[line - 1] ?? '').replace(/\r$/, '') };
}
