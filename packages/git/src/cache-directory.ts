import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Environment } from './environment.js';

/**
 * The folder for Lanewise's caches: `LANEWISE_CACHE`, else `lanewise` in `XDG_CACHE_HOME` (only
 * absolute paths count, says the XDG base directory specification), else `~/.cache/lanewise`.
 * All in it may be deleted at any time.
 */
export function defaultCacheDirectory(environment: Environment): string {
  const own = environment['LANEWISE_CACHE'];
  if (own !== undefined && own !== '') return own;
  const xdg = environment['XDG_CACHE_HOME'];
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'lanewise');
  return join(environment['HOME'] ?? homedir(), '.cache', 'lanewise');
}
