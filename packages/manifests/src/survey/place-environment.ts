import { isEnvironmentWord, isWeakWord, splitEnvironment } from './environment-words.js';
import { marks } from './mark.js';

/** A reading of a path: which environment it belongs to, and the path with that name marked. */
export interface EnvironmentPlace {
  readonly name: string;
  readonly marked: string;
  /** How far the path alone tells: `guess` counts only beside surer ones. */
  readonly strength: 'told' | 'holder' | 'guess';
  readonly why: string;
}

const holders = /^(?:overlays?|environments?|envs?|stages?|clusters?)$/;
const shared =
  /^(?:base|bases|common|shared|all|default|defaults|components?|templates?|charts?|_.*)$/;

/** Tells whether a path names a folder whose manifests several environments share. */
export function isSharedFolder(path: string): boolean {
  return path.split('/').some((segment) => /^(?:bases?|common|shared)$/.test(segment));
}

/** The likeliest reading of a path by itself, or null where it names no environment. */
export function placeEnvironment(path: string): EnvironmentPlace | null {
  const segments = path.split('/');
  const readings = segments.flatMap((segment, index) => readSegment(segments, segment, index));
  const [best] = readings.sort((a, b) => b.score - a.score || b.index - a.index);
  if (best === undefined) return null;
  return {
    name: best.name,
    marked: markEnvironment(segments, best),
    strength: best.strength,
    why: best.why,
  };
}

interface Reading {
  readonly index: number;
  readonly score: number;
  readonly name: string;
  readonly text: string;
  readonly strength: EnvironmentPlace['strength'];
  readonly why: string;
}

function readSegment(segments: readonly string[], segment: string, index: number): Reading[] {
  const isFile = index === segments.length - 1;
  const { stem, extension } = isFile ? splitName(segment) : { stem: segment, extension: '' };
  const kind = isFile ? 'the file' : 'the folder';
  const make = (
    score: number,
    name: string,
    text: string,
    strength: Reading['strength'],
  ): Reading => ({ index, score, name, text, strength, why: `${kind} '${segment}'` });
  if (isEnvironmentWord(stem)) {
    const weak = isWeakWord(stem);
    const score = (isFile ? 9 : 10) - (weak ? 4 : 0);
    return [make(score, stem, `${marks.env}${extension}`, weak ? 'guess' : 'told')];
  }
  const holder = segments[index - 1] ?? '';
  if (!isFile && holders.test(holder) && /^[a-z0-9][a-z0-9-]*$/.test(stem) && !shared.test(stem))
    return [make(7, stem, marks.env, 'holder')];
  const split = splitEnvironment(stem);
  if (split === null) return [];
  const weak = isWeakWord(split.name);
  const text = `${split.before}${marks.env}${split.after}${extension}`;
  return [make((isFile ? 9 : 8) - (weak ? 4 : 0), split.name, text, weak ? 'guess' : 'told')];
}

/** The name is taken out wherever it stands by itself, as in `apps/prod/docs-prod.yaml`. */
function markEnvironment(segments: readonly string[], best: Reading): string {
  return segments
    .map((segment, index) => {
      if (index === best.index) return best.text;
      const isFile = index === segments.length - 1;
      const { stem, extension } = isFile ? splitName(segment) : { stem: segment, extension: '' };
      if (stem === best.name) return `${marks.env}${extension}`;
      const split = splitEnvironment(stem);
      return split?.name === best.name
        ? `${split.before}${marks.env}${split.after}${extension}`
        : segment;
    })
    .join('/');
}

/** A file's name without its extensions; `.env.prod` and `Dockerfile` have none. */
export function splitName(name: string): { readonly stem: string; readonly extension: string } {
  const [, stem = name, extension = ''] =
    /^(.+?)(\.(?:ya?ml|json|env|tf|tfvars|jsonnet|libsonnet)(?:\.gotmpl|\.tmpl|\.tpl)?)$/.exec(
      name,
    ) ?? [];
  return { stem, extension };
}

/** Other readings of a path: every folder and the end of the file's name in turn, for names that nobody lists. */
export function guessEnvironments(path: string): readonly EnvironmentPlace[] {
  const segments = path.split('/');
  return segments.flatMap((segment, index) => {
    const isFile = index === segments.length - 1;
    const { stem, extension } = isFile ? splitName(segment) : { stem: segment, extension: '' };
    const [, before = '', name = stem] = isFile ? (/^(.*[-._])?([a-z0-9]+)$/.exec(stem) ?? []) : [];
    if (!/^[a-z0-9][a-z0-9-]*$/.test(name) || shared.test(name)) return [];
    const marked = segments.with(index, `${before}${marks.env}${extension}`).join('/');
    const why = `'${segment}', which stands where other files name an environment`;
    return [{ name, marked, strength: 'guess', why } as const];
  });
}
