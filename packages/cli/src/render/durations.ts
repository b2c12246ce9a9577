import { formatDuration, type Timestamp } from '@lanewise/model';

/** How long ago, in the largest unit that fits: `3h ago`, `just now`. */
export function ago(at: Timestamp, now: Timestamp): string {
  const seconds = now - at;
  if (seconds < 5) return 'just now';
  return `${formatDuration(seconds).split(' ')[0] ?? ''} ago`;
}

/** How long until then: `in 25m`. */
export function until(at: Timestamp, now: Timestamp): string {
  return at <= now ? 'now' : `in ${formatDuration(at - now)}`;
}

/** A moment in UTC as people read it, to the minute: `2026-03-01 12:30`. */
export function moment(at: Timestamp): string {
  return new Date(at * 1000).toISOString().slice(0, 16).replace('T', ' ');
}
