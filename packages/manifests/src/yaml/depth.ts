import { Lexer } from 'yaml';

/** Levels of nesting beyond which a file is refused: the library's parser is recursive and would end the process. */
export const deepest = 200;

/** The offset where a YAML text becomes nested deeper than allowed, or null. Linear in time. */
export function exceedsDepth(text: string): number | null {
  return deepIndentation(text) ?? deepBrackets(text);
}

/**
 * Every block level takes at least one column of `- `, `? `, `: ` or space at the beginning of a
 * line, so the longest such run bounds the depth from above.
 */
function deepIndentation(text: string): number | null {
  for (let start = 0; start < text.length;) {
    let at = start;
    while (isIndentation(text.charCodeAt(at))) at += 1;
    if (at - start > deepest) return at;
    const next = text.indexOf('\n', at);
    if (next < 0) return null;
    start = next + 1;
  }
  return null;
}

function isIndentation(code: number): boolean {
  return code === 0x20 || code === 0x2d || code === 0x3f || code === 0x3a || code === 0x09;
}

function deepBrackets(text: string): number | null {
  if (countBrackets(text) <= deepest) return null;
  let depth = 0;
  let offset = 0;
  for (const token of new Lexer().lex(text)) {
    if (isMark(token)) continue;
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    if (depth > deepest) return offset;
    offset += token.length;
  }
  return null;
}

/** Tokens by which the lexer announces a document, a scalar or the end of a flow: no text of the source. */
function isMark(token: string): boolean {
  return token === '\u0002' || token === '\u0018' || token === '\u001f';
}

function countBrackets(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x5b || code === 0x7b) count += 1;
  }
  return count;
}
