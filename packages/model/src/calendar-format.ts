import { LanewiseError } from './errors.js';
import { show } from './ids.js';

/** A token of calver.org: a part of the date, or the number that counts within it. */
export type CalendarToken =
  'YYYY' | 'YY' | '0Y' | 'MM' | '0M' | 'WW' | '0W' | 'DD' | '0D' | 'MICRO';

const years: readonly string[] = ['YYYY', 'YY', '0Y'];
const months: readonly string[] = ['MM', '0M'];
const weeks: readonly string[] = ['WW', '0W'];
const days: readonly string[] = ['DD', '0D'];

/**
 * Reads a format such as `YYYY.MM.MICRO`. A year comes first and MICRO last, with a month (and a
 * day) or a week between, so that versions order as their dates do and a number is always left.
 * Throws CONFIG_INVALID.
 */
export function parseCalendarFormat(text: string): readonly CalendarToken[] {
  const tokens = text.split('.');
  const [year = '', part = '', ...rest] = tokens;
  const byMonth = months.includes(part) && (rest.length === 1 || days.includes(rest[0] ?? ''));
  const byWeek = weeks.includes(part) && rest.length === 1;
  const fits =
    years.includes(year) && (byMonth || byWeek) && rest.length <= 2 && tokens.at(-1) === 'MICRO';
  if (fits) return tokens as readonly CalendarToken[];
  throw new LanewiseError('CONFIG_INVALID', `${show(text)} is no format for calendar versions.`, {
    hint: 'A year, then a month (and a day) or a week, then MICRO: YYYY.MM.MICRO, YY.0M.MICRO, YYYY.0M.0D.MICRO, YYYY.WW.MICRO.',
  });
}
