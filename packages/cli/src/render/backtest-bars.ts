import type { Deployment } from '@lanewise/promotion';
import { count, number } from './backtest.js';
import { periodFinder, type Period } from './backtest-periods.js';
import { escapeMarkup } from './markup.js';

/** What a deployment did, as it is coloured; from the bottom of a column up. */
export const kinds = ['changed', 'unchanged', 'untold', 'first'] as const;
export type Kind = (typeof kinds)[number];

export const kindWords: Readonly<Record<Kind, string>> = {
  changed: 'the product had changed',
  unchanged: 'nothing of the product had changed',
  untold: 'could not tell',
  first: 'first in its environment',
};

export function kindOf({ inputs }: Pick<Deployment, 'inputs'>): Kind {
  if (inputs === null) return 'first';
  return inputs === 'equal' ? 'unchanged' : inputs === 'different' ? 'changed' : 'untold';
}

const width = 960;
const height = 280;
const margin = { left: 52, right: 8, top: 12, bottom: 30 };

/** Deployments over time as stacked columns. */
export function drawBars(deployments: readonly Deployment[], periods: readonly Period[]): string {
  const sums = sumUp(deployments, periods);
  const highest = sums.reduce((most, sum) => Math.max(most, total(sum)), 1);
  const { top, ticks } = niceTicks(highest);
  const inner = {
    width: width - margin.left - margin.right,
    height: height - margin.top - margin.bottom,
  };
  const y = (value: number): number => margin.top + inner.height * (1 - value / top);
  const step = inner.width / Math.max(1, periods.length);
  const bar = Math.max(1, Math.min(40, step - Math.min(3, step * 0.25)));
  const x = (index: number): number => margin.left + step * index + (step - bar) / 2;
  const grid = ticks.map(
    (tick) =>
      `<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${round(y(tick))}" y2="${round(y(tick))}"/><text class="tick" x="${margin.left - 8}" y="${round(y(tick) + 4)}" text-anchor="end">${number(tick)}</text>`,
  );
  const columns = sums.map((sum, index) => column(sum, periods[index], { x: x(index), bar, y }));
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Deployments over time, by whether the product had changed">`,
    ...grid,
    ...columns,
    ...timeLabels(periods, (index) => margin.left + step * (index + 0.5), height - 10),
    '</svg>',
  ].join('\n');
}

type Sum = Readonly<Record<Kind, number>>;

function sumUp(deployments: readonly Deployment[], periods: readonly Period[]): readonly Sum[] {
  const sums = periods.map(() => ({ changed: 0, unchanged: 0, untold: 0, first: 0 }));
  const find = periodFinder(periods);
  for (const one of deployments) {
    const sum = sums[Math.max(0, find(one.at))];
    if (sum !== undefined) sum[kindOf(one)] += 1;
  }
  return sums;
}

function total(sum: Sum): number {
  return kinds.reduce((all, kind) => all + sum[kind], 0);
}

function column(
  sum: Sum,
  period: Period | undefined,
  {
    x,
    bar,
    y,
  }: { readonly x: number; readonly bar: number; readonly y: (value: number) => number },
): string {
  if (total(sum) === 0 || period === undefined) return '';
  const words = kinds
    .filter((kind) => sum[kind] > 0)
    .map((kind) => `${number(sum[kind])}: ${kindWords[kind]}`);
  let from = 0;
  const parts = kinds.flatMap((kind) => {
    if (sum[kind] === 0) return [];
    const [bottom, top] = [y(from), y(from + sum[kind])];
    from += sum[kind];
    return [
      `<rect class="${kind}" x="${round(x)}" y="${round(top)}" width="${round(bar)}" height="${round(Math.max(0.5, bottom - top))}"/>`,
    ];
  });
  const title = [`${period.name}: ${count(total(sum), 'deployment')}`, ...words];
  return `<g><title>${title.map(escapeMarkup).join('\n')}</title>${parts.join('')}</g>`;
}

/** A few names along the time, so far apart that none covers another. */
export function timeLabels(
  periods: readonly Period[],
  x: (index: number) => number,
  y: number,
): readonly string[] {
  const every = Math.max(1, Math.ceil(periods.length / 8));
  return periods.flatMap(({ name }, index) =>
    index % every === 0 && x(index) < width - 34
      ? [`<text class="tick" x="${round(x(index))}" y="${y}" text-anchor="middle">${name}</text>`]
      : [],
  );
}

/** Round numbers up to and above the highest. */
function niceTicks(highest: number): { readonly top: number; readonly ticks: readonly number[] } {
  const rough = highest / 4;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  const step = Math.max(1, ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10) * power);
  const top = Math.ceil(highest / step) * step;
  return {
    top,
    ticks: Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step),
  };
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
