import { graphFromNx, type GraphQuestion, type RunningVersion } from '@lanewise/graph';
import type { ProductName, ProjectName } from '@lanewise/model';

const areas = [
  'billing',
  'catalog',
  'checkout',
  'identity',
  'search',
  'shipping',
  'reports',
  'mail',
];
const parts = [
  'core',
  'admin',
  'import',
  'export',
  'audit',
  'rules',
  'sync',
  'mobile',
  'partner',
  'pricing',
  'stock',
  'orders',
  'refunds',
  'labels',
  'queue',
  'history',
  'forms',
  'alerts',
  'limits',
  'trials',
  'grants',
  'quotes',
  'teams',
  'tokens',
  'images',
  'texts',
  'dates',
  'maps',
  'tours',
  'seats',
  'cards',
];
/** Kinds of libraries, from what products use to what everything stands on. */
const kinds = [['pages'], ['feature', 'jobs'], ['ui', 'client'], ['data', 'events'], ['model']];
const shared = ['logging', 'tracing', 'http', 'dates', 'errors', 'config'];
const environments = ['dev', 'staging', 'prod-eu', 'prod-us'];

interface Sketch {
  readonly name: string;
  readonly root: string;
  readonly tags: readonly string[];
  readonly layer: number;
  readonly area: string;
  readonly part: string;
}

/**
 * A workspace of so many projects as they are: products, libraries by area and part, a few that all
 * use. About 2.5 edges a project, with every type of edge; one library has changed.
 */
export function sampleQuestion(count: number, seed = 11): GraphQuestion {
  const random = numbers(seed);
  const sketches = sketchProjects(count);
  const dependencies = Object.fromEntries(
    sketches.map((one) => [one.name, sketchEdges(one, sketches, random)]),
  );
  const nodes = Object.fromEntries(
    sketches.map(({ name, root, tags }) => [name, { data: { root, tags } }]),
  );
  const graph = graphFromNx({ nodes, dependencies, externalNodes: {} }, {}, { lockfile: null });
  const products = sketches
    .filter(({ layer }) => layer === 0)
    .map(({ name }) => ({ name: name as ProductName, project: name as ProjectName }));
  return { graph, products, ...running(products, random), ...affectedBy(graph, products) };
}

function sketchProjects(count: number): Sketch[] {
  const sketches = shared
    .slice(0, Math.max(2, Math.min(6, Math.round(count / 8))))
    .map((name): Sketch => ({
      name: `@acme/${name}`,
      root: `libs/shared/${name}`,
      tags: ['scope:shared'],
      layer: 6,
      area: '',
      part: '',
    }));
  for (let number = 0; sketches.length < count; number += 1) {
    const area = areas[number % areas.length] ?? '';
    const part = parts[Math.floor(number / areas.length)] ?? `part-${number}`;
    const tags = [`area:${area}`];
    const stem = part === 'core' ? area : `${area}-${part}`;
    const product = number % 2 === 0 ? `${stem}-web` : `${stem}-api`;
    sketches.push({
      name: product,
      root: `apps/${area}/${product}`,
      tags: ['deployable', ...tags],
      layer: 0,
      area,
      part,
    });
    kinds.forEach((names, place) =>
      names.forEach((kind) =>
        sketches.push({
          name: `@acme/${stem}-${kind}`,
          root: `libs/${area}/${part}/${kind}`,
          tags,
          layer: place + 1,
          area,
          part,
        }),
      ),
    );
  }
  return sketches.slice(0, count);
}

function sketchEdges(
  one: Sketch,
  all: readonly Sketch[],
  random: () => number,
): { source: string; target: string; type: string }[] {
  const pick = (list: readonly Sketch[]): string | undefined =>
    list[Math.floor(random() * list.length)]?.name;
  const targets = new Map<string | undefined, string>();
  const own = all.filter(({ area, part }) => area === one.area && part === one.part);
  for (const { name, layer } of own) if (layer === one.layer + 1) targets.set(name, 'static');
  if (random() < 0.45)
    targets.set(pick(own.filter(({ layer }) => layer > one.layer + 1)), 'static');
  const neighbours = all.filter(
    ({ area, layer, part }) => area === one.area && part !== one.part && layer > one.layer,
  );
  if (one.layer < 5 && random() < 0.3)
    targets.set(pick(neighbours), random() < 0.2 ? 'dynamic' : 'static');
  if (one.layer < 6 && random() < 0.5)
    targets.set(pick(all.filter(({ layer }) => layer === 6)), 'static');
  if (one.layer === 0 && random() < 0.4)
    targets.set(pick(all.filter(({ layer }) => layer === 0)), 'implicit');
  return [...targets].flatMap(([target, type]) =>
    target === undefined || target === one.name ? [] : [{ source: one.name, target, type }],
  );
}

function running(products: GraphQuestion['products'], random: () => number) {
  const versions = products.map(({ name }): readonly [ProductName, RunningVersion[]] => {
    let minor = 2 + Math.floor(random() * 6);
    return [
      name,
      environments.map((environment) => {
        if (random() < 0.3 && minor > 0) minor -= 1;
        const version = `1.${minor}.0`;
        return { environment, version, text: version };
      }),
    ];
  });
  return { environments, running: new Map(versions) };
}

/** One library in the middle changed: the products above it are affected, each by its shortest way. */
function affectedBy(graph: GraphQuestion['graph'], products: GraphQuestion['products']) {
  const changed = '@acme/catalog-data' as ProjectName;
  const reasons = new Map(
    products.flatMap(({ name, project }) => {
      const path = shortestPath(graph, project, changed);
      return path === null ? [] : [[name, [{ text: `${changed}: src/index.ts`, path }]] as const];
    }),
  );
  const affected = new Set<ProductName | ProjectName>();
  for (const [name, list] of reasons) {
    affected.add(name);
    list.forEach(({ path }) => path.forEach((project) => affected.add(project)));
  }
  return { affected, reasons };
}

function shortestPath(
  graph: GraphQuestion['graph'],
  from: ProjectName,
  to: ProjectName,
): ProjectName[] | null {
  const paths = new Map<ProjectName, ProjectName[]>([[from, [from]]]);
  const targets = new Map<ProjectName, ProjectName[]>();
  for (const { source, target, type } of graph.edges) {
    if (type !== 'implicit') targets.set(source, [...(targets.get(source) ?? []), target]);
  }
  for (const [node, path] of paths) {
    if (node === to) return path;
    for (const target of targets.get(node) ?? []) {
      if (!paths.has(target)) paths.set(target, [...path, target]);
    }
  }
  return null;
}

/** Numbers from 0 to below 1, always the same. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
