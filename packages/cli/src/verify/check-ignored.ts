import type { RepoPath } from '@lanewise/model';
import type { Finding } from './finding.js';

/** Files with pins that git is told to ignore: a new one would never be committed. `ignores` are the `.gitignore` texts by folder. */
export function checkIgnored(
  files: readonly RepoPath[],
  ignores: ReadonlyMap<string, string>,
): readonly Finding[] {
  const rules = new Map([...ignores].map(([folder, text]) => [folder, readRules(text)]));
  return files.flatMap((file): Finding[] => {
    const rule = ignoringRule(file, rules);
    if (rule === null) return [];
    return [
      {
        severity: 'problem',
        code: 'pin-ignored',
        message: `${file} holds a pin and is ignored by git.`,
        hint: 'Take the line out of .gitignore, or pin the value in another file.',
        place: {
          file: rule.folder === '' ? '.gitignore' : `${rule.folder}/.gitignore`,
          line: rule.line,
        },
      },
    ];
  });
}

/** Paths at which a `.gitignore` could speak of these files. */
export function ignoreFilesOf(files: readonly RepoPath[]): readonly RepoPath[] {
  const folders = new Set(['']);
  for (const file of files) {
    const parts = file.split('/').slice(0, -1);
    parts.forEach((_, index) => folders.add(parts.slice(0, index + 1).join('/')));
  }
  return [...folders].map(
    (folder) => (folder === '' ? '.gitignore' : `${folder}/.gitignore`) as RepoPath,
  );
}

const mostStars = 5;

interface Rule {
  readonly line: number;
  readonly negated: boolean;
  /** Matches a path from the file's folder; folders end with `/`. */
  readonly shape: RegExp;
}

/** By gitignore(5): the nearest file wins, in it the last line; what stands in an ignored folder stays ignored. */
function ignoringRule(
  file: RepoPath,
  rules: ReadonlyMap<string, readonly Rule[]>,
): { readonly folder: string; readonly line: number } | null {
  const parts = file.split('/');
  for (let length = 1; length <= parts.length; length += 1) {
    const path = parts.slice(0, length).join('/') + (length < parts.length ? '/' : '');
    for (let depth = length - 1; depth >= 0; depth -= 1) {
      const folder = parts.slice(0, depth).join('/');
      const inside = folder === '' ? path : path.slice(folder.length + 1);
      const rule = rules.get(folder)?.findLast(({ shape }) => shape.test(inside));
      if (rule?.negated === false) return { folder, line: rule.line };
      if (rule !== undefined) break;
    }
  }
  return null;
}

function readRules(text: string): readonly Rule[] {
  return text.split(/\r?\n/).flatMap((written, index): Rule[] => {
    const line = written.replace(/(?<!\\) +$/, '');
    if (line === '' || line.startsWith('#') || line.length > 1000) return [];
    const negated = line.startsWith('!');
    const pattern = line.slice(negated ? 1 : 0).replace(/^\\(?=[#!])/, '');
    // Each star multiplies the ways in which a path may fit: a pattern with many could hold us up.
    if ((pattern.match(/\*+/g) ?? []).length > mostStars) return [];
    return [{ line: index + 1, negated, shape: shapeOf(pattern) }];
  });
}

function shapeOf(pattern: string): RegExp {
  const isFolder = pattern.endsWith('/');
  const bare = pattern.replace(/\/+$/, '');
  const anchored = bare.includes('/');
  const source = bare
    .replace(/^\//, '')
    // A `*` alone is a name, and no name is empty.
    .replace(/(^|\/)\*(?=\/|$)/g, '$1?*')
    .split(/(\*\*\/|\/\*\*|\*+|\?|\[[^\]]*\])/)
    .map((part) => {
      if (part === '**/') return '(?:[^/]+/)*';
      if (part === '/**') return '/.*';
      if (/^\*+$/.test(part)) return '[^/]*';
      if (part === '?') return '[^/]';
      if (/^\[[^\\]*\]$/.test(part)) return part.replace(/^\[!/, '[^');
      return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    })
    .join('');
  return new RegExp(`^${anchored ? '' : '(?:[^/]+/)*'}${source}${isFolder ? '/' : '/?'}$`);
}
