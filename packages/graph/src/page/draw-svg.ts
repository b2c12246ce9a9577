import type { EdgeType } from '../workspace-graph.js';
import {
  cardLines,
  edgePath,
  estimate,
  fitLabel,
  fitLine,
  inset,
  type CardSize,
} from './drawing.js';
import type { PageNode } from './page-content.js';
import type { Palette } from './palette.js';
import type { Box, Placed } from './place.js';

export interface DrawQuestion {
  readonly title: string;
  readonly nodes: readonly PageNode[];
  readonly placed: Placed;
  readonly size: CardSize;
  readonly edges: readonly (readonly [number, number, EdgeType, ...unknown[]])[];
  /** Edges on the way from something affected to what changed, as `12 40`. */
  readonly marked: ReadonlySet<string>;
  readonly palette: Palette;
}

const margin = 24;
const font = 'system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif';

/** A picture that stands alone: no styles, scripts or fonts from elsewhere. */
export function drawSvg(question: DrawQuestion): string {
  const { placed, palette, title, edges, nodes } = question;
  const [width, height] = [placed.width + 2 * margin, placed.height + 2 * margin];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${-margin} ${-margin} ${width} ${height}" font-family="${font}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect x="${-margin}" y="${-margin}" width="${width}" height="${height}" fill="${palette.page}"/>`,
    `<g fill="none">`,
    ...edges.map((edge) => drawEdge(edge, question)),
    '</g>',
    ...nodes.flatMap((node, number) => {
      const box = placed.boxes.get(number);
      return box === undefined ? [] : [drawNode(node, box, question)];
    }),
    '</svg>',
    '',
  ].join('\n');
}

function drawEdge(
  [source, target, type]: DrawQuestion['edges'][number],
  { placed, palette, marked }: DrawQuestion,
): string {
  const [from, to] = [placed.boxes.get(source), placed.boxes.get(target)];
  if (from === undefined || to === undefined) return '';
  const isMarked = marked.has(`${source} ${target}`);
  const stroke = isMarked ? palette.affectedBorder : palette.edge;
  const dashes = dashesOf(type);
  return `<path d="${edgePath(from, to)}" stroke="${stroke}" stroke-width="${isMarked ? 2 : 1}"${dashes === '' ? '' : ` stroke-dasharray="${dashes}"`}/>`;
}

/** What is needed at run time is dotted, what is loaded later is dashed. */
export function dashesOf(type: EdgeType): string {
  if (type === 'static') return '';
  return type === 'implicit' ? '2 4' : '7 4';
}

function drawNode(node: PageNode, box: Box, { palette, size }: DrawQuestion): string {
  const { x, y, width, height } = box;
  const fill = node.affected ? palette.affected : palette.node;
  const border = node.affected ? palette.affectedBorder : palette.border;
  const ink = node.affected ? palette.affectedText : palette.text;
  const isProduct = node.kind === 'product';
  const room = width - 2 * inset;
  const mark = isProduct
    ? `<rect x="${x}" y="${y + 6}" width="3" height="${height - 12}" fill="${palette.product}"/>`
    : '';
  const quiet = node.affected ? palette.affectedText : palette.quiet;
  const lines = cardLines(node, size).map((line, place) => {
    const { strong, rest } = fitLine(line, room, estimate);
    return `<text x="${x + inset}" y="${y + 33 + place * 15}" font-size="11" fill="${quiet}"><tspan font-weight="600">${escapeXml(strong)}</tspan> ${escapeXml(rest)}</text>`;
  });
  return [
    `<g><title>${escapeXml(node.label)}</title>`,
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" fill="${fill}" stroke="${border}"/>`,
    mark,
    `<text x="${x + inset}" y="${y + 18}" font-size="13" font-weight="${isProduct ? 600 : 400}" fill="${ink}">${escapeXml(fitLabel(node, room, estimate))}</text>`,
    ...lines,
    '</g>',
  ].join('');
}

/** Text between tags. What XML cannot hold at all (control characters, lone surrogates) is replaced. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
