/** Up to so many keys are searched for; for more every line is looked at once. */
const fewKeys = 64;

/**
 * What stands behind each key in texts of lines `<key><tab><rest>`, in order; a key that begins no
 * line is left out. The first line of a text is its head and never found.
 */
export function findLines(
  texts: readonly string[],
  keys: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const add = (key: string, rest: string): void => {
    const known = found.get(key);
    if (known === undefined) found.set(key, [rest]);
    else known.push(rest);
  };
  for (const text of texts) {
    if (keys.size <= fewKeys) search(text, keys, add);
    else scan(text, keys, add);
  }
  return found;
}

type Add = (key: string, rest: string) => void;

function search(text: string, keys: ReadonlySet<string>, add: Add): void {
  for (const key of keys) {
    const start = `\n${key}\t`;
    for (let at = text.indexOf(start); at >= 0; at = text.indexOf(start, at + 1)) {
      const from = at + start.length;
      add(key, text.slice(from, endOfLine(text, from)));
    }
  }
}

function scan(text: string, keys: ReadonlySet<string>, add: Add): void {
  for (let at = text.indexOf('\n') + 1; at > 0 && at < text.length;) {
    const end = endOfLine(text, at);
    const tab = text.indexOf('\t', at);
    if (tab >= 0 && tab < end) {
      const key = text.slice(at, tab);
      if (keys.has(key)) add(key, text.slice(tab + 1, end));
    }
    at = end + 1;
  }
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}
