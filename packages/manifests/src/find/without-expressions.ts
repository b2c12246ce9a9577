/**
 * A template with its expressions made plain text of the same width, so that every offset stays:
 * lines of `if`, `range` and `end` become empty, an expression in a value becomes a word. What is found in
 * it is only a guess, and must be found again in the template itself.
 */
export function withoutExpressions(text: string): string {
  return text
    .split('\n')
    .map((line) => (line.includes('{{') ? plainLine(line) : line))
    .join('\n');
}

/** By hand, and once over the line: a pattern would look for the end anew from each of many beginnings. */
function plainLine(line: string): string {
  let plain = '';
  let at = 0;
  for (let open = line.indexOf('{{'); open >= 0; open = line.indexOf('{{', at)) {
    const close = line.indexOf('}}', open + 2);
    if (close < 0) break;
    plain += line.slice(at, open) + sign(line, open, close).repeat(close + 2 - open);
    at = close + 2;
  }
  return plain + line.slice(at);
}

/** Control words alone on a line hold no value, unlike an expression that stands for an entry. */
function sign(line: string, open: number, close: number): ' ' | 'x' {
  const isAlone = line.slice(0, open).trim() === '' && line.slice(close + 2).trim() === '';
  const isControl =
    /^-?\s*(?:\/\*|if|else|end|range|with|define|block|template|include|\$|toYaml|tpl)/.test(
      line.slice(open + 2, close),
    );
  return isAlone && isControl ? ' ' : 'x';
}
