import { describe, expect, it } from 'vitest';
import {
  declaredGraph,
  productInputs,
  productNeeds,
  selectProducts,
  type WorkspaceGraph,
} from '@lanewise/graph';
import { config, drawGraph, product } from './graphs.js';

const graph = drawGraph(
  { '@acme/web': [], api: [], 'docs-site': [], '@acme/ui': [], Admin_UI: [] },
  {
    tags: {
      '@acme/web': ['deployable'],
      api: ['deployable', 'team:core'],
      'docs-site': ['team:docs'],
    },
  },
);

function chosen(
  text: string,
  existing: readonly string[] = [],
  of: WorkspaceGraph | null = graph,
): string[] {
  return selectProducts(of, config(text), existing).map(({ name, project }) =>
    name === (project as string) ? name : `${name}=${project}`,
  );
}

const thrown = (text: string, existing: readonly string[] = [], of = graph): unknown => {
  try {
    selectProducts(of, config(text), existing);
  } catch (error) {
    return error;
  }
  return null;
};

describe('the products of a workspace', () => {
  it('are chosen by tag, and named without the npm scope', () => {
    expect(chosen('products: { select: "tag:deployable" }')).toEqual(['api', 'web=@acme/web']);
    expect(chosen('products: { select: "tag:team:*" }')).toEqual(['api', 'docs-site']);
  });

  it('are chosen by name and glob, with and without scope, and taken away again', () => {
    expect(chosen('products: { select: [web, docs-*] }')).toEqual(['docs-site', 'web=@acme/web']);
    expect(chosen('products: { select: ["@acme/*", "!@acme/ui"] }')).toEqual(['web=@acme/web']);
    expect(chosen('products: { select: ["!tag:deployable", "!Admin_UI", "!ui"] }')).toEqual([
      'docs-site',
    ]);
  });

  it('are those of each without select', () => {
    expect(chosen('products: { each: { web: {}, api: {} } }')).toEqual(['api', 'web=@acme/web']);
  });

  it('are those with manifests without select, where a project has that name', () => {
    expect(chosen('', ['web', 'postgres'])).toEqual(['web=@acme/web']);
    expect(chosen('products: { each: { api: {} } }', ['web'])).toEqual(['api', 'web=@acme/web']);
  });

  it('take the name that the configuration gives to a project', () => {
    expect(
      chosen('products: { select: ["@acme/web", Admin_UI], each: { Admin_UI: { name: admin } } }'),
    ).toEqual(['admin=Admin_UI', 'web=@acme/web']);
  });

  it('leave out what each only describes, where select does not choose it', () => {
    expect(chosen('products: { select: api, each: { web: {} } }')).toEqual(['api']);
  });

  it('are known by name alone without a graph', () => {
    expect(chosen('products: { each: { web: {} } }', ['docs', 'Not A Name'], null)).toEqual([
      'docs',
      'web',
    ]);
  });

  it('are refused where there is no such project, with the nearest name', () => {
    expect(thrown('products: { each: { wbe: {} } }')).toMatchObject({
      code: 'PROJECT_UNKNOWN',
      hint: expect.stringContaining("'web'") as string,
      place: { file: 'lanewise.yaml', line: 2 },
    });
    expect(thrown('products: { select: [apii] }')).toMatchObject({
      code: 'PROJECT_UNKNOWN',
      hint: expect.stringContaining("'api'") as string,
    });
  });

  it('are refused where the name is none, with the way out', () => {
    expect(thrown('products: { select: Admin_UI }')).toMatchObject({
      code: 'NAME_INVALID',
      hint: expect.stringContaining("'name:'") as string,
    });
  });

  it('are refused where a name is an environment', () => {
    expect(thrown('products: { select: prod }', [], drawGraph({ prod: [] }))).toMatchObject({
      code: 'CONFIG_COLLISION',
    });
  });

  it('are refused where two projects would be the same product', () => {
    const twins = drawGraph({ '@a/web': [], '@b/web': [] });
    expect(thrown('products: { select: "*" }', [], twins)).toMatchObject({
      code: 'CONFIG_COLLISION',
      message: expect.stringContaining("'@a/web' and '@b/web'") as string,
    });
    expect(thrown('products: { each: { web: {} } }', [], twins)).toMatchObject({
      code: 'CONFIG_COLLISION',
    });
  });
});

