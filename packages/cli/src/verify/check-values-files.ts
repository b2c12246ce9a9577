import type { RepoPath } from '@lanewise/model';
import type { Cell } from '@lanewise/promotion';
import type { Finding } from './finding.js';

/**
 * Values files with pins that nothing in the repository names: no Application, HelmRelease,
 * helmfile or Kustomization. Told only where others are named, because then this is where
 * they are put to use; a team that hands values files over in a pipeline names none.
 */
export function checkValuesFiles(
  cells: readonly Cell[],
  files: ReadonlySet<RepoPath>,
  texts: Iterable<string>,
): readonly Finding[] {
  const pins = new Map(
    cells.flatMap(({ pins: own }) => own).map(({ pin }) => [pin.file, pin] as const),
  );
  const values = [...pins.values()].filter(
    ({ file }) => isValuesFile(file) && !isDefault(file, files),
  );
  if (values.length === 0) return [];
  const names = new Set<string>();
  for (const text of texts) for (const name of namedFiles(text)) names.add(name);
  const shapes = [...names].map(shapeOf);
  const unused = values.filter(({ file }) => !shapes.some((shape) => shape.test(file)));
  if (unused.length === values.length) return [];
  return unused.map(({ file, product, environment }) => ({
    severity: 'note',
    code: 'values-unused',
    message: `${product} in ${environment}: no chart, Application or overlay of this repository names ${file}, though they name others.`,
    hint: 'If nothing else uses it, a promotion into it changes nothing that runs.',
    place: { file },
  }));
}

function isValuesFile(file: string): boolean {
  return /(?:^|\/)[\w.-]*values[\w.-]*\.ya?ml$/i.test(file);
}

/** A chart always takes the `values.yaml` beside it. */
function isDefault(file: RepoPath, files: ReadonlySet<RepoPath>): boolean {
  if (!/(?:^|\/)values\.ya?ml$/.test(file)) return false;
  const folder = file.slice(0, file.lastIndexOf('/') + 1);
  return files.has(`${folder}Chart.yaml` as RepoPath);
}

function namedFiles(text: string): string[] {
  if (!text.includes('alues')) return [];
  return text.match(/[\w./*${}@-]{0,200}alues[\w./*${}@-]{0,200}\.ya?ml/g) ?? [];
}

/** `$values/apps/{{env}}/values.yaml`, `../envs/prod/values.yaml`: whatever can end in that way. */
function shapeOf(name: string): RegExp {
  const path = name.replace(/^\$[\w-]+\//, '').replace(/^(?:\.{0,2}\/)+/, '');
  const source = path
    .split(/(\{\{[^}]*\}\}|\$\{[^}]*\}|\*+)/)
    .map((part, index) => (index % 2 === 1 ? '[^/]*' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('');
  return new RegExp(`(?:^|/)${source}$`);
}
