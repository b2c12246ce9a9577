import { show } from '@lanewise/model';

import { whole, type Holding } from './holding.js';

/** The scalar is one version, not a range of them: a range decides by itself what runs, so it is no pin. */
export const exactVersion: Holding = {
  read: whole.read,
  write: (text, value) => {
    const range = isVersionRange(text) ? text : isVersionRange(value) ? value : null;
    if (range === null) return whole.write(text, value);
    return {
      kind: 'refused',
      why: `${show(range)} is a range of versions`,
      hint: 'Write one exact version by hand once; a range lets the cluster choose what runs.',
    };
  },
};

/** Tells whether a text is a range of versions: `*`, `1.x`, `>=1.0.0`, `^1.2`, `1.0 - 2.0`, `1.0 || 2.0`. */
export function isVersionRange(text: string): boolean {
  return /[*^~<>=|,]|\s-\s|\s/.test(text) || /(?:^|\.)[xX](?:\.|$)/.test(text) || text === 'latest';
}

/** `https://example.com/base?ref=v1.2`: the value is the `ref` of a remote URL. */
export const urlRef: Holding = {
  read: (text) => refOf(text)?.ref ?? text,
  write: (text, value) => {
    const found = refOf(text);
    if (found === null) {
      return {
        kind: 'refused',
        why: 'the URL names no ref',
        hint: 'Write ?ref=… behind the URL by hand once.',
      };
    }
    if (/[?&#\s]/.test(value) || value === '') {
      return {
        kind: 'refused',
        why: `${show(value)} cannot stand in a URL`,
        hint: 'A ref has no spaces and no ?, & and #.',
      };
    }
    return {
      kind: 'text',
      text: text.slice(0, found.start) + value + text.slice(found.start + found.ref.length),
    };
  },
};

function refOf(text: string): { ref: string; start: number } | null {
  const match = /[?&]ref=([^&#]*)/.exec(text);
  if (match?.[1] === undefined) return null;
  return { ref: match[1], start: match.index + match[0].length - match[1].length };
}
