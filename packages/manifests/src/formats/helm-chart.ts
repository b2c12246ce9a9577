import { LanewiseError, type PinSelector } from '@lanewise/model';

import { whole } from '../edit/holding.js';
import { exactVersion, isVersionRange } from '../edit/version-holding.js';
import type { FoundPin } from '../find/found-pin.js';
import { foundPin, isTemplate } from '../find/image-pins.js';
import type { Format } from '../format.js';
import { parsePinPath, type PathStep } from '../paths/parse-path.js';
import { nodeAt, textAt } from '../paths/node-at.js';
import type { Source } from '../source.js';
import { locateByPath } from './by-path.js';

/**
 * A chart's `Chart.yaml`: `appVersion`, `version`, `dependencies[name=docs].version`. A dependency's
 * version is written by `rewriteChart` only, as the `Chart.lock` beside must follow.
 */
export const helmChart: Format = {
  name: 'helm-chart',
  recognises: ({ file }) => chartFile.test(file),
  locate: (source, selector, value) => {
    if (value !== undefined && isDependency(selector)) throw needsLock(source);
    return locateByPath(source, selector, {
      language: 'yaml',
      holding: (_, key) => (key === 'version' ? exactVersion : whole),
    });
  },
  find,
};

/** The same, for who writes the lock too. */
export const helmChartWithLock: Format = {
  ...helmChart,
  locate: (source, selector) => helmChart.locate(source, selector),
};

/** Tells whether a pin is the version of a chart's dependency. */
export function isDependency({ path }: PinSelector): boolean {
  const [first] = path === undefined ? [] : parsePinPath(path);
  return (
    (first?.kind === 'key' && first.key === 'dependencies') ||
    (first?.kind === 'pointer' && first.text === 'dependencies')
  );
}

/** Tells whether a write to this pin must move the `Chart.lock` beside its file. */
export function movesChartLock(file: string, selector: PinSelector): boolean {
  const { format } = selector;
  const isChart = format === undefined ? chartFile.test(file) : format === 'helm-chart';
  return isChart && isDependency(selector);
}

const chartFile = /(?:^|\/)Chart\.ya?ml$/;

function needsLock({ file }: Source): LanewiseError {
  return new LanewiseError(
    'PIN_REFUSED',
    `A dependency's version in '${file}' is not changed alone: the Chart.lock beside it would no longer fit.`,
    {
      place: { file },
      hint: 'Change chart and lock together (lanewise does so with a pin of a product), or pin appVersion or version instead.',
    },
  );
}

function find(source: Source): readonly FoundPin[] {
  const root = source.yaml().documents[0]?.root ?? null;
  const area = { source, format: 'helm-chart', root } as const;
  const pins: FoundPin[] = [];
  const add = (steps: readonly PathStep[], why: string): void => {
    const last = steps.at(-1);
    const above = steps.length === 1 ? root : entryOf(root, steps);
    const node = last?.kind === 'key' ? nodeAt(above, last.key) : null;
    if (
      node?.kind !== 'scalar' ||
      isTemplate(node.text) ||
      (last?.kind === 'key' && last.key === 'version' && isVersionRange(node.text))
    )
      return;
    pins.push(
      foundPin(area, steps, node, { image: null, holds: 'version', sureness: 'likely', why }),
    );
  };
  add([{ kind: 'key', key: 'appVersion' }], 'the version of the application in the chart');
  add([{ kind: 'key', key: 'version' }], 'the version of the chart');
  const dependencies = nodeAt(root, 'dependencies');
  for (const item of dependencies?.kind === 'list' ? dependencies.items : []) {
    const name = textAt(item, 'name');
    if (name !== null) add(dependencySteps(name), `the dependency '${name}'`);
  }
  return pins;
}

function dependencySteps(name: string): PathStep[] {
  return [
    { kind: 'key', key: 'dependencies' },
    { kind: 'entry', key: 'name', value: name },
    { kind: 'key', key: 'version' },
  ];
}

function entryOf(
  root: Parameters<typeof nodeAt>[0],
  steps: readonly PathStep[],
): ReturnType<typeof nodeAt> {
  const list = nodeAt(root, 'dependencies');
  const entry = steps[1];
  if (list?.kind !== 'list' || entry?.kind !== 'entry') return null;
  return list.items.find((item) => textAt(item, 'name') === entry.value) ?? null;
}
