import { oneLine } from '@lanewise/model';

export type Trailers = Readonly<Record<string, readonly string[]>>;

const none: Trailers = {};

/**
 * Our trailers of a commit's message, by name without `Lanewise-`: the lines of its last
 * paragraph. They tell who and why; anybody can write them, so nothing is decided by them alone.
 */
export function readTrailers(message: string): Trailers {
  if (!message.includes('Lanewise-')) return none;
  const last =
    message
      .trimEnd()
      .split(/\n[ \t]*\n/)
      .at(-1) ?? '';
  const trailers = new Map<string, string[]>();
  for (const line of last.split('\n')) {
    const match = /^Lanewise-([A-Z][A-Za-z-]*): ?(.*?)\r?$/.exec(line);
    if (match === null) continue;
    const [, name = '', value = ''] = match;
    trailers.set(name, [...(trailers.get(name) ?? []), value.trim()]);
  }
  return trailers.size === 0 ? none : Object.fromEntries(trailers);
}

/** Trailers as lines of a message. Values are one line each; empty ones are left out. */
export function formatTrailers(
  trailers: readonly (readonly [name: string, value: string | null])[],
): string {
  return trailers
    .flatMap(([name, value]) => {
      const text = value === null ? '' : oneLine(value);
      return text === '' ? [] : [`Lanewise-${name}: ${text}`];
    })
    .join('\n');
}
