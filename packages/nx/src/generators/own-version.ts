import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The version of this plugin, which is the command's too: they are released together. */
export function ownVersion(): string {
  const manifest = createRequire(import.meta.url).resolve('@lanewise/nx/package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return version;
}
