import { matchGlobs } from '@lanewise/graph';

/** Tells which paths, written from the context's root, a `.dockerignore` keeps out of the context. */
export function readDockerignore(text: string): (path: string) => boolean {
  const rules = text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .flatMap((line): { readonly out: boolean; readonly test: (path: string) => boolean }[] => {
      const pattern = line.startsWith('#') ? '' : line.trim();
      if (pattern === '' || pattern === '!') return [];
      const out = !pattern.startsWith('!');
      const bare = pattern
        .replace(/^!/, '')
        .trim()
        .replace(/^\.?\/+/, '')
        .replace(/\/+$/, '');
      if (bare === '' || bare === '.') return [];
      return [{ out, test: matchDocker(bare) }];
    });
  // The last rule that fits decides.
  return (path) => rules.findLast(({ test }) => test(path))?.out === true;
}

/** Whether a path is what a source of `COPY` names, or lies in a folder that it names. */
export function matchDocker(pattern: string): (path: string) => boolean {
  if (pattern === '') return () => true;
  // Of braces, brackets of extended globs and `!` Docker knows nothing.
  const glob = pattern.replace(/[{}()!+@|]/g, '\\$&');
  return matchGlobs([glob, `${glob}/**`]);
}
