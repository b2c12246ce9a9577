import type { ChangedFiles, Reason } from '@lanewise/release';

/** Why a product is affected, in a few words: what changed, and on which way it reaches the product. */
export function describeReason(reason: Reason): string {
  switch (reason.kind) {
    case 'new':
      return 'never released before';
    case 'own-files':
      return describeFiles(reason.files);
    case 'dependency':
      return `${reason.project}: ${describeFiles(reason.files)}${way(reason.path)}`;
    case 'globals':
      return `files that count for every product: ${describeFiles(reason.files)}`;
    case 'package':
      return `package ${reason.name} ${versions(reason.before)} → ${versions(reason.after)}${way([...reason.path, ...reason.packages])}`;
    case 'lockfile-unreadable':
      return `${reason.file} changed, and counts as a whole: ${reason.why}`;
    case 'typescript-path':
      return `${reason.file}: the path ${reason.alias} now means ${reason.after.join(', ') || 'nothing'}`;
    case 'typescript-options':
      if (reason.package !== undefined)
        return `${reason.file}: compiler options may have changed with the package ${reason.package}, which it extends`;
      return reason.extendedBy === undefined
        ? `${reason.file}: compiler options changed`
        : `${reason.file}, which ${reason.extendedBy} extends: compiler options changed`;
    case 'nx-json':
      return `${reason.file}: ${reason.part === 'other' ? '' : `${reason.part} `}${reason.keys.join(', ')} changed`;
    case 'joined':
      return `${reason.project} is new among what it is built from${way(reason.path)}`;
    case 'left':
      return `${reason.project} is no longer among what it is built from`;
    case 'moved':
      return `${reason.project} moved from ${reason.from} to ${reason.to}${way(reason.path)}`;
    case 'filter':
      return `which files of ${reason.project} count is said differently now${way(reason.path)}`;
    case 'boundary':
      return 'the folders of the projects are cut differently, so that other files count';
    default:
      return reason satisfies never;
  }
}

/** All reasons as one text: the first ones, and how many more there are. */
export function describeReasons(reasons: readonly Reason[], most = 2): string {
  const shown = reasons.slice(0, most).map(describeReason);
  const more = reasons.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join('; ');
}

function describeFiles({ count, shown }: ChangedFiles): string {
  const [first] = shown;
  if (first === undefined) return `${count} files`;
  const more = count - 1;
  const name = first.change === 'deleted' ? `${first.path} (deleted)` : first.path;
  return more === 0 ? name : `${name} and ${more} more`;
}

/** A way of two steps or more is worth showing: one step says nothing new. */
function way(path: readonly string[]): string {
  return path.length > 2 ? ` (${path.join(' → ')})` : '';
}

function versions(list: readonly string[]): string {
  return list.length === 0 ? '(none)' : list.join(', ');
}
