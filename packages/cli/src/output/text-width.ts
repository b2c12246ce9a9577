/**
 * How many columns a text takes in a terminal: East Asian wide characters and emoji take two,
 * combining marks none (Unicode UAX #11). Colour sequences must not be in the text.
 */
export function textWidth(text: string): number {
  if (oneColumnEach.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes(text)) width += graphemeWidth(segment);
  return width;
}

/** The text cut to a number of columns, with `…` as its last character where something is left out. */
export function cutText(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  if (columns < 1) return '';
  let kept = '';
  let width = 0;
  for (const { segment } of graphemes(text)) {
    width += graphemeWidth(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** The end of a text that fits into a number of columns, with an ellipsis for what is left out before it. */
export function cutStart(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  const signs = [...graphemes(text)].map(({ segment }) => segment);
  let from = signs.length;
  for (let room = columns - 1; from > 0; from -= 1) {
    room -= textWidth(signs[from - 1] ?? '');
    if (room < 0) break;
  }
  return `…${signs.slice(from).join('')}`;
}

/** The text filled up with spaces to a number of columns. */
export function padText(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const fill = ' '.repeat(Math.max(0, columns - textWidth(text)));
  return align === 'left' ? text + fill : fill + text;
}

/** The text in lines of at most a number of columns, broken at spaces; a longer word stands alone. */
export function wrapText(text: string, columns: number): readonly string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, columns));
}

/** ASCII, Latin letters, punctuation and plain arrows: nothing among them joins, is invisible or wide. */
const oneColumnEach =
  /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u024f\u2010-\u2027\u2030-\u205e\u2190-\u2193]*$/;

let segmenter: Intl.Segmenter | undefined;

/** Made when the first text beyond ASCII comes: loading its tables costs more than all else here. */
function graphemes(text: string): Iterable<{ readonly segment: string }> {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
}

const invisible = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]/u;
const emoji = /\p{Emoji_Presentation}|\u{fe0f}/u;
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]/u;

function graphemeWidth(grapheme: string): number {
  if (invisible.test(grapheme)) return 0;
  return emoji.test(grapheme) || wide.test(grapheme) ? 2 : 1;
}

function wrapLine(line: string, columns: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (current !== '' && textWidth(longer) > columns) {
      lines.push(current);
      current = word;
    } else {
      current = longer;
    }
  }
  return [...lines, current];
}
