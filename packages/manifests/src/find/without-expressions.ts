/**
 * A template with its expressions made plain text of the same width, so that every offset stays:
 * lines of `if`, `range` and `end` become empty, an expression in a value becomes a word. What is found in
 * it is only a guess, and must be found again in the template itself.
 */
export function withoutExpressions(text: string): string {
  return text.replace(
    /^[ \t]*\{\{(?:(?!\}\}|\n).)*\}\}[ \t]*$|\{\{(?:(?!\}\}|\n).)*\}\}/gm,
    (found) =>
      (/^\s*\{\{.*\}\}\s*$/.test(found) && isWholeLine(found) ? ' ' : 'x').repeat(found.length),
  );
}

/** Control words alone on a line hold no value, unlike an expression that stands for an entry. */
function isWholeLine(expression: string): boolean {
  return /\{\{-?\s*(?:\/\*|if|else|end|range|with|define|block|template|include|\$|toYaml|tpl)/.test(
    expression,
  );
}
