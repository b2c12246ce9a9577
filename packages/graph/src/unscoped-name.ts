/** A project's name without its npm scope: `@acme/docs` is `docs`. */
export function unscopedName(name: string): string {
  return /^@[^/]+\/(.+)$/.exec(name)?.[1] ?? name;
}
