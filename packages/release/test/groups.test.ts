import { describe, expect, it } from 'vitest';
import {
  declaredGraph,
  nxProjects,
  productInputs,
  selectProducts,
  type NamedProject,
  type Project,
  type WorkspaceGraph,
} from '@lanewise/graph';
import { expandPins, parseConfig, type ProjectName, type RepoPath } from '@lanewise/model';
import { githubMatrix, parseToldImages, type BuildOrder } from '@lanewise/release';
import { makeMemoryRemote, type MemoryRemote } from '@lanewise/testing';
import {
  endings,
  files,
  outline,
  plan,
  product,
  release,
  releaseOf,
  sourcesAt,
} from './workspace.js';

/** `api` and `web` are one product, `docs` is another. */
const grouped = `
projects:
  shared: { root: libs/shared }
  api: { root: apps/api, dependsOn: [shared] }
  web: { root: apps/web }
products:
  image: registry.example.com/acme/{product}
  pins: [{ file: "deploy/{env}/{product}.yaml", path: image.tag }]
  each:
    docs: { root: apps/docs, dependsOn: [shared] }
    shop: { projects: [api, web] }
environments: { dev: {}, prod: { after: dev } }
`;
const options = { config: grouped };
const firstTwo = { products: ['docs', 'shop'].map(product), first: true };

async function released(): Promise<MemoryRemote> {
  const remote = makeMemoryRemote();
  const head = remote.commit({ ...files, 'lanewise.yaml': grouped }, 'feat: begin');
  await release(sourcesAt(remote.open(), head, options), firstTwo);
  return remote;
}

