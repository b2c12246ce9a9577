import { LanewiseError } from './errors.js';
import { show } from './ids.js';

const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Reads a duration such as `30m`, `2h`, `1d12h` or `0`, in seconds. Throws CONFIG_INVALID. */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+)([smhdw])/g)];
  const whole = parts.map((part) => part[0]).join('');
  if (text !== '0' && (parts.length === 0 || whole !== text)) {
    throw new LanewiseError('CONFIG_INVALID', `${show(text)} is no duration.`, {
      hint: "Write a number and a unit: '30m', '2h', '1d12h'.",
    });
  }
  return parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (seconds[unit ?? ''] ?? 0),
    0,
  );
}

/** A number of seconds as people read it: `2h`, `1d 12h`, `45s`; at most two units. */
export function formatDuration(total: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ] as const;
  const parts: string[] = [];
  let rest = Math.max(0, Math.round(total));
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * size;
    if (parts.length === 2) break;
  }
  return parts.join(' ') || '0s';
}
