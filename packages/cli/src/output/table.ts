import { cutStart, cutText, padText, textWidth, wrapText } from './text-width.js';
import type { Paint } from './paint.js';

/** One cell: its text, and how it is painted after it has been cut and filled. */
export type Cell = string | { readonly text: string; readonly paint?: (text: string) => string };

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /**
   * What happens where the table is wider than the terminal: `keep` (default; ids and names that
   * are copied), `cut` with an ellipsis, `cut-start` likewise but keeping the end (paths, whose ends
   * tell them apart), or `wrap` into more lines.
   */
  readonly narrow?: 'keep' | 'cut' | 'cut-start' | 'wrap';
}

export interface TableView {
  readonly paint: Paint;
  /** Columns of the terminal; null in a pipe, where nothing is cut or wrapped. */
  readonly width: number | null;
}

const gap = 2;
const smallest = 12;

/** A table with aligned columns, two spaces apart, a head and no lines; ends with a line feed. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  { paint, width }: TableView,
): string {
  const shown = columns.map((_, index) => rows.some((row) => textOf(row[index]) !== ''));
  const kept = columns.filter((_, index) => shown[index]);
  const cells = rows.map((row) => row.filter((_, index) => shown[index]));
  const widths = fitWidths(kept, cells, width);
  const head: Cell[] = kept.map(({ title }) => ({ text: title, paint: paint.quiet }));
  return [head, ...cells].map((row) => renderRow(row, kept, widths)).join('');
}

/** Natural widths, taken down column by column from the widest that gives way until the table fits. */
function fitWidths(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  available: number | null,
): readonly number[] {
  const widths = columns.map(({ title }, index) =>
    Math.max(textWidth(title), ...rows.map((row) => textWidth(textOf(row[index])))),
  );
  if (available === null) return widths;
  const total = (): number => widths.reduce((sum, one) => sum + one + gap, -gap);
  for (let over = total() - available; over > 0; over = total() - available) {
    const giving = columns
      .map(({ narrow }, index) => ({ index, narrow, width: widths[index] ?? 0 }))
      .filter(({ narrow, width }) => (narrow ?? 'keep') !== 'keep' && width > smallest)
      .sort((a, b) => b.width - a.width)[0];
    if (giving === undefined) break;
    widths[giving.index] = giving.width - 1;
  }
  return widths;
}

function renderRow(
  row: readonly Cell[],
  columns: readonly Column[],
  widths: readonly number[],
): string {
  const lines = columns.map((column, index) => {
    const text = textOf(row[index]);
    const width = widths[index] ?? 0;
    return column.narrow === 'wrap' ? wrapText(text, width) : [cutTo(text, width, column)];
  });
  const height = Math.max(1, ...lines.map((cell) => cell.length));
  return Array.from({ length: height }, (_, line) => {
    const parts = columns.map((column, index) => {
      const text = lines[index]?.[line] ?? '';
      const padded = padText(text, widths[index] ?? 0, column.align);
      return paintCell(row[index], index === columns.length - 1 ? padded.trimEnd() : padded);
    });
    return `${parts.join(' '.repeat(gap)).trimEnd()}\n`;
  }).join('');
}

function cutTo(text: string, width: number, { narrow }: Column): string {
  if (narrow === 'cut-start') return cutStart(text, width);
  return narrow === 'cut' ? cutText(text, width) : text;
}

function textOf(cell: Cell | undefined): string {
  return typeof cell === 'object' ? cell.text : (cell ?? '');
}

/** Only the text is painted, not the spaces behind it, so that lines end where their text ends. */
function paintCell(cell: Cell | undefined, padded: string): string {
  if (typeof cell !== 'object' || cell.paint === undefined) return padded;
  const text = padded.trim();
  if (text === '') return padded;
  const start = padded.indexOf(text);
  return padded.slice(0, start) + cell.paint(text) + padded.slice(start + text.length);
}
