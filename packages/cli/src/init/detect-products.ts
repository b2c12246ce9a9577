import { isProductName } from '@lanewise/model';
import type { FileSource } from './file-source.js';

/** Something that looks as if it were deployed on its own. */
export interface FoundProduct {
  readonly name: string;
  readonly root: string;
  /** What gave it away. */
  readonly why: string;
  /** Whether it is a project of Nx, by its project.json or package.json. */
  readonly isProject: boolean;
}

interface FoundProject {
  readonly name: string;
  readonly root: string;
  readonly application: boolean;
}

/** Products of a workspace: projects and folders that are applications or hold a Dockerfile. */
export async function detectProducts(source: FileSource): Promise<readonly FoundProduct[]> {
  const projects = await readProjects(source);
  const byRoot = new Map(projects.map((project) => [project.root, project]));
  const docker = source.files.filter((path) =>
    /(?:^|\/)(?:Docker|Container)file(?:\.[\w-]+)?$/.test(path),
  );
  const found = new Map<string, FoundProduct>();
  for (const file of docker) {
    const root = folderOf(file);
    const project = byRoot.get(root);
    const name = project?.name ?? root.split('/').at(-1) ?? '';
    if (isProductName(name)) {
      found.set(root, {
        name,
        root,
        why: `holds ${file.split('/').at(-1) ?? ''}`,
        isProject: project !== undefined,
      });
    }
  }
  for (const { name, root, application } of projects) {
    if (!application || found.has(root) || !isProductName(name)) continue;
    found.set(root, { name, root, why: 'is an application', isProject: true });
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Every project's name: manifests may name one that nothing else gives away as a product. */
export async function detectProjectNames(source: FileSource): Promise<ReadonlyMap<string, string>> {
  return new Map((await readProjects(source)).map(({ name, root }) => [name, root]));
}

async function readProjects(source: FileSource): Promise<FoundProject[]> {
  const files = source.files.filter((path) => /(?:^|\/)(?:project|package)\.json$/.test(path));
  const contents = await source.read(files);
  const projects = new Map<string, FoundProject>();
  for (const [file, bytes] of contents) {
    const json = parse(bytes);
    const root = folderOf(file);
    if (json === null || root === '') continue;
    const name =
      nameOf(json) ?? (file.endsWith('project.json') ? (root.split('/').at(-1) ?? '') : null);
    if (name === null) continue;
    const known = projects.get(root);
    const application = known?.application === true || isApplication(json, root);
    projects.set(root, {
      root,
      application,
      name: file.endsWith('project.json') || known === undefined ? name : known.name,
    });
  }
  return [...projects.values()];
}

function isApplication(json: Readonly<Record<string, unknown>>, root: string): boolean {
  const nx = json['nx'];
  const inner = typeof nx === 'object' && nx !== null ? (nx as Record<string, unknown>) : {};
  const tags = [json['tags'], inner['tags']].flat();
  const targets = { ...record(json['targets']), ...record(inner['targets']) };
  return (
    json['projectType'] === 'application' ||
    tags.includes('deployable') ||
    ['container', 'docker-build', 'docker', 'image'].some((target) => target in targets) ||
    /^(?:apps|services)\/[^/]+$/.test(root)
  );
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function nameOf(json: Readonly<Record<string, unknown>>): string | null {
  const name = json['name'];
  return typeof name === 'string' && name !== '' ? name.replace(/^@[^/]+\//, '') : null;
}

function parse(bytes: Uint8Array): Readonly<Record<string, unknown>> | null {
  try {
    return record(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return null;
  }
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}
