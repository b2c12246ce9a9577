import { posix } from 'node:path';
import { findImageUpdateAutomations } from '@lanewise/manifests';
import type { Pin, RepoPath } from '@lanewise/model';
import type { Cell } from '@lanewise/promotion';
import type { Finding } from './finding.js';
import type { Manifests } from './check-manifests.js';

/** Parameters that Argo CD puts above the values of the folder they lie in, as its Image Updater writes them. */
const parameters = /(?:^|\/)\.argocd-source(?:-[^/]+)?\.yaml$/;
const marker = /#[ \t]*\{[^\r\n]*"\$imagepolicy"/;

/** The files that other tools write their versions into, where pins lie beside them. */
export function parameterFiles(
  files: Iterable<RepoPath>,
  pinned: readonly RepoPath[],
): readonly RepoPath[] {
  const folders = new Set(pinned.map((path) => posix.dirname(path)));
  return [...files].filter((path) => parameters.test(path) && folders.has(posix.dirname(path)));
}

/** Whether a pinned line stands behind a marker by which Flux finds what it writes. */
export function hasMarkedPins(cells: readonly Cell[], manifests: Manifests): boolean {
  return markedPins(cells, manifests).length > 0;
}

/**
 * Pins that another tool writes too, or hides: Flux's image automation where it is not suspended,
 * and the overrides of Argo CD's Image Updater. Pins of the format `flux-marker` are refused anyway.
 */
export function checkWriters(
  cells: readonly Cell[],
  manifests: Manifests,
  others: Manifests,
): readonly Finding[] {
  const files = new Map([...manifests, ...others]);
  return [...checkFlux(markedPins(cells, manifests), files), ...checkParameters(cells, files)];
}

interface MarkedPin {
  readonly pin: Pin;
  readonly line: number;
}

function markedPins(cells: readonly Cell[], manifests: Manifests): readonly MarkedPin[] {
  return cells.flatMap(({ pins }) =>
    pins.flatMap(({ pin, value }) => {
      if (value.kind !== 'value' || pin.selector.format === 'flux-marker') return [];
      const { line } = value;
      const bytes = manifests.get(pin.file);
      if (bytes === undefined) return [];
      const text = new TextDecoder().decode(bytes).split('\n')[line - 1] ?? '';
      return marker.test(text) ? [{ pin, line }] : [];
    }),
  );
}

function checkFlux(marked: readonly MarkedPin[], files: Manifests): readonly Finding[] {
  if (marked.length === 0) return [];
  const automations = [...files].flatMap(([file, bytes]) =>
    findImageUpdateAutomations({ file, bytes })
      .filter(({ suspended }) => !suspended)
      .map((one) => ({ ...one, file })),
  );
  return marked.flatMap(({ pin, line }): Finding[] => {
    const writer = automations.find(({ path }) => covers(path, pin.file));
    if (writer === undefined) return [];
    return [
      {
        severity: 'problem',
        code: 'pin-written-too',
        message: `${pin.product} in ${pin.environment}: Flux writes this value too, by the ImageUpdateAutomation ${writer.name} (${writer.file}:${writer.line}), and would take back what a promotion writes.`,
        hint: `Remove the comment behind the value, or set spec.suspend: true in ${writer.file}.`,
        place: { file: pin.file, line },
      },
    ];
  });
}

function covers(path: string, file: RepoPath): boolean {
  const folder = posix.relative('/', posix.join('/', path));
  return folder === '' || file.startsWith(`${folder}/`);
}

function checkParameters(cells: readonly Cell[], files: Manifests): readonly Finding[] {
  const pins = cells.flatMap((cell) => cell.pins.map(({ pin }) => pin));
  return [...files].flatMap(([file, bytes]): Finding[] => {
    const text = new TextDecoder().decode(bytes);
    const lines = text.split('\n');
    const line = lines.findIndex((one) => /\b(?:image|images|tag)\b/.test(one)) + 1;
    if (!parameters.test(file) || line === 0) return [];
    const beside = pins.find((pin) => posix.dirname(pin.file) === posix.dirname(file));
    if (beside === undefined) return [];
    return [
      {
        severity: 'problem',
        code: 'pin-written-too',
        message: `${beside.product} in ${beside.environment}: Argo CD puts the parameters of ${file} above the values beside it, so what is pinned in ${beside.file} may not be what runs.`,
        hint: 'Take the Application out of Argo CD Image Updater, and delete the file.',
        place: { file, line },
      },
    ];
  });
}
