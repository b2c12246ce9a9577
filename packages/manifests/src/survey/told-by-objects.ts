import type { DeployedSource } from '../find/deployed-sources.js';
import { isEnvironmentWord, splitEnvironment } from './environment-words.js';
import { marks } from './mark.js';
import { placeEnvironment, type EnvironmentPlace } from './place-environment.js';
import { unscopedAddress } from './repository-address.js';
import type { Unplaced } from './survey.js';

/** What objects of Argo CD and Flux say of a file that its own path does not say. */
export interface ToldFile {
  /** The only environment whose objects use it; null where several do, or none is named. */
  readonly environment: string | null;
  /** Name of the object without the environment's: often the product's. */
  readonly name: string | null;
  readonly why: string;
}

/** What the objects say of each file that one of them uses. */
export function toldFiles(
  sources: readonly DeployedSource[],
  files: readonly string[],
): ReadonlyMap<string, ToldFile> {
  const users = new Map<string, DeployedSource[]>();
  for (const source of sources) {
    for (const file of usedFiles(source, files))
      users.set(file, [...(users.get(file) ?? []), source]);
  }
  return new Map([...users].map(([file, own]) => [file, tell(own)]));
}

function tell(sources: readonly DeployedSource[]): ToldFile {
  const environments = new Set(sources.map(environmentOf));
  const names = new Set(sources.map(({ name }) => nameWithout(name)));
  const [environment = null] = environments;
  const [name = null] = names;
  const [first] = sources;
  return {
    environment: environments.size === 1 ? environment : null,
    name: names.size === 1 ? name : null,
    why: first === undefined ? '' : `${first.kind} '${first.name}' in ${first.file}`,
  };
}

/** The environment that an object belongs to: by its file, else by its name. */
function environmentOf({ file, name }: DeployedSource): string | null {
  return placeEnvironment(file)?.name ?? splitEnvironment(name)?.name ?? null;
}

function nameWithout(name: string): string {
  const split = splitEnvironment(name);
  return split === null ? name : `${split.before}${split.after}`.replace(/^[-_.]+|[-_.]+$/g, '');
}

/** Values files, and what lies directly in a folder; not a whole tree, which may serve many. */
function usedFiles({ files, folders }: DeployedSource, all: readonly string[]): readonly string[] {
  const isPlain = (path: string): boolean => !/[*{[]/.test(path);
  const inside = new Set(folders.filter((folder) => folder !== '' && isPlain(folder)));
  const named = new Set(files.filter(isPlain));
  if (inside.size === 0 && named.size === 0) return [];
  return all.filter((file) => {
    if (named.has(file)) return true;
    const slash = Math.max(0, file.lastIndexOf('/'));
    // Beside a chart whose values files are named others may lie, for other objects.
    const isTaken = named.size === 0 || /^values\.ya?ml$/.test(file.slice(slash + 1));
    return isTaken && inside.has(file.slice(0, slash));
  });
}

/**
 * Readings of paths by the templates of ApplicationSets: where a values file is
 * `envs/{{env}}/values.yaml`, what stands there is an environment, whatever it is called.
 */
export function readByTemplates(
  sources: readonly DeployedSource[],
  paths: readonly string[],
): ReadonlyMap<string, EnvironmentPlace> {
  const places = new Map<string, EnvironmentPlace>();
  for (const source of sources) {
    for (const template of [...source.files, ...source.folders.map((folder) => `${folder}/*`)]) {
      const shape = shapeOf(template);
      if (shape === null) continue;
      for (const path of paths) {
        const place = places.has(path) ? null : readPath(shape, path, source);
        if (place !== null) places.set(path, place);
      }
    }
  }
  return places;
}

const word = /\{\{-?\s*([^{}]*?)\s*-?\}\}/;
const ofEnvironment = /(?:^|[._])(?:env|environment|stage|tier|cluster|clusterName)(?:$|[._])/i;

/** Each word multiplies the ways in which a path may fit: a template with many could hold us up. */
const mostWords = 6;

function shapeOf(template: string): RegExp | null {
  if (template.length > 500 || (template.match(/\{\{|\*+/g) ?? []).length > mostWords) return null;
  const parts = template.split(/(\{\{[^{}]*\}\})/);
  const at = parts.findIndex((part) => ofEnvironment.test(word.exec(part)?.[1] ?? ''));
  if (at < 0) return null;
  const source = parts.map((part, index) => {
    if (index === at) return '(?<name>[a-z0-9][a-z0-9-]*)';
    if (part === parts[at]) return '\\k<name>';
    if (word.test(part)) return '[^/]+';
    return part.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '[^/]*');
  });
  return new RegExp(`^(${source.slice(0, at).join('')})${source.slice(at).join('')}$`);
}

function readPath(shape: RegExp, path: string, source: DeployedSource): EnvironmentPlace | null {
  const found = shape.exec(path);
  const name = found?.groups?.['name'];
  if (found === null || name === undefined) return null;
  const before = found[1] ?? '';
  const rest = path.slice(before.length + name.length).split('/');
  const marked = `${before}${marks.env}${rest.map((part) => (part === name ? marks.env : part)).join('/')}`;
  const why = `${source.kind} '${source.name}', which puts it there`;
  return { name, marked, strength: 'told', why };
}

/** Other repositories that hold manifests: their pins are not seen from here. */
export function otherRepositories(
  sources: readonly DeployedSource[],
  own: readonly string[],
): readonly Unplaced[] {
  const known = new Set(own.map(unscopedAddress));
  const others = new Map<string, DeployedSource[]>();
  for (const source of sources) {
    const address = source.repository;
    if (address === null || address.includes('{{') || !/[:/]/.test(address)) continue;
    if (known.has(unscopedAddress(address))) continue;
    others.set(address, [...(others.get(address) ?? []), source]);
  }
  // Where nothing says what this repository is called, a lone address is most likely its own.
  if (known.size === 0 && others.size < 2) return [];
  return [...others].map(([address, users]) => ({
    what: `repository ${address}`,
    file: users[0]?.file ?? null,
    line: users[0]?.line ?? null,
    why: `${listOf(users)} manifests from it; its pins are not seen here: 'lanewise init --gitops ${address}' looks there`,
  }));
}

function listOf(users: readonly DeployedSource[]): string {
  const names = [...new Set(users.map(({ kind, name }) => `${kind} ${name}`))];
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return `${names.slice(0, 3).join(', ')}${more} ${names.length === 1 ? 'takes' : 'take'}`;
}

/** Environments that objects tell apart by the branch they follow. */
export function branchesByObjects(sources: readonly DeployedSource[]): readonly string[] {
  const branches = new Set(sources.flatMap(({ revision }) => revision ?? []));
  return [...branches].filter((branch) => isEnvironmentBranch(branch) && branches.size > 1);
}

/** `env/prod`, `environments/dev`, `prod`: branches that teams keep environments in. */
export function isEnvironmentBranch(branch: string): boolean {
  return /^(?:envs?|environments?|deploy)\/./.test(branch) || isEnvironmentWord(branch);
}
