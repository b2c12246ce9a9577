import { readFileSync } from 'node:fs';

/** Version of this package, from the package.json one folder above the code (sources and bundle alike). */
export function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
