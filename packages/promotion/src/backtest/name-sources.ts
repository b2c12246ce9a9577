import { nameCommit, type Naming, type Revisions } from '@lanewise/release';
import { show, type ProductName } from '@lanewise/model';
import type { Landing, Source } from './deployment.js';

/**
 * Tells the source commit of each landing from its values: a full or short commit id, a tag by the
 * usual patterns, or a version inside the value that a tag names. Where several values came at once,
 * those that name a commit must name the same.
 */
export function makeSourceNamer(
  revisions: Revisions,
  naming: Naming,
): (landing: Pick<Landing, 'product' | 'to'>) => Source {
  const known = new Map<ProductName, Map<string, Source>>();
  const ofValue = (product: ProductName, text: string): Source => {
    let own = known.get(product);
    if (own === undefined) known.set(product, (own = new Map()));
    let source = own.get(text);
    if (source === undefined) own.set(text, (source = nameValue(product, text, revisions, naming)));
    return source;
  };
  return ({ product, to }) => {
    const sources = to.map((text) => ofValue(product, text));
    const told = sources.filter((source) => source.kind === 'told');
    const [first] = told;
    if (first === undefined) return sources[0] ?? { kind: 'untold', why: 'there is no value' };
    return told.every(({ commit }) => commit === first.commit)
      ? first
      : { kind: 'untold', why: 'the values name different commits' };
  };
}

function nameValue(
  product: ProductName,
  value: string,
  revisions: Revisions,
  naming: Naming,
): Source {
  const text = value.replace(/@sha256:[0-9a-f]{64}$/, '');
  if (/^sha256:/.test(text)) return { kind: 'untold', why: `${show(text)} is a digest` };
  const inner = /(?<![\w.])v?\d+\.\d+\.\d+(?:-[0-9A-Za-z][0-9A-Za-z.-]*)?/.exec(text)?.[0];
  const tries = inner === undefined || inner === text ? [text] : [text, inner];
  let why = '';
  for (const one of tries) {
    const named = nameCommit({ product, text: one }, revisions, naming);
    if (named.kind === 'named')
      return {
        kind: 'told',
        commit: named.commit,
        committedAt: named.committedAt,
        by: named.by,
      };
    if (why === '') why = named.why;
  }
  return { kind: 'untold', why };
}
