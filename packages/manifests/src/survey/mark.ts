/**
 * Words are marked in texts by characters that no path holds, so that a brace in a path stays a
 * brace until the template is written.
 */
export const marks = { env: '\u0001', product: '\u0002', key: '\u0003' } as const;

/** A marked text as a template of the configuration: `apps/{env}/{product}/values.yaml`. */
export function templateOf(marked: string): string {
  return marked
    .replace(/[{}]/g, '$&$&')
    .replaceAll(marks.env, '{env}')
    .replaceAll(marks.product, '{product}')
    .replaceAll(marks.key, '{key}');
}

/** A marked text with its words filled in. */
export function fillMarks(marked: string, words: { product: string; key?: string }): string {
  return marked
    .replaceAll(marks.product, words.product)
    .replaceAll(marks.key, words.key ?? marks.key);
}

/** Puts a mark wherever a word stands by itself: not inside a longer name. */
export function markWord(text: string, word: string, mark: string): string {
  if (word === '') return text;
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  // A name goes on with letters, digits, '-' and '_'; beside the environment's mark it ends at the '-'.
  const before = `(?<![A-Za-z0-9_-])|(?<=${marks.env}[-_.])`;
  const after = `(?![A-Za-z0-9_-])|(?=[-_.]${marks.env})`;
  const alone = text.replace(new RegExp(`(?:${before})${escaped}(?:${after})`, 'g'), mark);
  return alone;
}

/** The same inside longer names too, at their '-', '_' and '.': `podinfo` in `podinfo-values.yaml`. */
export function markPart(text: string, word: string, mark: string): string {
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`(?<![A-Za-z0-9])${escaped}(?![A-Za-z0-9])`, 'g'), mark);
}
