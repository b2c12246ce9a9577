import { LanewiseError } from '@lanewise/model';

import { nodeAt } from './paths/node-at.js';
import type { Source } from './source.js';

/**
 * Refuses files that are encrypted with SOPS: their message authentication code covers every value,
 * so any edit without the key makes the file unreadable. Throws PIN_REFUSED.
 */
export function refuseSops(source: Source): void {
  if (!isSopsFile(source)) return;
  throw new LanewiseError(
    'PIN_REFUSED',
    `'${source.file}' is encrypted with SOPS: an edit would break its message authentication code.`,
    {
      place: { file: source.file },
      hint: 'Move the version into a file that is not encrypted.',
    },
  );
}

function isSopsFile(source: Source): boolean {
  const { text } = source;
  if (!text.includes('sops')) return false;
  if (/^sops_mac=/m.test(text) || /^\[sops\]/m.test(text)) return true;
  if (!/(?:^|[\n{,])\s*["']?sops["']?\s*:/.test(text)) return false;
  try {
    return source.yaml().documents.some(({ root }) => nodeAt(root, 'sops', 'mac') !== null);
  } catch (error) {
    if (error instanceof LanewiseError) return false;
    throw error;
  }
}
