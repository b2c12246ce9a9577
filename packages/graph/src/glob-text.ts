/** A literal text inside a glob: every character that a glob reads is escaped. */
export function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]{}()!+@|^$]/g, '\\$&');
}

/** The glob of everything below a folder (`''` is the workspace's root). */
export function everythingIn(root: string): string {
  return root === '' ? '**/*' : `${escapeGlob(root)}/**/*`;
}

/** Tells whether a pattern takes files away: `!docs/**`, but not the group `!(docs)/**`. */
export function takesAway(pattern: string): boolean {
  return pattern.startsWith('!') && !pattern.startsWith('!(');
}
