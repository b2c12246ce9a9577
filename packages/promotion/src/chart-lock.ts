import { rewriteChart, type Manifest, type PinEdit } from '@lanewise/manifests';
import { LanewiseError, type RepoPath, type Timestamp } from '@lanewise/model';

/** The `Chart.lock` beside a `Chart.yaml`. */
export function chartLockOf(chart: RepoPath): RepoPath {
  return `${chart.slice(0, chart.lastIndexOf('/') + 1)}Chart.lock` as RepoPath;
}

/**
 * Writes the versions of a chart's dependencies with what follows from them in its lock: Helm
 * refuses to build a chart whose lock is out of step. The lock is dated as the commit is.
 *
 * Throws PIN_REFUSED where there is no lock or its digest does not fit, and what `rewritePins` throws.
 */
export function writeChart(
  chart: Manifest,
  lock: Uint8Array | null,
  edits: readonly PinEdit[],
  at: Timestamp,
): { readonly chart: Uint8Array; readonly lock: Uint8Array } {
  const file = chartLockOf(chart.file);
  const present = lock === null ? null : { file, bytes: lock };
  const generated = new Date(at * 1000).toISOString().replace('.000Z', 'Z');
  const written = rewriteChart({ chart, lock: present }, edits, generated);
  if (written.lock !== null) return { chart: written.chart, lock: written.lock };
  throw new LanewiseError(
    'PIN_REFUSED',
    `A dependency's version in '${chart.file}' is not changed alone: there is no '${file}'.`,
    {
      place: { file: chart.file },
      hint: `Run helm dependency update in the chart once and commit ${file}.`,
    },
  );
}
