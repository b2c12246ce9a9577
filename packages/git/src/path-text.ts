/**
 * Paths in Git are bytes, mostly but not always UTF-8. Each byte that is no part of such a text
 * stands as one of the code units U+DC80 to U+DCFF, which no decoded text contains: two different
 * paths stay different texts. They are shown as replacement characters.
 */
export function decodePath(bytes: Buffer): string {
  const text = bytes.toString();
  return text.includes('\ufffd') ? decodeCarefully(bytes) : text;
}

/** Whether a path holds bytes that are no text, so that it cannot be sent to git as a text. */
export function hasStrangeBytes(path: string): boolean {
  return /[\udc80-\udcff]/.test(path) && /\p{Surrogate}/u.test(path);
}

function decodeCarefully(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = lengthOf(bytes[at] ?? 0);
    const piece = bytes.subarray(at, at + length);
    const letter = length === 1 ? '' : piece.toString();
    if (length === 1 && (bytes[at] ?? 0) < 0x80) {
      text += String.fromCharCode(bytes[at] ?? 0);
      at += 1;
    } else if (length > 1 && Buffer.from(letter).equals(piece)) {
      text += letter;
      at += length;
    } else {
      text += String.fromCharCode(0xdc00 + (bytes[at] ?? 0));
      at += 1;
    }
  }
  return text;
}

/** How many bytes a letter has that begins with this one (RFC 3629); 1 where none does. */
function lengthOf(first: number): number {
  if (first >= 0xf0 && first <= 0xf4) return 4;
  if (first >= 0xe0 && first < 0xf0) return 3;
  return first >= 0xc2 && first < 0xe0 ? 2 : 1;
}
