import type { Box } from './place.js';
import { sizes } from './place.js';
import type { PageNode, PageVersion } from './page-content.js';

/** Room for text inside a node, left and right. */
export const inset = 12;

export function heightOf(node: PageNode | undefined): number {
  return node !== undefined && subtitle(node) !== '' ? sizes.product : sizes.project;
}

/** The second line of a node: what runs where, or how many projects a folder holds. */
export function subtitle(node: PageNode): string {
  if (node.kind === 'folder') {
    return node.members.length === 1 ? '1 project' : `${node.members.length} projects`;
  }
  return node.versions.length === 0 ? '' : versionLine(node.versions);
}

/** `dev, staging 1.4.2 · prod 1.4.1`: environments that follow each other and agree are told once. */
export function versionLine(versions: readonly PageVersion[]): string {
  const runs: { environments: string[]; text: string }[] = [];
  for (const { environment, text } of versions) {
    const last = runs.at(-1);
    if (last?.text === text) last.environments.push(environment);
    else runs.push({ environments: [environment], text });
  }
  const whole = runs.length === 1 && versions.length > 2;
  return runs
    .map(({ environments, text }) => (whole ? `all ${text}` : `${environments.join(', ')} ${text}`))
    .join(' · ');
}

/** A line from one box to the other: out at the right and in at the left, or around where it goes back. */
export function edgePath(from: Box, to: Box): string {
  const [y1, y2] = [middle(from), middle(to)];
  const [right, left] = [from.x + from.width, to.x];
  if (left >= right) {
    const bend = Math.max(24, Math.min((left - right) / 2, 140));
    return `M${right} ${y1}C${right + bend} ${y1} ${left - bend} ${y2} ${left} ${y2}`;
  }
  if (to.x + to.width <= from.x) {
    const [start, end] = [from.x, to.x + to.width];
    const bend = Math.max(24, Math.min((start - end) / 2, 140));
    return `M${start} ${y1}C${start - bend} ${y1} ${end + bend} ${y2} ${end} ${y2}`;
  }
  // One above the other: a bow at the right side.
  const end = to.x + to.width;
  const bow = Math.max(right, end) + 34;
  return `M${right} ${y1}C${bow} ${y1} ${bow} ${y2} ${end} ${y2}`;
}

function middle({ y, height }: Box): number {
  return Math.round(y + height / 2);
}

/**
 * Text cut to a width in pixels, in its middle, as the ends of names say most. Widths are estimated
 * (a proportional font, wide signs counted double), on the safe side.
 */
export function fitText(text: string, width: number, fontSize: number): string {
  const letters = [...text];
  const widths = letters.map((letter) => letterWidth(letter) * fontSize);
  const whole = widths.reduce((sum, one) => sum + one, 0);
  if (whole <= width) return text;
  const room = width - fontSize * 0.9;
  let [head, tail] = [0, letters.length];
  for (let used = 0; head < tail;) {
    const front = head <= letters.length - tail;
    used += (front ? widths[head] : widths[tail - 1]) ?? 0;
    if (used > room) break;
    if (front) head += 1;
    else tail -= 1;
  }
  return `${letters.slice(0, head).join('')}…${letters.slice(tail).join('')}`;
}

function letterWidth(letter: string): number {
  if (/[ijltfrI.,:;'|!()[\]/ -]/.test(letter)) return 0.36;
  if (/[mwMW@%]/.test(letter)) return 0.92;
  if (/[A-Z]/.test(letter)) return 0.7;
  return /[\u1100-\u115f\u2e80-\u{3ffff}]/u.test(letter) ? 1.05 : 0.57;
}
