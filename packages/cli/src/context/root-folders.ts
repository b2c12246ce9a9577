import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  isProductName,
  renderTemplate,
  templateWords,
  type Config,
  type ProductName,
} from '@lanewise/model';

/**
 * Names of the products whose folders `products.root` fits: `api` and `web` for `services/{product}`
 * where these folders are there. None where the template has other words, as they cannot be read
 * backwards. Links are not followed: they may lead out of the workspace.
 */
export function rootFolders(config: Pick<Config, 'root'>, workspace: string): ProductName[] {
  const template = config.root?.template;
  if (template === undefined || !isReadable(template)) return [];
  const segments = template.split('/').filter((segment) => segment !== '' && segment !== '.');
  const at = segments.findIndex((segment) => templateWords(segment).length > 0);
  const shape = segmentShape(segments[at] ?? '');
  const parent = segments.slice(0, at).map((segment) => renderTemplate(segment, { text: {} }));
  return foldersIn(join(workspace, ...parent))
    .flatMap((folder) => {
      const name = shape.exec(folder)?.groups?.['name'] ?? '';
      return isProductName(name) && !unlikely.has(name) ? [name] : [];
    })
    .filter((name) => isFolder(join(workspace, renderTemplate(template, wordsOf(name)))))
    .sort();
}

/** Folders that tools make everywhere. */
const unlikely: ReadonlySet<string> = new Set(['node_modules', 'dist', 'target', 'vendor']);

function isReadable(template: string): boolean {
  const words = templateWords(template);
  return words.length > 0 && words.every((word) => word === 'product' || word === 'project');
}

function wordsOf(name: string): { readonly text: Record<string, string> } {
  return { text: { product: name, project: name } };
}

function segmentShape(segment: string): RegExp {
  let seen = false;
  const source = segment.split(/(\{(?:product|project)\})/).map((part) => {
    if (!/^\{(?:product|project)\}$/.test(part))
      return renderTemplate(part, { text: {} }).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const group = seen ? '\\k<name>' : '(?<name>.+)';
    seen = true;
    return group;
  });
  return new RegExp(`^${source.join('')}$`);
}

function foldersIn(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

/** Tells whether a path is a folder by itself: not a file, not a link. */
export function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
