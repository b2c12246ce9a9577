import { parseLooseJson } from './loose-json.js';
import { workspaceMember } from './workspace-member.js';

/** Where the texts of files come from: a work tree, a commit, or a tree that a generator changes. */
export interface TextFolder {
  /** Text of a file; null where there is none. */
  read(path: string): string | null;
}

/** A project as far as its own files tell. */
export interface FileProject {
  readonly name: string;
  /** Its folder; `''` for the workspace's root. */
  readonly root: string;
  readonly tags: readonly string[];
  /** The file that makes it a project. */
  readonly file: string;
}

interface ProjectFiles {
  project?: string;
  package?: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Tells by its path whether a file says which projects a workspace has. */
export function tellsProjects(path: string): boolean {
  return /(?:^|\/)(?:project|package)\.json$|^(?:pnpm-workspace\.yaml|lerna\.json)$/.test(path);
}

/**
 * The projects that project.json and package.json files make, with Nx's own rules for names and
 * tags: project.json wins over package.json, tags of both count. A package.json alone makes a
 * project only where the package manager's workspaces name it. Files that do not parse are left
 * to Nx, which reports them. `inferAll` takes every package.json, as NX_INFER_ALL_PACKAGE_JSONS does.
 */
export function readProjectFiles(
  files: readonly string[],
  folder: TextFolder,
  inferAll = false,
): readonly FileProject[] {
  const byRoot = new Map<string, ProjectFiles>();
  for (const file of files) {
    const match = /^(?:(.*)\/)?(project|package)\.json$/.exec(file);
    if (match === null) continue;
    const root = match[1] ?? '';
    const found = byRoot.get(root) ?? {};
    found[match[2] as keyof ProjectFiles] = file;
    byRoot.set(root, found);
  }
  const isMember = workspaceMember(folder);
  return [...byRoot].flatMap(([root, found]) => {
    const isNamed = inferAll || isMember(found.package ?? '');
    if (found.project === undefined && !isNamed) return [];
    return readProject(root, found, folder) ?? [];
  });
}

function readProject(
  root: string,
  files: Readonly<ProjectFiles>,
  folder: TextFolder,
): FileProject | null {
  const project = files.project === undefined ? {} : readJson(files.project, folder);
  const manifest = files.package === undefined ? {} : readJson(files.package, folder);
  const file = files.project ?? files.package;
  if (project === null || manifest === null || file === undefined) return null;
  const nx = record(manifest['nx']);
  const name =
    text(project['name']) ?? text(nx['name']) ?? text(manifest['name']) ?? folderName(root);
  const inferred = files.package === undefined ? [] : packageTags(manifest);
  const tags = [...texts(project['tags']), ...inferred, ...texts(nx['tags'])];
  return name === null ? null : { name, root, tags: [...new Set(tags)], file };
}

/** Tags that Nx itself gives a package: whether it is published, and its keywords. */
function packageTags(manifest: Json): readonly string[] {
  const access = Boolean(manifest['private']) ? 'private' : 'public';
  return [`npm:${access}`, ...texts(manifest['keywords']).map((word) => `npm:${word}`)];
}

/** Nx names a project that says no name by its folder. */
function folderName(root: string): string | null {
  return root === '' ? null : (root.split('/').at(-1) ?? '').toLowerCase();
}

function readJson(path: string, folder: TextFolder): Json | null {
  const source = folder.read(path);
  return source === null ? null : parseLooseJson(source);
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