describe('a group', () => {
  it('is one product: one tag, with an image for each member', async () => {
    const remote = await released();
    expect([...remote.refs().keys()].sort()).toEqual([
      'refs/heads/main',
      'refs/tags/docs@1.0.0',
      'refs/tags/shop@1.0.0',
    ]);
    const head = remote.commit({ 'apps/web/main.ts': '2' }, 'feat: web');
    const planned = await plan(sourcesAt(remote.open(), head, options));
    expect(outline(planned)).toEqual(['docs unaffected', 'shop 1.1.0']);
    expect(releaseOf(planned, 'shop')).toMatchObject({
      images: {
        api: 'registry.example.com/acme/api:1.1.0',
        web: 'registry.example.com/acme/web:1.1.0',
      },
      reasons: [{ kind: 'own-files' }],
      notes: [{ dependency: false }],
    });
  });

  it('is affected by what any member is built from', async () => {
    const remote = await released();
    const head = remote.commit({ 'libs/shared/index.ts': '2' }, 'feat(shared): more');
    const planned = await plan(sourcesAt(remote.open(), head, options));
    expect(outline(planned)).toEqual(['docs 1.0.1', 'shop 1.0.1']);
    expect(releaseOf(planned, 'shop').reasons).toMatchObject([
      { kind: 'dependency', project: 'shared', path: ['api', 'shared'] },
    ]);
  });

  it('builds each member by its own project, and is held back as a whole when one fails', async () => {
    const remote = await released();
    const head = remote.commit({ 'apps/web/main.ts': '2' }, 'feat: web');
    const orders: BuildOrder[] = [];
    const failing = await release(
      sourcesAt(remote.open(), head, options),
      {},
      {
        build: async (order) => {
          orders.push(order);
          return order.member === 'web' ? { kind: 'failed', message: 'it broke' } : { kind: 'ok' };
        },
      },
    );
    expect(endings(failing)).toEqual(['docs unaffected', 'shop build-failed 1.1.0']);
    expect(orders).toMatchObject([
      { project: 'api', member: 'api', image: 'registry.example.com/acme/api:1.1.0' },
      { project: 'web', member: 'web', image: 'registry.example.com/acme/web:1.1.0' },
    ]);
    expect([...remote.refs().keys()]).not.toContain('refs/tags/shop@1.1.0');
    const again = await release(sourcesAt(remote.open(), head, options));
    expect(endings(again)).toEqual(['docs unaffected', 'shop published 1.1.0']);
  });

  it('is not released while the image of a member is not told', async () => {
    const remote = await released();
    const head = remote.commit({ 'apps/web/main.ts': '2' }, 'feat: web');
    const images = ['api', 'web'].map(
      (name) => `shop:${name}=registry.example.com/acme/${name}:1.1.0`,
    );
    const told = (count: number) => ({
      told: parseToldImages(images.slice(0, count)),
      target: false,
    });
    const half = await release(sourcesAt(remote.open(), head, options), told(1));
    expect(half.results.find((one) => one.product === 'shop')).toMatchObject({
      kind: 'passed',
      entry: { kind: 'not-told', missing: ['web'] },
    });
    const whole = await release(sourcesAt(remote.open(), head, options), told(2));
    expect(endings(whole)).toContain('shop published 1.1.0');
  });

  it('has the pins of its members, each taking its own image', () => {
    const config = parseConfig(grouped, 'lanewise.yaml');
    const products = selectProducts(declaredGraph(config), config, []);
    const shop = expandPins(config, products, null).filter((one) => one.product === 'shop');
    expect(
      shop.map(({ environment, pins }) => [environment, pins.map(({ file, of }) => [file, of])]),
    ).toEqual([
      [
        'dev',
        [
          ['deploy/dev/api.yaml', 'api'],
          ['deploy/dev/web.yaml', 'web'],
        ],
      ],
      [
        'prod',
        [
          ['deploy/prod/api.yaml', 'api'],
          ['deploy/prod/web.yaml', 'web'],
        ],
      ],
    ]);
  });

  it('is in an environment with those members whose manifests are there', () => {
    const config = parseConfig(grouped, 'lanewise.yaml');
    const products = selectProducts(declaredGraph(config), config, []);
    const there = new Set([
      'deploy/dev/api.yaml',
      'deploy/dev/web.yaml',
      'deploy/prod/web.yaml',
    ] as RepoPath[]);
    const shop = expandPins(config, products, there).filter((one) => one.product === 'shop');
    expect(
      shop.map(({ membership, pins, missing }) => [membership, pins.length, missing.length]),
    ).toEqual([
      ['in', 2, 0],
      ['in', 1, 0],
    ]);
  });

  it('may say the group in its templates, and something else for one member', () => {
    const text = grouped
      .replace(
        'image: registry.example.com/acme/{product}',
        'image: registry.example.com/{group}/{product}',
      )
      .replace(
        'each:\n',
        'each:\n    web: { pins: [{ file: "{group}/{env}.yaml", path: "{product}.tag" }] }\n',
      );
    const config = parseConfig(text, 'lanewise.yaml');
    const products = selectProducts(declaredGraph(config), config, []);
    expect(products.map(({ name }) => name)).toEqual(['docs', 'shop']);
    const [dev] = expandPins(config, products, null).filter((one) => one.product === 'shop');
    expect(dev?.pins.map(({ file, selector, of }) => [file, selector.path, of])).toEqual([
      ['deploy/dev/api.yaml', 'image.tag', 'api'],
      ['shop/dev.yaml', 'web.tag', 'web'],
    ]);
  });

  it('has each project that it shares among its members once, with the shortest way to it', () => {
    const config = parseConfig(
      grouped.replace('web: { root: apps/web }', 'web: { root: apps/web, dependsOn: [shared] }'),
      'lanewise.yaml',
    );
    const graph = declaredGraph(config);
    const products = selectProducts(graph, config, []);
    const shop = products.find(({ name }) => name === 'shop');
    const { members } = productInputs(graph, shop!, config, products);
    expect(members.map(({ project, path }) => [project.name, path])).toEqual([
      ['api', ['api']],
      ['web', ['web']],
      ['shared', ['api', 'shared']],
    ]);
  });

  it.each([
    ['shop: { projects: [] }', /made of the products or projects/],
    ['shop: { projects: [api], root: x }', /no 'root', 'project' or 'dependsOn'/],
    ['shop: { projects: ["tag:x"] }', /made of the products or projects/],
    ['shop: { projects: [nothing] }', /has no members/],
    ['shop: { projects: [api] }, mall: { projects: [api] }', /member of two groups/],
    ['prod: { projects: [api, web] }', /name of an environment/],
  ])('declared as %s is refused', (said, why) => {
    const text = grouped.replace(
      'shop: { projects: [api, web] }',
      said.replace('}, mall', '}\n    mall'),
    );
    const select = (): unknown => {
      const config = parseConfig(text, 'lanewise.yaml');
      return selectProducts(declaredGraph(config), config, []);
    };
    expect(select).toThrow(why);
  });
});

/** A graph as Nx gives it, with nothing but what projects are chosen by. */
function graphOf(projects: readonly NamedProject[]): WorkspaceGraph {
  const filter = { patterns: [], globals: [], digest: '', unseen: [] };
  const nodes = projects.map(({ name, root, tags }): [ProjectName, Project] => [
    name as ProjectName,
    { name: name as ProjectName, root: root as RepoPath, tags, filter, packages: [], targets: [] },
  ]);
  const none = { edges: [], packagesKnown: false, lockfile: null, cycles: [] };
  return { kind: 'nx', projects: new Map(nodes), ...none };
}

