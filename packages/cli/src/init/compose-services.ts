import { isLanewiseError, parseSource } from '@lanewise/model';

/** A service that a compose file builds. */
export interface BuiltService {
  readonly name: string;
  /** Folder that it is built from, from the workspace's root (`''`); null where the file does not tell it. */
  readonly root: string | null;
  /** Name of its image, where it has one, without what is filled in later. */
  readonly image: string | null;
}

/** Tells whether a path is that of a compose file: `compose.yaml`, `docker-compose.prod.yml`. */
export function isComposeFile(path: string): boolean {
  return /(?:^|\/)(?:docker-)?compose[\w.-]*\.ya?ml$/.test(path);
}

/**
 * The services of a compose file that are built, not only pulled (compose-spec, `build`). A service
 * lies where its Dockerfile does: monorepos build all from the root, with a Dockerfile in each folder.
 */
export function builtServices(text: string, file: string): readonly BuiltService[] {
  const services = record(record(readYaml(text, file))['services']);
  const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
  return Object.entries(services).flatMap(([name, value]): BuiltService[] => {
    const { build, image } = merged(value);
    if (build === undefined || build === null) return [];
    const [repository = ''] = typeof image === 'string' ? image.split(/[:@]?\$\{|@/) : [];
    const plain = repository.replace(/:[^/]*$/, '');
    return [{ name, root: rootOf(folder, build), image: plain === '' ? null : plain }];
  });
}

function rootOf(folder: string, build: unknown): string | null {
  const { context = '.', dockerfile } =
    typeof build === 'string' ? { context: build } : record(build);
  if (typeof context !== 'string') return null;
  const base = joinFolders(folder, context);
  if (base === null || typeof dockerfile !== 'string' || !dockerfile.includes('/')) return base;
  return joinFolders(base, dockerfile.slice(0, dockerfile.lastIndexOf('/')));
}

/** A folder below another; null where it leaves the workspace, or is an address or a variable. */
function joinFolders(folder: string, inner: string): string | null {
  if (!/^[\w./@-]+$/.test(inner) || inner.startsWith('/')) return null;
  const parts: string[] = [];
  for (const part of [...folder.split('/'), ...inner.split('/')]) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}

/** A file that is no YAML, or is a template of one, tells nothing. */
function readYaml(text: string, file: string): unknown {
  try {
    return parseSource(text, file).value;
  } catch (error) {
    if (isLanewiseError(error)) return null;
    throw error;
  }
}

/** Services often share a part by a merge key. */
function merged(value: unknown): Readonly<Record<string, unknown>> {
  const own = record(value);
  const shared = [own['<<']].flat().map(record);
  return Object.assign({}, ...shared, own) as Record<string, unknown>;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
