import { createHash } from 'node:crypto';
import type { Config, RepoPath } from '@lanewise/model';
import { lockDirectory } from './lock-places.js';

/**
 * Which files of the GitOps repository's history matter: those that a pin's template can name,
 * whatever the products are called, and lock files.
 */
export interface Watch {
  readonly matches: (path: RepoPath) => boolean;
  /** Folders that hold them all; null: they may be anywhere. */
  readonly folders: readonly RepoPath[] | null;
  /** Differs where other files matter. */
  readonly digest: string;
}

export function watchConfig(config: Config): Watch {
  const templates = [config.defaults, ...config.products.values()].flatMap(({ pins }) =>
    pins.map(({ file }) => file.replace(/^(?:\.?\/)+/, '')),
  );
  const all = [...new Set(templates)].sort();
  const shapes = all.map((template) => new RegExp(`^${shapeOf(template)}$`, 's'));
  const folders = [...new Set([...all.map(folderOf), lockDirectory])];
  return {
    matches: (path) =>
      path.startsWith(`${lockDirectory}/`) || shapes.some((shape) => shape.test(path)),
    folders: folders.includes('' as RepoPath) || folders.length > 24 ? null : folders,
    digest: createHash('sha256')
      .update(JSON.stringify(['2', ...all]))
      .digest('hex')
      .slice(0, 16),
  };
}

/** Words stand for any text: a wider net costs a little room, a tighter one would lose history. */
function shapeOf(template: string): string {
  return template
    .split(/(\*\*\/|\{\{|\}\}|\{[^{}]*\}|[*?]+|\[[^\]]*\])/)
    .map((part, index) =>
      index % 2 === 0
        ? part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\/+/g, '/+')
        : wild(part),
    )
    .join('');
}

function wild(part: string): string {
  return part === '{{' || part === '}}' ? `\\${part.charAt(0)}` : '.*';
}

function folderOf(template: string): RepoPath {
  const literal = /^[^{}*?[\]]*/.exec(template)?.[0] ?? '';
  const whole = literal === template;
  return (whole ? template : literal.slice(0, Math.max(0, literal.lastIndexOf('/')))) as RepoPath;
}
