import { isProductName } from '@lanewise/model';
import { builtServices, isComposeFile, type BuiltService } from './compose-services.js';
import type { FileSource } from './file-source.js';

/** Something that looks as if it were deployed on its own. */
export interface FoundProduct {
  readonly name: string;
  /** Its folder; null where only a chart names it. */
  readonly root: string | null;
  /** What gave it away. */
  readonly why: string;
  /** Whether it is a project of Nx, by its project.json or package.json. */
  readonly isProject: boolean;
  /** Whether it is surely deployed; the others count where a manifest names them. */
  readonly deployable: boolean;
}

interface FoundProject {
  readonly name: string;
  readonly root: string;
  readonly application: boolean;
}

/**
 * What a workspace may deploy: folders with a Dockerfile, applications, services that a compose
 * file builds; then, as names that a manifest may use, charts and all other projects.
 */
export async function detectProducts(source: FileSource): Promise<readonly FoundProduct[]> {
  const projects = await readProjects(source);
  const named = [
    ...namedByDockerfiles(source.files, projects),
    ...projects
      .filter(({ application }) => application)
      .map((one) => productOf(one, 'is an application', true)),
    ...(await namedByCompose(source)),
    ...projects.map((one) => productOf(one, 'is a project', false)),
    ...namedByCharts(source.files),
  ];
  const found = new Map<string, FoundProduct>();
  for (const one of named)
    if (isProductName(one.name) && !found.has(one.name)) found.set(one.name, one);
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function productOf({ name, root }: FoundProject, why: string, deployable: boolean): FoundProduct {
  return { name, root, why, isProject: true, deployable };
}

function namedByDockerfiles(
  files: readonly string[],
  projects: readonly FoundProject[],
): readonly FoundProduct[] {
  const byRoot = new Map(projects.map((project) => [project.root, project]));
  return files
    .filter((path) => /(?:^|\/)(?:Docker|Container)file(?:\.[\w-]+)?$/.test(path))
    .map((file) => {
      const root = folderOf(file);
      const project = byRoot.get(root);
      return {
        name: project?.name ?? nameOfFolder(root),
        root,
        why: `holds ${file.split('/').at(-1) ?? ''}`,
        isProject: project !== undefined,
        deployable: true,
      };
    });
}

/** `services/api/docker` holds the Dockerfile of `api`. */
function nameOfFolder(root: string): string {
  const parts = root.split('/').filter((part) => !/^(?:\.?docker|build|deploy|src)$/.test(part));
  return parts.at(-1) ?? '';
}

/** Services of compose files that are built from a folder; one that is built at the root is the workspace's own. */
async function namedByCompose(source: FileSource): Promise<readonly FoundProduct[]> {
  const services = await readCompose(source);
  return services.flatMap(({ name, root, file }): FoundProduct[] =>
    root === ''
      ? []
      : [{ name, root, why: `is built by ${file}`, isProject: false, deployable: true }],
  );
}

/** What the compose files of a workspace build, each with its file. */
export async function readCompose(
  source: FileSource,
): Promise<readonly (BuiltService & { readonly file: string })[]> {
  const contents = await source.read(source.files.filter(isComposeFile));
  return [...contents].flatMap(([file, bytes]) =>
    builtServices(new TextDecoder().decode(bytes), file).map((service) => ({ ...service, file })),
  );
}

function namedByCharts(files: readonly string[]): readonly FoundProduct[] {
  return files
    .filter((path) => /\/Chart\.ya?ml$/.test(path))
    .map((file) => ({
      name: nameOfFolder(folderOf(file)),
      root: null,
      why: `has the chart ${file}`,
      isProject: false,
      deployable: false,
    }));
}

async function readProjects(source: FileSource): Promise<FoundProject[]> {
  const files = source.files.filter((path) => /(?:^|\/)(?:project|package)\.json$/.test(path));
  const contents = await source.read(files);
  const projects = new Map<string, FoundProject>();
  for (const [file, bytes] of contents) {
    const json = parse(bytes);
    const root = folderOf(file);
    // The root is a project only where Nx takes it for one.
    const isProject = root !== '' || file === 'project.json' || 'nx' in (json ?? {});
    if (json === null || !isProject) continue;
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
