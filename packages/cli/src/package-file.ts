import { existsSync } from 'node:fs';

/**
 * A file of this package, as a URL: the package's root is the first folder above the code that has
 * its schemas, from the sources and from any chunk of the bundle alike.
 */
export function packageFile(path: string): URL {
  let folder = new URL('./', import.meta.url);
  for (let depth = 0; depth < 4 && !existsSync(new URL('schemas/', folder)); depth += 1) {
    folder = new URL('../', folder);
  }
  return new URL(path, folder);
}
