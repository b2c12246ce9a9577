import type { Product, WorkspaceGraph } from '@lanewise/graph';
import { affectedEntries, type ReleaseOutcome, type ReleasePlan } from '@lanewise/release';
import { cutText } from '../output/text-width.js';
import { describeReasons } from './reasons.js';
import { summaryGraph } from './summary-graph.js';

/** A table of Markdown; cells are escaped so that names and messages cannot become markup. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map(escapeMarkdown).join(' | ')} |\n`;
  return `${line(head)}|${' --- |'.repeat(head.length)}\n${rows.map(line).join('')}`;
}

/** A step's summary may have 1 MiB, and one job may have several steps that write to it. */
const mostRows = 300;

/** What a diagram is drawn from. */
export interface DrawnGraph {
  readonly graph: WorkspaceGraph;
  readonly products: readonly Product[];
}

/** The affected products for the summary page of a job: a table, and, given the graph, a diagram of the ways. */
export function affectedSummary(plan: ReleasePlan, drawn: DrawnGraph | null): string {
  const affected = affectedEntries(plan);
  if (affected.length === 0) return '### Affected products\n\nNo product is affected.\n\n';
  const rows = affected
    .slice(0, mostRows)
    .map((entry) => [
      entry.product,
      'base' in entry && entry.base !== null ? entry.base.version : '',
      entry.kind === 'release' ? entry.version : '',
      cutText(describeReasons(entry.reasons), 300),
    ]);
  const table = markdownTable(['product', 'released', 'next', 'because'], rows);
  const more = affected.length - rows.length;
  const rest = more > 0 ? `\nand ${more} more.\n` : '';
  return `### Affected products\n\n${table}${rest}\n${drawn === null ? '' : graphPart(plan, drawn)}`;
}

function graphPart(plan: ReleasePlan, { graph, products }: DrawnGraph): string {
  const drawn = summaryGraph(plan, graph, products);
  if (drawn === null) return '';
  const left = drawn.left === 0 ? '' : `\n${drawn.left} more affected products are not drawn.\n`;
  return `\`\`\`mermaid\n${drawn.mermaid}\`\`\`\n${left}\n`;
}

/** The published releases for the summary page of a job. */
export function releaseSummary({ results }: ReleaseOutcome): string {
  const rows = results.flatMap((result) => {
    if (result.kind === 'published') return [[result.product, result.release.version, 'released']];
    return result.kind === 'passed' || result.kind === 'reserved'
      ? []
      : [[result.product, result.version, result.kind]];
  });
  const body =
    rows.length === 0
      ? 'Nothing to release.\n'
      : markdownTable(['product', 'version', 'outcome'], rows);
  return `### Releases\n\n${body}\n`;
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[\\|<>`*_[\]]/g, (mark) => `\\${mark}`);
}
