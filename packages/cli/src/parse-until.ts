import { LanewiseError, parseDuration, show, type Timestamp } from '@lanewise/model';

/** `2h`, `3d` from now, or a date (`2026-03-01`, `2026-03-01T12:00Z`). Throws USAGE. */
export function parseUntil(text: string, now: Timestamp): Timestamp {
  if (/^(?:\d+[smhdw])+$/.test(text)) return now + parseDuration(text);
  const isDate = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d))?$/.test(text);
  const milliseconds = isDate ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(milliseconds)) {
    throw new LanewiseError('USAGE', `${show(text)} says no time.`, {
      hint: "Write a duration ('2h', '3d') or a date ('2026-03-01', '2026-03-01T12:00Z').",
    });
  }
  const at = Math.floor(milliseconds / 1000);
  if (at > now) return at;
  throw new LanewiseError('USAGE', `${show(text)} is in the past.`, {
    hint: 'Name a time to come.',
  });
}
