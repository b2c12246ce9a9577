import {
  byText,
  parseProjectName,
  productConfig,
  show,
  type Config,
  type ProductName,
  type ProjectName,
  type RepoPath,
} from '@lanewise/model';
import { digestOf } from './canonical.js';
import { findCycles } from './cycles.js';
import { everythingIn } from './glob-text.js';
import { unknownProject } from './unknown-project.js';
import type { Edge, Project, WorkspaceGraph } from './workspace-graph.js';

interface Declared {
  readonly name: ProjectName;
  readonly root: RepoPath | null;
  readonly dependsOn: readonly string[];
  readonly inputs: readonly string[];
}

/**
 * The graph that `lanewise.yaml` declares: its `projects`, the products that have a `root` or
 * `dependsOn`, and `found`, names of folders that the template `products.root` fits. All files of a
 * project count; `inputs` adds globs from the workspace's root. Throws PROJECT_UNKNOWN for a name in
 * `dependsOn` that is declared nowhere.
 */
export function declaredGraph(
  config: Config,
  lockfile: RepoPath | null = null,
  found: readonly ProductName[] = [],
): WorkspaceGraph {
  const declared = new Map<ProjectName, Declared>();
  for (const project of config.projects.values()) declared.set(project.name, project);
  for (const product of config.products.values()) {
    const name = product.project ?? parseProjectName(product.name);
    const known = declared.get(name);
    // Where a product lies must be said, unless it is only put together from others.
    if (known === undefined && product.root === null && product.dependsOn.length === 0) continue;
    declared.set(name, {
      name,
      root: known?.root ?? product.root,
      dependsOn: [...new Set([...(known?.dependsOn ?? []), ...product.dependsOn])],
      // A product's own `inputs` are added where its inputs are computed.
      inputs: known?.inputs ?? [],
    });
  }
  addFound(declared, config, found);
  const names = [...declared.values()].sort((a, b) => byText(a.name, b.name));
  const projects = new Map(names.map((project) => [project.name, toProject(project)] as const));
  const edges = names.flatMap((project) => dependencies(project, declared, config));
  return {
    kind: 'declared',
    projects,
    edges,
    packagesKnown: false,
    lockfile,
    cycles: findCycles(edges),
  };
}

/** A folder that fits the template is a project, unless it is declared under another name. */
function addFound(
  declared: Map<ProjectName, Declared>,
  config: Config,
  found: readonly ProductName[],
): void {
  const roots = new Set([...declared.values()].map(({ root }) => root));
  for (const product of found) {
    const name = parseProjectName(product);
    const { root, dependsOn } = productConfig(config, product);
    if (declared.has(name) || root === null || roots.has(root)) continue;
    // What all products are built from may lie in such a folder too, and is not built from itself.
    const others = dependsOn.filter((dependency) => dependency !== product);
    declared.set(name, { name, root, dependsOn: others, inputs: [] });
  }
}

function toProject({ name, root, inputs }: Declared): Project {
  const place = root ?? ('' as RepoPath);
  // A product without a root has no files of its own: only what it depends on, and its inputs.
  const patterns = root === null ? [] : [everythingIn(place)];
  const globals = [...inputs];
  const digest = digestOf({
    patterns: root === null ? [] : ['{projectRoot}/**/*'],
    globals,
    unseen: [],
  });
  return {
    name,
    root: place,
    tags: [],
    filter: { patterns, globals, digest, unseen: [] },
    packages: [],
    targets: [],
  };
}

function dependencies(
  { name, dependsOn }: Declared,
  declared: ReadonlyMap<ProjectName, Declared>,
  config: Config,
): Edge[] {
  return dependsOn.map((dependency) => {
    const target =
      config.products.get(dependency as ProductName)?.project ?? parseProjectName(dependency);
    if (!declared.has(target)) {
      const what = `${show(name)} depends on ${show(dependency)}, which is declared nowhere.`;
      throw unknownProject(what, dependency, declared.keys(), {
        place: { file: config.file },
        hint: `Declare it: projects: { ${dependency}: { root: … } }`,
      });
    }
    return { source: name, target, type: 'static' as const };
  });
}
