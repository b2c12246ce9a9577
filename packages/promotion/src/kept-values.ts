import { join } from 'node:path';
import type { PinValue } from './cell.js';
import { readKept, writeKept } from './kept-file.js';

/** Values by blob and what was looked for. */
export type KeptValues = Map<string, readonly PinValue[]>;

/** Raise it when pins are read differently: what an older one kept is not used. */
const format = 1;
/** Beyond this many the file is begun anew: most of what it holds is long gone from any history asked. */
const mostEntries = 300_000;

type Row = readonly [
  key: string,
  ...values: readonly (readonly [string, string | 0, number, number])[],
];

/** The values that earlier runs kept; none where the file is missing or does not read as one. */
export async function loadKeptValues(directory: string): Promise<KeptValues> {
  const kept = await readKept(file(directory));
  const values: KeptValues = new Map();
  if (!isTable(kept)) return values;
  try {
    for (const [key, ...rows] of kept.rows) {
      values.set(
        key,
        rows.map(([text, whole, line, column]) => ({
          kind: 'value',
          text,
          whole: whole === 0 ? text : whole,
          line,
          column,
        })),
      );
    }
  } catch {
    return new Map();
  }
  return values;
}

/** Keeps the values for later runs; where that cannot be done, they are read again then. */
export async function storeKeptValues(directory: string, values: KeptValues): Promise<void> {
  const rows: Row[] = [];
  for (const [key, list] of values) {
    const row = list.flatMap((value) =>
      value.kind === 'value'
        ? [
            [
              value.text,
              value.whole === value.text ? 0 : value.whole,
              value.line,
              value.column,
            ] as const,
          ]
        : [],
    );
    if (row.length === list.length) rows.push([key, ...row]);
  }
  await writeKept(file(directory), { format, rows: rows.slice(-mostEntries) });
}

function isTable(value: unknown): value is { readonly rows: readonly Row[] } {
  if (typeof value !== 'object' || value === null) return false;
  const table = value as { format?: unknown; rows?: unknown };
  return table.format === format && Array.isArray(table.rows);
}

function file(directory: string): string {
  return join(directory, 'promotion-values.json');
}
