import type { DayFigures } from '@lanewise/promotion';
import { count, number } from './backtest.js';
import { round, timeLabels } from './backtest-bars.js';
import { periodFinder, type Period } from './backtest-periods.js';
import { escapeMarkup } from './markup.js';

const width = 960;
const labels = 190;
const row = 22;
const footer = 28;

interface Cell {
  deployments: number;
  released: number;
  builds: number;
  untold: number;
}

/**
 * Products and time: a circle for what was deployed, as large as often; filled where Lanewise would
 * have released something then.
 */
export function drawGrid(
  days: readonly DayFigures[],
  products: readonly string[],
  periods: readonly Period[],
): string {
  const cells = sumUp(days, products, periods);
  const most = Math.max(1, ...[...cells.values()].map(({ deployments }) => deployments));
  const step = (width - labels) / Math.max(1, periods.length);
  const largest = Math.max(2, Math.min(row, step) / 2 - 1);
  const x = (index: number): number => labels + step * (index + 0.5);
  const height = products.length * row + footer;
  const marks = [...cells].map(([key, cell]) => {
    const [line = 0, column = 0] = key.split(' ').map(Number);
    const radius = Math.max(1.5, largest * Math.sqrt(cell.deployments / most));
    return `<circle class="${classOf(cell)}" cx="${round(x(column))}" cy="${line * row + row / 2}" r="${round(radius)}"><title>${titleOf(cell, products[line] ?? '', periods[column])}</title></circle>`;
  });
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Products over time: what was deployed, and when Lanewise would have released">`,
    ...products.map((name, line) => {
      const y = line * row + row / 2;
      const text = name.length > 26 ? `${name.slice(0, 25)}…` : name;
      return `<line class="grid" x1="${labels}" x2="${width}" y1="${y}" y2="${y}"/><text class="label" x="${labels - 12}" y="${y + 4}" text-anchor="end">${escapeMarkup(text)}</text>`;
    }),
    ...marks,
    ...timeLabels(periods, x, height - 8),
    '</svg>',
  ].join('\n');
}

function sumUp(
  days: readonly DayFigures[],
  products: readonly string[],
  periods: readonly Period[],
): ReadonlyMap<string, Cell> {
  const lines = new Map(products.map((name, index) => [name, index]));
  const find = periodFinder(periods);
  const cells = new Map<string, Cell>();
  for (const { day, products: own } of days) {
    const column = Math.max(0, find(Date.parse(`${day}T00:00:00Z`) / 1000));
    for (const { product, deployments, released, builds, untold } of own) {
      const line = lines.get(product);
      if (line === undefined) continue;
      const key = `${line} ${column}`;
      const cell = cells.get(key) ?? { deployments: 0, released: 0, builds: 0, untold: 0 };
      cell.deployments += deployments;
      cell.released += released;
      cell.builds += builds;
      cell.untold += untold;
      cells.set(key, cell);
    }
  }
  return cells;
}

function classOf({ released, untold }: Cell): string {
  return released > 0 ? 'mark released' : untold > 0 ? 'mark doubtful' : 'mark needless';
}

function titleOf(cell: Cell, product: string, period: Period | undefined): string {
  const { deployments, builds, released, untold } = cell;
  const words = [
    `${product}, ${period?.name ?? ''}`,
    count(deployments, 'deployment'),
    `${count(builds, 'build')}, of which Lanewise would have released ${number(released)}${untold > 0 ? ` (${number(untold)} could not be told)` : ''}`,
  ];
  return words.map(escapeMarkup).join('\n');
}