describe('a declared graph', () => {
  const text = `
projects:
  shared: { root: libs/shared, inputs: ["schemas/**"] }
  log: { root: libs/log }
products:
  each:
    api: { root: services/api, dependsOn: [shared] }
    web: { root: services/web, dependsOn: [shared, log], needs: [api], inputs: ["certs/*"] }
`;

  it('holds projects and products, with build edges', () => {
    const declared = declaredGraph(config(text));
    expect([...declared.projects.keys()]).toEqual(['api', 'log', 'shared', 'web']);
    expect(declared.edges.map(({ source, target, type }) => `${source} ${type} ${target}`)).toEqual(
      ['api static shared', 'web static shared', 'web static log'],
    );
  });

  it('gives inputs and needs like any other', () => {
    const settings = config(text);
    const declared = declaredGraph(settings);
    const products = selectProducts(declared, settings, []);
    expect(products.map(({ name }) => name)).toEqual(['api', 'web']);
    const inputs = productInputs(declared, product('web'), settings, products);
    expect(inputs.members.map(({ path }) => path.join(' > '))).toEqual([
      'web',
      'web > log',
      'web > shared',
    ]);
    expect(inputs.globals).toEqual(['schemas/**', 'certs/*']);
    expect(productNeeds(declared, products, settings).get(product('web').name)).toEqual([
      { product: 'api', saidBy: 'config', onPath: ['shared'] },
    ]);
  });

  it('holds a product that is only put together from others, without files of its own', () => {
    const settings = config(
      'projects: { a: { root: libs/a } }\nproducts: { each: { bundle: { dependsOn: [a] }, lost: {} } }',
    );
    const declared = declaredGraph(settings);
    const { members, excludedRoots } = productInputs(declared, product('bundle'), settings);
    expect(members.map(({ project }) => project.filter.patterns)).toEqual([[], ['libs/a/**/*']]);
    expect(excludedRoots).toEqual([]);
    expect(() => selectProducts(declared, settings, [])).toThrow(
      expect.objectContaining({
        code: 'PROJECT_UNKNOWN',
        hint: expect.stringContaining('lost: { root: … }') as string,
      }),
    );
  });

  it('holds the folders that the template of roots finds, and they are products where manifests name them', () => {
    const settings = config(
      'projects: { log: { root: services/log } }\nproducts: { root: "services/{product}", dependsOn: [log], each: { web: { root: apps/web } } }',
    );
    const found = ['api', 'log', 'tool', 'web'] as never[];
    const declared = declaredGraph(settings, null, found);
    expect([...declared.projects.values()].map(({ root }) => root)).toEqual([
      'services/api',
      'services/log',
      'services/tool',
      'apps/web',
    ]);
    expect(declared.edges.filter(({ source }) => source === 'log')).toEqual([]);
    expect(declared.edges.filter(({ source }) => source === 'api')).toHaveLength(1);
    const products = selectProducts(declared, settings, ['api', 'postgres']);
    expect(products.map(({ name }) => name)).toEqual(['api', 'web']);
    const chosen = config('products: { root: "services/{product}", select: ["*", "!tool"] }');
    const folders = declaredGraph(chosen, null, ['api', 'tool'] as never[]);
    expect(selectProducts(folders, chosen, []).map(({ name }) => name)).toEqual(['api']);
  });

  it('refuses a dependency that is declared nowhere', () => {
    const broken =
      'projects: { shared: { root: a } }\nproducts: { each: { api: { root: b, dependsOn: [shred] } } }';
    expect(() => declaredGraph(config(broken))).toThrow(
      expect.objectContaining({
        code: 'PROJECT_UNKNOWN',
        hint: expect.stringContaining("'shared'") as string,
      }),
    );
  });

  it('names cycles and goes on', () => {
    const circle = 'projects: { a: { root: a, dependsOn: [b] }, b: { root: b, dependsOn: [a] } }';
    expect(declaredGraph(config(circle)).cycles).toEqual([['a', 'b']]);
  });
});

describe('the needs of a product', () => {
  const products = ['web', 'api', 'docs'].map((name) => product(name));
  const needs = (of: WorkspaceGraph, name: string, text = '') =>
    productNeeds(of, products, config(text)).get(product(name).name);

  it('are the products that implicit edges and the configuration name', () => {
    const of = drawGraph({ web: ['implicit api'], api: [], docs: [] });
    expect(needs(of, 'web')).toEqual([{ product: 'api', saidBy: 'graph', onPath: [] }]);
    expect(needs(of, 'api')).toEqual([]);
    expect(needs(of, 'docs', 'products: { each: { docs: { needs: [api] }, api: {} } }')).toEqual([
      { product: 'api', saidBy: 'config', onPath: [] },
    ]);
  });

  it('go through what only the two are built from, not through what others use too', () => {
    const of = drawGraph({
      web: ['implicit api', 'api-client', 'log'],
      api: ['api-client', 'log'],
      docs: ['log'],
      'api-client': [],
      log: [],
    });
    expect(needs(of, 'web')).toEqual([{ product: 'api', saidBy: 'graph', onPath: ['api-client'] }]);
  });

  it('go through a library that names the needed product', () => {
    const of = drawGraph({
      web: ['data'],
      data: ['api-client'],
      'api-client': ['implicit api'],
      api: [],
      docs: [],
    });
    expect(needs(of, 'web')).toEqual([
      { product: 'api', saidBy: 'graph', onPath: ['api-client', 'data'] },
    ]);
  });

  it('may go round in a circle', () => {
    const of = drawGraph({ web: ['implicit api'], api: ['implicit web'], docs: [] });
    expect(needs(of, 'web')).toEqual([{ product: 'api', saidBy: 'graph', onPath: [] }]);
    expect(needs(of, 'api')).toEqual([{ product: 'web', saidBy: 'graph', onPath: [] }]);
  });
});
