import { isLanewiseError, parseSource } from '@lanewise/model';
import picomatch from 'picomatch';
import { parseLooseJson } from './loose-json.js';
import type { TextFolder } from './project-files.js';

/**
 * Tells of a package.json whether it makes a project by itself: only where the workspaces of npm,
 * Yarn, pnpm, bun or Lerna name its folder. A target for any other would make a project of it that
 * nobody wants.
 */
export function workspaceMember(folder: TextFolder): (file: string) => boolean {
  const globs = workspaceGlobs(folder);
  const taken = globs.filter((glob) => glob.startsWith('!')).map((glob) => glob.slice(1));
  const named = globs.filter((glob) => !glob.startsWith('!'));
  // As in Nx: a list that only takes away takes away from everything.
  const onlyTakes = taken.length > 0 && named.every((glob) => glob === 'package.json');
  const isNamed = picomatch(onlyTakes ? [...named, '**/package.json'] : named);
  const isTaken = picomatch(taken);
  return (file) => isNamed(file) && !isTaken(file);
}

function workspaceGlobs(folder: TextFolder): readonly string[] {
  const root = parseLooseJson(folder.read('package.json') ?? '') ?? {};
  const workspaces = root['workspaces'] as { packages?: unknown } | undefined;
  const pnpm = readYaml(folder.read('pnpm-workspace.yaml'));
  const lerna = folder.read('lerna.json');
  const lists = [
    Array.isArray(workspaces) ? workspaces : workspaces?.packages,
    pnpm['packages'],
    lerna === null ? [] : (parseLooseJson(lerna)?.['packages'] ?? ['packages/*']),
  ];
  const globs = lists.flatMap((list) => (Array.isArray(list) ? list.map(String) : []));
  const own = root['nx'] === undefined ? [] : ['package.json'];
  return [...globs.map(manifestGlob), ...own];
}

/** `packages/*` names folders; their package.json is what is asked for. */
function manifestGlob(glob: string): string {
  const bang = glob.startsWith('!') ? '!' : '';
  const plain = glob.slice(bang.length).replace(/^\.\//, '').replace(/\/+$/, '');
  return bang + (plain.endsWith('package.json') ? plain : `${plain}/package.json`);
}

function readYaml(source: string | null): Readonly<Record<string, unknown>> {
  try {
    const value = source === null ? {} : parseSource(source, 'pnpm-workspace.yaml').value;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch (error) {
    if (isLanewiseError(error)) return {};
    throw error;
  }
}
