import { LanewiseError, parseRefName, show, type ObjectId, type RefName } from '@lanewise/model';

/** What a caller asks of a remote's refs: one by its full name, or all that begin with a prefix. */
export type RefPattern =
  | { readonly kind: 'exact'; readonly ref: RefName }
  | { readonly kind: 'prefix'; readonly prefix: string };

/** Reads `refs/heads/main`, `refs/tags/` or `refs/tags/docs@*`. Throws NAME_INVALID. */
export function parseRefPattern(text: string): RefPattern {
  const prefix = text.endsWith('*') ? text.slice(0, -1) : text;
  if (prefix === text && !text.endsWith('/')) return { kind: 'exact', ref: parseRefName(text) };
  // A prefix is good if a name that begins with it can be.
  if (!prefix.startsWith('refs/') || !isRefName(`${prefix}x`)) {
    throw new LanewiseError('NAME_INVALID', `${show(text)} is no pattern of refs.`, {
      hint: "Write a full ref name, or a prefix such as 'refs/tags/' or 'refs/tags/docs@*'.",
    });
  }
  return { kind: 'prefix', prefix };
}

/** Tells whether a ref is among those asked for. */
export function matchesPattern(pattern: RefPattern, ref: string): boolean {
  return pattern.kind === 'exact' ? ref === pattern.ref : ref.startsWith(pattern.prefix);
}

/** Makes one test of many patterns, quick for many exact names. */
export function makeRefFilter(patterns: readonly RefPattern[]): (ref: string) => boolean {
  const exact = new Set<string>(
    patterns.flatMap((pattern) => (pattern.kind === 'exact' ? [pattern.ref] : [])),
  );
  const prefixes = patterns.flatMap((pattern) =>
    pattern.kind === 'prefix' ? [pattern.prefix] : [],
  );
  return (ref) => exact.has(ref) || prefixes.some((prefix) => ref.startsWith(prefix));
}

/** Where the mirror keeps what it knows of the remote's refs: no ref that git itself writes is there. */
export const mirrorNamespace = 'refs/mirror/';

/** Name in the mirror for a remote's ref. */
export function mirrorRef(ref: string): string {
  return mirrorNamespace + ref.slice('refs/'.length);
}

/**
 * The refspec that brings a pattern into the mirror.
 *
 * A refspec with a full name makes the whole fetch fail where the remote has no such ref, and a
 * glob does not; so a full name is written as a glob with the star before its last letter
 * (`refs/heads/mai*n`). The few others that it matches are left out of the answer.
 */
export function refspecOf(pattern: RefPattern): string {
  const source = pattern.kind === 'prefix' ? `${pattern.prefix}*` : withInnerStar(pattern.ref);
  return `+${source}:${mirrorRef(source)}`;
}

function withInnerStar(ref: string): string {
  const letters = [...ref];
  const last = letters.pop() ?? '';
  return `${letters.join('')}*${last}`;
}

/** Parses lines of `<id><separator><ref>` and keeps the refs asked for, names as the remote has them. */
export function parseRefLines(
  text: string,
  separator: string,
  patterns: readonly RefPattern[],
  namespace = 'refs/',
): Map<RefName, ObjectId> {
  const wanted = makeRefFilter(patterns);
  const refs = new Map<RefName, ObjectId>();
  for (const line of text.split('\n')) {
    const at = line.indexOf(separator);
    if (at < 0) continue;
    const name = line.slice(at + separator.length);
    if (!name.startsWith(namespace) || name.endsWith('^{}')) continue;
    const ref = `refs/${name.slice(namespace.length)}`;
    // A name that our own rules do not take cannot be asked for, so it is left out.
    if (wanted(ref) && isRefName(ref)) refs.set(ref, line.slice(0, at) as ObjectId);
  }
  return refs;
}

function isRefName(text: string): text is RefName {
  try {
    parseRefName(text);
    return true;
  } catch {
    return false;
  }
}
