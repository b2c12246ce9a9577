import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memberTests, productInputs, type Product, type WorkspaceGraph } from '@lanewise/graph';
import { config, drawGraph, product } from './graphs.js';

const none = config();

function paths(graph: WorkspaceGraph, name: string, products: readonly Product[]): string[] {
  const inputs = productInputs(graph, product(name), none, products);
  return inputs.members.map(({ path }) => path.join(' > '));
}

describe('the inputs of a product', () => {
  it('are all projects that it is built from, the nearest first, each with the shortest path', () => {
    const graph = drawGraph({
      web: ['ui', 'log'],
      ui: ['theme', 'log'],
      theme: ['log'],
      log: [],
      other: [],
    });
    expect(paths(graph, 'web', [product('web')])).toEqual([
      'web',
      'web > log',
      'web > ui',
      'web > ui > theme',
    ]);
  });

  it('choose by name among paths of the same length', () => {
    const graph = drawGraph({ web: ['b', 'a'], a: ['deep'], b: ['deep'], deep: [] });
    expect(paths(graph, 'web', [product('web')])).toContain('web > a > deep');
  });

  it('follow dynamic edges, and cycles once', () => {
    const graph = drawGraph({ web: ['dynamic a'], a: ['b'], b: ['a', 'web'] });
    expect(paths(graph, 'web', [product('web')])).toEqual(['web', 'web > a', 'web > a > b']);
  });

  it('do not follow an implicit edge from product to product', () => {
    const graph = drawGraph({
      web: ['implicit api', 'implicit assets'],
      api: ['db'],
      assets: [],
      db: [],
    });
    const products = [product('web'), product('api')];
    expect(paths(graph, 'web', products)).toEqual(['web', 'web > assets']);
  });

  it('do follow the implicit edge of a library: it is built with what it names', () => {
    const graph = drawGraph({ web: ['client'], client: ['implicit api'], api: [] });
    expect(paths(graph, 'web', [product('web'), product('api')])).toEqual([
      'web',
      'web > client',
      'web > client > api',
    ]);
  });

  it('follow a code edge from product to product even where an implicit one stands beside it', () => {
    const graph = drawGraph({ web: ['implicit api', 'api'], api: [] });
    expect(paths(graph, 'web', [product('web'), product('api')])).toEqual(['web', 'web > api']);
  });

  it('follow what the configuration adds to the graph, for others that are built from it too', () => {
    const graph = drawGraph({ '@acme/web': [], shop: ['@acme/web'], tables: [] });
    const added = config('products: { each: { web: { dependsOn: [tables] }, shop: {} } }');
    const products = [product('web', '@acme/web'), product('shop')];
    const { members } = productInputs(graph, product('shop'), added, products);
    expect(members.at(-1)?.path).toEqual(['shop', '@acme/web', 'tables']);
    const wrong = config('products: { each: { web: { dependsOn: [table] } } }');
    expect(() => productInputs(graph, product('shop'), wrong, products)).toThrow(
      expect.objectContaining({
        code: 'PROJECT_UNKNOWN',
        hint: expect.stringContaining("'tables'") as string,
      }),
    );
  });

  it('name projects inside members that are no members', () => {
    const roots = {
      root: '',
      web: 'apps/web',
      admin: 'apps/web/admin',
      theme: 'apps/web/theme',
      lib: 'lib',
    };
    const graph = drawGraph({ root: [], web: ['theme'], admin: [], theme: [], lib: [] }, { roots });
    expect(productInputs(graph, product('web'), none).excludedRoots).toEqual(['apps/web/admin']);
    expect(productInputs(graph, product('root'), none).excludedRoots).toEqual([
      'apps/web',
      'apps/web/admin',
      'apps/web/theme',
      'lib',
    ]);
  });

  it('give every file to the innermost project', () => {
    const roots = { web: 'apps/web', admin: 'apps/web/admin', theme: 'apps/web/theme' };
    const graph = drawGraph({ web: ['theme'], admin: [], theme: [] }, { roots });
    const tests = memberTests(productInputs(graph, product('web'), none));
    const owners = (path: string) =>
      [...tests].flatMap(([name, test]) => (test(path) ? [name] : []));
    expect(owners('apps/web/main.ts')).toEqual(['web']);
    expect(owners('apps/web/theme/dark.css')).toEqual(['theme']);
    expect(owners('apps/web/admin/main.ts')).toEqual([]);
    expect(owners('apps/website/main.ts')).toEqual([]);
  });

  it("hold the members' workspace globs once, then the product's own", () => {
    const nxJson = {
      namedInputs: {
        default: ['{projectRoot}/**/*', '{workspaceRoot}/babel.json', '!{workspaceRoot}/x'],
      },
    };
    const graph = drawGraph({ web: ['lib'], lib: [] }, { nxJson });
    const own = config('products: { each: { web: { inputs: ["certificates/**"] } } }');
    expect(productInputs(graph, product('web'), own).globals).toEqual([
      'babel.json',
      '!x',
      'certificates/**',
    ]);
  });

  it('are refused for a project that is not there, with the nearest name', () => {
    const graph = drawGraph({ website: [] });
    expect(() => productInputs(graph, product('webste'), none)).toThrow(
      expect.objectContaining({
        code: 'PROJECT_UNKNOWN',
        hint: expect.stringContaining("'website'") as string,
      }),
    );
  });

  it('are found along a chain and round a cycle that are longer than the call stack', () => {
    const size = 20_000;
    const drawing: Record<string, string[]> = {};
    for (let number = 0; number < size; number += 1) drawing[`p${number}`] = [`p${number + 1}`];
    drawing[`p${size}`] = ['p0'];
    const chain = drawGraph(drawing);
    expect(chain.cycles[0]).toHaveLength(size + 1);
    const { members } = productInputs(chain, product('p1'), none);
    expect(members).toHaveLength(size + 1);
    expect(members.at(-1)?.path).toHaveLength(size + 1);
  });

  it('agree with a slow and obvious search on random graphs', () => {
    const seed = Date.now() & 0x7fffffff;
    const size = 12;
    const edge = fc.tuple(
      fc.nat(size - 1),
      fc.nat(size - 1),
      fc.constantFrom('static', 'dynamic', 'implicit'),
    );
    const property = fc.property(
      fc.array(edge, { maxLength: 40 }),
      fc.uniqueArray(fc.nat(size - 1)),
      (edges, chosen) => {
        const name = (number: number) => `p${String.fromCharCode(97 + number)}`;
        const drawing: Record<string, string[]> = {};
        for (let number = 0; number < size; number += 1) drawing[name(number)] = [];
        for (const [from, to, type] of edges) drawing[name(from)]?.push(`${type} ${name(to)}`);
        const products = chosen.map((number) => product(name(number)));
        const graph = drawGraph(drawing);
        for (const one of products) {
          const found = productInputs(graph, one, none, products).members;
          const expected = slowPaths(
            drawing,
            one.name,
            new Set(products.map((p) => p.name as string)),
          );
          expect(found.map(({ path }) => path.join(' '))).toEqual(expected);
        }
      },
    );
    fc.assert(property, { seed, numRuns: 300 });
  });
});

/** All paths without repetition, shortest first, then by their names from the end to the start. */
function slowPaths(
  drawing: Record<string, string[]>,
  start: string,
  products: Set<string>,
): string[] {
  const next = (from: string): string[] =>
    (drawing[from] ?? []).flatMap((text) => {
      const [type, to = ''] = text.split(' ');
      const isNeed = type === 'implicit' && products.has(from) && products.has(to);
      return isNeed ? [] : [to];
    });
  const distances = new Map([[start, 0]]);
  for (let changed = true; changed;) {
    changed = false;
    for (const [from, distance] of [...distances]) {
      for (const to of next(from)) {
        if ((distances.get(to) ?? Infinity) <= distance + 1) continue;
        distances.set(to, distance + 1);
        changed = true;
      }
    }
  }
  const pathOf = (name: string): string[] => {
    if (name === start) return [start];
    const before = [...distances.keys()]
      .filter(
        (from) =>
          distances.get(from) === (distances.get(name) ?? 0) - 1 && next(from).includes(name),
      )
      .sort();
    return [...pathOf(before[0] ?? start), name];
  };
  return [...distances]
    .sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))
    .map(([name]) => pathOf(name).join(' '));
}
