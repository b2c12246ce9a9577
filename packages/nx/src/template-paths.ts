import type { Config } from '@lanewise/model';
import type { Folder } from './folder.js';

/**
 * The files that exist for the template of the first pin (`apps/{env}/{product}/values.yaml`), for
 * whatever environments and products. Only folders that the template leads to are looked into.
 */
export function templatePaths(config: Config, folder: Folder): readonly string[] {
  const template = config.defaults.pins[0]?.file;
  if (template === undefined) return [];
  const environments = [...config.environments.keys()];
  const found: string[] = [];
  const walk = (path: string, [segment, ...rest]: readonly string[]): void => {
    if (segment === undefined) return;
    const inside = (name: string): string => (path === '' ? name : `${path}/${name}`);
    if (segment === '**') walk(path, rest);
    for (const { name, isFile } of folder.list(path)) {
      if (isFile && rest.length === 0 && matches(segment, name, environments))
        found.push(inside(name));
      if (isFile || skipped.has(name)) continue;
      if (segment === '**') walk(inside(name), [segment, ...rest]);
      else if (rest.length > 0 && matches(segment, name, environments)) walk(inside(name), rest);
    }
  };
  walk('', template.split('/'));
  return found;
}

const skipped = new Set(['.git', 'node_modules', '.nx', 'dist']);

function matches(segment: string, name: string, environments: readonly string[]): boolean {
  if (!/[{*]/.test(segment)) return segment === name;
  const source = segment.split(/(\{[^}]*\}|\*+)/).map((part) => {
    if (part === '{env}') return `(?:${environments.map(escape).join('|')})`;
    return part.startsWith('{') || part.startsWith('*') ? '.*' : escape(part);
  });
  return new RegExp(`^${source.join('')}$`).test(name);
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
