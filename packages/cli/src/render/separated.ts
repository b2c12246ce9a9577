/** Names with something between them, ended by a line feed; nothing for none. */
export function separated(names: readonly string[], separator: string): string {
  return names.length === 0 ? '' : `${names.join(separator)}\n`;
}
