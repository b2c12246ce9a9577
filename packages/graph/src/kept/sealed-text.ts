import { sha256 } from '@lanewise/model';

/** A text behind a line with its digest: whoever reads it can tell that it is whole and as it was written. */
export function sealText(body: string): string {
  return `${sha256(body)}\n${body}`;
}

/** The text behind that line; null where it is cut off or was changed. */
export function openSealedText(text: string): string | null {
  const end = text.indexOf('\n');
  const body = text.slice(end + 1);
  return end >= 0 && text.slice(0, end) === sha256(body) ? body : null;
}
