import { composeOutline } from './compose-outline.js';
import type { OutlineResult } from './outline.js';
import { scanOutline } from './scan-outline.js';

/** The library needs seconds for a megabyte, so what only it can read may not be larger than this. */
const largestForLibrary = 400 * 1024;

/** The outline of a YAML text: by the fast scan where that is sure, else by the library. */
export function readYaml(text: string): OutlineResult {
  const outline = scanOutline(text);
  if (outline !== null) return { kind: 'outline', outline };
  if (text.length > largestForLibrary) {
    const message = `it is larger than 400 KiB and written in a way that takes too long to read`;
    return { kind: 'fault', fault: { message, offset: 0 } };
  }
  return composeOutline(text);
}
