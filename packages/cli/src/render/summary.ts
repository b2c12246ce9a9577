import { affectedEntries, type ReleaseOutcome, type ReleasePlan } from '@lanewise/release';
import { describeReasons } from './reasons.js';

/** A table of Markdown; cells are escaped so that names and messages cannot become markup. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map(escapeMarkdown).join(' | ')} |\n`;
  return `${line(head)}|${' --- |'.repeat(head.length)}\n${rows.map(line).join('')}`;
}

/** The affected products for the summary page of a job. */
export function affectedSummary(plan: ReleasePlan): string {
  const rows = affectedEntries(plan).map((entry) => [
    entry.product,
    entry.kind === 'release' ? entry.version : '',
    describeReasons(entry.reasons),
  ]);
  const body =
    rows.length === 0
      ? 'No product is affected.\n'
      : markdownTable(['product', 'next', 'because'], rows);
  return `### Affected products\n\n${body}\n`;
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
