import { join } from 'node:path';
import type { Product, WorkspaceGraph } from '@lanewise/graph';
import { productConfig, type Config, type Place, type RepoPath } from '@lanewise/model';
import { isFolder, rootFolders } from '../context/root-folders.js';
import type { Finding } from './finding.js';

/**
 * What is wrong with the folders that the configuration says products and projects are built from:
 * one that is not there has no files, so a change of it would never be seen.
 */
export function checkRoots(
  config: Config,
  graph: WorkspaceGraph,
  products: readonly Product[],
  workspace: string,
): readonly Finding[] {
  if (graph.kind !== 'declared') {
    const empty = products.flatMap((product) => checkOwnFolder(product, graph, config, workspace));
    return config.root === null ? empty : [...empty, unused(config)];
  }
  const roots = declaredRoots(config, products);
  return [
    ...roots.flatMap((one) => checkThere(one, workspace)),
    ...checkShared(roots),
    ...checkUnnamed(config, products, workspace),
  ];
}

/** A graph may name a folder that is in no commit: a saved one, or one that a plugin infers. */
function checkOwnFolder(
  { name, project }: Product,
  graph: WorkspaceGraph,
  config: Config,
  workspace: string,
): Finding[] {
  const root = graph.projects.get(project)?.root ?? ('' as RepoPath);
  if (root === '' || isFolder(join(workspace, root))) return [];
  return [
    {
      severity: 'problem',
      code: 'root-missing',
      message: `The product ${name} is the project ${project} in ${root}, and there is no such folder: it has no files of its own, and no change of it would ever be seen.`,
      hint: 'Correct its root where the graph comes from, or leave it out of the products.',
      place: productConfig(config, name).place ?? null,
    },
  ];
}

interface DeclaredRoot {
  readonly name: string;
  readonly root: RepoPath;
  readonly place: Place | null;
  readonly isProduct: boolean;
}

function declaredRoots(config: Config, products: readonly Product[]): readonly DeclaredRoot[] {
  const projects = [...config.projects.values()].map(({ name, root }): DeclaredRoot => ({
    name,
    root,
    place: { file: config.file },
    isProduct: products.some(({ project }) => project === name),
  }));
  const declared = new Set<string>(projects.map(({ name }) => name));
  const own = products.flatMap(({ name, project }): DeclaredRoot[] => {
    const { root, place } = productConfig(config, name);
    if (root === null || declared.has(project)) return [];
    return [{ name, root, place: place ?? config.root?.place ?? null, isProduct: true }];
  });
  return [...projects, ...own];
}

function checkThere({ name, root, place, isProduct }: DeclaredRoot, workspace: string): Finding[] {
  if (root === '' || isFolder(join(workspace, root))) return [];
  const what = isProduct ? 'The product' : 'The project';
  return [
    {
      severity: 'problem',
      code: 'root-missing',
      message: `${what} ${name} is built from ${root}, and there is no such folder: no change of it would ever be seen.`,
      hint: isProduct
        ? `Correct it with products.each.${name}.root; 'root: null' says that it is only put together from others.`
        : `Correct projects.${name}.root.`,
      place,
    },
  ];
}

/** Meant where one source makes two images; else one of them is a slip. */
function checkShared(roots: readonly DeclaredRoot[]): Finding[] {
  const owners = new Map<RepoPath, DeclaredRoot[]>();
  for (const one of roots) owners.set(one.root, [...(owners.get(one.root) ?? []), one]);
  return [...owners].flatMap(([root, sharing]): Finding[] => {
    const names = sharing.filter(({ isProduct }) => isProduct).map(({ name }) => name);
    if (names.length < 2) return [];
    return [
      {
        severity: 'note',
        code: 'root-shared',
        message: `${list(names)} are built from one folder, ${root === '' ? "the workspace's root" : root}: each change of it releases all of them.`,
        hint: 'If that is not meant, give each a root of its own under products.each.',
        place: sharing[1]?.place ?? null,
      },
    ];
  });
}

/** Folders that look like products' and that no manifest names. */
function checkUnnamed(config: Config, products: readonly Product[], workspace: string): Finding[] {
  const known = new Set<string>(products.flatMap(({ name, project }) => [name, project]));
  const declared = new Set([...config.projects.values()].map(({ root }) => root));
  const others = rootFolders(config, workspace)
    .map((name) => productConfig(config, name))
    .filter(({ name, root }) => !known.has(name) && root !== null && !declared.has(root))
    .map(({ root }) => root ?? '');
  if (others.length === 0) return [];
  return [
    {
      severity: 'note',
      code: 'root-without-manifest',
      message: `${list(others)} ${others.length === 1 ? 'is no product' : 'are no products'}: no manifest has the name.`,
      hint: 'Add the manifest, or name the product under products.each.',
      place: config.root?.place ?? null,
    },
  ];
}

function unused(config: Config): Finding {
  return {
    severity: 'note',
    code: 'root-unused',
    message:
      'The workspace has a graph of its own, which says where projects lie: products.root is not used.',
    hint: 'Remove it.',
    place: config.root?.place ?? null,
  };
}

function list(names: readonly string[]): string {
  return names.length > 4
    ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
    : names.join(', ');
}
