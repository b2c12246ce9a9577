import { join } from 'node:path';
import type { PinValue } from './cell.js';
import { findLines } from './find-lines.js';
import { appendToJournal, beginJournal, mostParts, readJournal } from './kept-journal.js';

/** Values by blob and what was looked for. */
export type KeptValues = ReadonlyMap<string, readonly PinValue[]>;

/** Raise it when pins are read differently: what an older one kept is not used. */
const head = 'values 2';
/** Beyond this many letters the file is begun anew: most of what it holds is long gone from any history asked. */
const longest = 48_000_000;

type Row = readonly [text: string, whole: string | 0, line: number, column: number];

/** The values that earlier runs kept of some keys, and a way to add to them. */
export interface ValueStore {
  readonly values: KeptValues;
  /** Keeps more for later runs; where that cannot be done, they are read again then. */
  add(values: KeptValues): Promise<void>;
}

/** Opens the kept values; there are none where the file is missing or does not read as one. */
export async function openKeptValues(
  directory: string,
  keys: ReadonlySet<string>,
): Promise<ValueStore> {
  const file = join(directory, 'promotion-values');
  const parts = (await readJournal(file))?.filter((part) => part.startsWith(`${head}\n`)) ?? [];
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const isFull = parts.length === 0 || size > longest;
  return {
    values: parseAll(findLines(parts, keys)),
    add: async (values) => {
      const lines = [...values].flatMap(([key, list]) => lineOf(key, list) ?? []);
      if (lines.length === 0) return;
      const part = `${head}\n${lines.join('')}`;
      if (isFull) await beginJournal(file, part);
      else if (parts.length < mostParts) await appendToJournal(file, part);
      else await beginJournal(file, joinParts([...parts, part]));
    },
  };
}

function joinParts(parts: readonly string[]): string {
  return `${head}\n${parts.map((part) => part.slice(head.length + 1)).join('')}`;
}

/** Only whole readings are kept. */
function lineOf(key: string, values: readonly PinValue[]): string | null {
  const rows = values.flatMap((value): Row[] => {
    if (value.kind !== 'value') return [];
    const { text, whole, line, column } = value;
    return [[text, whole === text ? 0 : whole, line, column]];
  });
  return rows.length === values.length ? `${key}\t${JSON.stringify(rows)}\n` : null;
}

function parseAll(lines: ReadonlyMap<string, readonly string[]>): KeptValues {
  const values = new Map<string, readonly PinValue[]>();
  // Thousands of files hold few different versions, mostly at the same place.
  const parsed = new Map<string, readonly PinValue[]>();
  for (const [key, [line = '[]']] of lines) {
    let list = parsed.get(line);
    if (list === undefined) parsed.set(line, (list = parseRows(line)));
    values.set(key, list);
  }
  return values;
}

function parseRows(line: string): readonly PinValue[] {
  return (JSON.parse(line) as readonly Row[]).map(([text, whole, at, column]) => ({
    kind: 'value',
    text,
    whole: whole === 0 ? text : whole,
    line: at,
    column,
  }));
}
