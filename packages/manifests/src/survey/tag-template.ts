/** How tags are made, by those that stand there; '' where they are versions, or say nothing. */
export function tagTemplate(texts: readonly string[]): string {
  const tags = texts.map((text) => text.replace(/@.*$/, '')).filter((text) => text !== '');
  const all = (shape: RegExp): boolean => tags.length > 0 && tags.every((tag) => shape.test(tag));
  if (all(/^v\d+(?:\.\d+)*(?:[-+].*)?$/)) return ':v{version}';
  // A number or a date looks like a commit's id too: one of them must have a letter.
  if (!tags.some((tag) => /[a-f]/.test(tag) && /\d/.test(tag))) return '';
  if (all(/^[0-9a-f]{40}$/)) return ':{commit}';
  if (all(/^[0-9a-f]{8}$/)) return ':{shortCommit}';
  if (all(/^[0-9a-f]{7}$/)) return ':{commit:7}';
  // As Docker's own action for tags writes them, with or without the branch.
  for (const prefix of ['sha', 'main', 'master']) {
    if (all(new RegExp(`^${prefix}-[0-9a-f]{7}$`))) return `:${prefix}-{commit:7}`;
    if (all(new RegExp(`^${prefix}-[0-9a-f]{40}$`))) return `:${prefix}-{commit}`;
  }
  return '';
}

/**
 * Tells whether the next release would be written in the shape that a tag has: a version, or what a
 * template can make of one. A build's number or time is nothing that a release knows.
 */
export function isKnownTag(text: string): boolean {
  const tag = text.replace(/@.*$/, '');
  return tag === '' || /^\d+(?:\.\d+)+(?:[-+][\w.+-]*)?$/.test(tag) || tagTemplate([tag]) !== '';
}
