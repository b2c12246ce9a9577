import type { Timestamp } from '@lanewise/model';

/** A stretch of time that a column of a chart stands for; `to` is the first moment after it. */
export interface Period {
  readonly from: Timestamp;
  readonly to: Timestamp;
  /** `2026-03-02`, `2026-03`, `2026`. */
  readonly name: string;
}

export type PeriodUnit = 'day' | 'week' | 'month' | 'year';

const day = 86_400;
const monday = 4 * day;

/** Divides a span into days, weeks (from Monday), months or years (UTC): the smallest that give few enough columns. */
export function dividePeriods(
  span: { readonly from: Timestamp; readonly to: Timestamp },
  most: number,
): { readonly unit: PeriodUnit; readonly periods: readonly Period[] } {
  for (const unit of ['day', 'week', 'month', 'year'] as const) {
    const count = (span.to - span.from) / lengths[unit];
    if (count <= most || unit === 'year') return { unit, periods: listPeriods(span, unit, most) };
  }
  return { unit: 'year', periods: [] };
}

const lengths = { day, week: 7 * day, month: 30.4 * day, year: 365.25 * day } as const;

/** Clocks that went wrong may make a span of thousands of years: its end is what matters. */
function listPeriods(
  { from, to }: { readonly from: Timestamp; readonly to: Timestamp },
  unit: PeriodUnit,
  most: number,
): readonly Period[] {
  const periods: Period[] = [];
  for (let end = endOf(to, unit); periods.length <= most + 1 && end > from;) {
    const start = startOf(end - 1, unit);
    periods.push({ from: start, to: end, name: nameOf(start, unit) });
    end = start;
  }
  return periods.reverse();
}

function startOf(at: Timestamp, unit: PeriodUnit): Timestamp {
  if (unit === 'day') return Math.floor(at / day) * day;
  if (unit === 'week') return Math.floor((at - monday) / (7 * day)) * 7 * day + monday;
  const date = new Date(at * 1000);
  return Date.UTC(date.getUTCFullYear(), unit === 'month' ? date.getUTCMonth() : 0) / 1000;
}

function endOf(at: Timestamp, unit: PeriodUnit): Timestamp {
  const start = startOf(at, unit);
  if (unit === 'day' || unit === 'week') return start + lengths[unit];
  const date = new Date(start * 1000);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return (unit === 'month' ? Date.UTC(year, month + 1) : Date.UTC(year + 1, 0)) / 1000;
}

function nameOf(from: Timestamp, unit: PeriodUnit): string {
  const length = { day: 10, week: 10, month: 7, year: 4 }[unit];
  return new Date(from * 1000).toISOString().slice(0, length);
}

/** Finds the period of a moment; -1: before the first. */
export function periodFinder(periods: readonly Period[]): (at: Timestamp) => number {
  return (at) => {
    let [low, high] = [0, periods.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((periods[middle]?.from ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };
}