describe('groups of nx.json', () => {
  const ungrouped = grouped.replace(/ {4}shop: .*\n/, '    api:\n    web:\n');
  const names = (nx: unknown, text = ungrouped, graph = true): string[] => {
    const config = parseConfig(text, 'lanewise.yaml', nx);
    const products = selectProducts(graph ? declaredGraph(config) : null, config, []);
    return products.map(({ name, members }) =>
      members === undefined ? name : `${name}=${members.map((one) => one.name).join('+')}`,
    );
  };
  const fixed = { release: { groups: { shop: { projects: ['api', 'web'] } } } };

  it('are one product where they are fixed, which is what Nx means where nothing is said', () => {
    expect(names(fixed)).toEqual(['docs', 'shop=api+web']);
    expect(names(fixed, ungrouped, false)).toEqual(['docs', 'shop=api+web']);
  });

  it('are ordinary products where they are independent, by themselves or all', () => {
    const { groups } = fixed.release;
    expect(names({ release: { groups, projectsRelationship: 'independent' } })).toEqual([
      'api',
      'docs',
      'web',
    ]);
    const own = { shop: { ...groups.shop, projectsRelationship: 'independent' } };
    expect(names({ release: { groups: own } })).toEqual(['api', 'docs', 'web']);
    const back = { shop: { ...groups.shop, projectsRelationship: 'fixed' } };
    expect(names({ release: { groups: back, projectsRelationship: 'independent' } })).toEqual([
      'docs',
      'shop=api+web',
    ]);
  });

  it('of a single product and libraries change nothing', () => {
    const groups = { shop: { projects: ['api', 'shared'] } };
    expect(names({ release: { groups } })).toEqual(['api', 'docs', 'web']);
  });

  const projects = [
    { name: '@acme/api', root: 'apps/api', tags: ['shop'] },
    { name: 'docs', root: 'sites/docs', tags: [] },
    { name: '@acme/web', root: 'apps/web', tags: ['shop'] },
  ];
  const byNx = (patterns: string[], graph: typeof projects | null): string[] => {
    const nx = { release: { groups: { shop: { projects: patterns } } } };
    const text = 'products: { each: { api: , docs: , web: } }\nenvironments: { dev: {} }';
    const config = parseConfig(text, 'lanewise.yaml', nx, nxProjects(projects));
    return selectProducts(graph === null ? null : graphOf(graph), config, []).map(
      ({ name, members = [] }) => [name, ...members.map((one) => one.project)].join(' '),
    );
  };

  it.each([
    [['tag:shop']],
    [['apps/*']],
    [['@acme/*']],
    [['*', '!docs', '@acme/**']],
    [['api', 'web']],
  ])("are chosen by Nx's own patterns: %j, with the graph and without", (patterns) => {
    expect(byNx(patterns, projects)).toEqual(['docs', 'shop @acme/api @acme/web']);
    expect(byNx(patterns, null)).toEqual(['docs', 'shop api web']);
  });

  it('are refused where the graph has other members than the files that promotions read', () => {
    const tagged = projects.map((one) => ({ ...one, tags: ['shop'] }));
    expect(byNx(['@acme/*'], tagged)).toHaveLength(2);
    expect(() => byNx(['tag:shop'], tagged)).toThrow(
      /By Nx's graph 'docs' is a member of the release group 'shop'.* no member/,
    );
  });

  it('are passed over where the configuration says so, or says the same group itself', () => {
    expect(names(fixed, `${ungrouped}versioning: { nx: false }\n`)).toEqual(['api', 'docs', 'web']);
    const other = { release: { groups: { shop: { projects: ['api', 'docs'] } } } };
    expect(names(other, grouped)).toEqual(['docs', 'shop=api+web']);
  });

  it('may have the name of a member, and of no other product', () => {
    const named = (projects: string[]) => ({ release: { groups: { api: { projects } } } });
    expect(names(named(['api', 'web']))).toEqual(['api=api+web', 'docs']);
    const select = ungrouped.replace('products:', 'products:\n  select: ["ap?", docs, web]');
    expect(() => names(named(['docs', 'web']), select)).toThrow(/not among its members/);
  });

  it('that name no groups make no product of everything', () => {
    const all = { release: { projects: ['*'], projectsRelationship: 'fixed' } };
    expect(names(all)).toEqual(['api', 'docs', 'web']);
  });
});

describe('the matrix of a build elsewhere', () => {
  it('has a job for each member of a group', async () => {
    const remote = await released();
    const head = remote.commit({ 'apps/web/main.ts': '2' }, 'feat: web');
    const outcome = await release(sourcesAt(remote.open(), head, options), { reserveOnly: true });
    expect(githubMatrix(outcome).matrix.include).toMatchObject([
      {
        product: 'shop',
        member: 'api',
        project: 'api',
        image: 'registry.example.com/acme/api:1.1.0',
      },
      {
        product: 'shop',
        member: 'web',
        project: 'web',
        image: 'registry.example.com/acme/web:1.1.0',
      },
    ]);
  });
});
