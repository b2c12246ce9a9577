import { movesChartLock, rewriteChart } from '@lanewise/manifests';
import { isLanewiseError, type Pin, type RepoPath } from '@lanewise/model';
import type { Cell } from '@lanewise/promotion';
import type { Manifests } from './check-manifests.js';
import type { Finding } from './finding.js';

/** The locks beside charts with pinned dependencies. */
export function chartLocksOf(cells: readonly Cell[]): readonly RepoPath[] {
  return [...new Set(dependencyPins(cells).map(lockOf))];
}

/** A dependency's version moves with its lock: each is tried, so that a promotion finds no lock that does not fit. */
export function checkChartLocks(cells: readonly Cell[], manifests: Manifests): readonly Finding[] {
  return dependencyPins(cells).flatMap((pin): Finding[] => {
    const chart = manifests.get(pin.file);
    if (chart === undefined) return [];
    const bytes = manifests.get(lockOf(pin));
    const why = bytes === undefined ? null : whyNot(pin, chart, bytes);
    if (bytes !== undefined && why === null) return [];
    return [
      {
        severity: 'problem',
        code: 'chart-lock',
        message: `${pin.product} in ${pin.environment}: ${why ?? `there is no ${lockOf(pin)}, with which the dependency's version has to move.`}`,
        hint: 'Run helm dependency update in the chart once, and commit Chart.lock.',
        place: { file: bytes === undefined ? pin.file : lockOf(pin) },
      },
    ];
  });
}

function dependencyPins(cells: readonly Cell[]): readonly Pin[] {
  return cells.flatMap(({ pins }) =>
    pins.flatMap(({ pin }) => (movesChartLock(pin.file, pin.selector) ? [pin] : [])),
  );
}

function lockOf({ file }: Pin): RepoPath {
  return `${file.slice(0, file.lastIndexOf('/') + 1)}Chart.lock` as RepoPath;
}

function whyNot(pin: Pin, chart: Uint8Array, lock: Uint8Array): string | null {
  const files = {
    chart: { file: pin.file, bytes: chart },
    lock: { file: lockOf(pin), bytes: lock },
  };
  try {
    rewriteChart(files, [{ selector: pin.selector, value: tried }], '2000-01-01T00:00:00Z');
    return null;
  } catch (error) {
    if (isLanewiseError(error)) return error.message;
    throw error;
  }
}

/** A version that nothing has. */
const tried = '0.0.0-tried';
