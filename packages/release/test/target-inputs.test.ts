import { describe, expect, it } from 'vitest';
import { graphFromNx, productInputs, selectProducts } from '@lanewise/graph';
import { expandPins, parseConfig, type CommitId, type Release } from '@lanewise/model';
import { compareInputs, makePastInputs, type PastAnswer } from '@lanewise/release';
import { makeMemoryRemote, type MemoryRemote } from '@lanewise/testing';
import { entryOf, first, plan, product, release, releaseOf, sourcesAt } from './workspace.js';

const config = `
products:
  image: registry.example.com/{product}
  pins: [{ file: "deploy/{env}/{product}.yaml", path: image.tag }]
  each:
    docs: { target: container }
    site: {}
    tool: { inputs: ["deploy/prod/tool.yaml"] }
environments: { prod: {} }
`;

const node = (name: string, root: string, data: object = {}): [string, unknown] => [
  name,
  { name, type: 'lib', data: { root, tags: [], ...data } },
];

const container = {
  inputs: [
    '{projectRoot}/**/*',
    '!{projectRoot}/**/*.md',
    '^shipped',
    { input: 'default', projects: 'seeds' },
  ],
};

const graph = graphFromNx(
  {
    nodes: Object.fromEntries([
      node('docs', 'apps/docs', { targets: { container } }),
      node('site', 'apps/site'),
      node('tool', 'apps/tool'),
      node('ui', 'libs/ui', { namedInputs: { shipped: ['{projectRoot}/**/*.spec.ts'] } }),
      node('theme', 'libs/theme', {
        namedInputs: {
          production: ['default', '{workspaceRoot}/ci/**/*', '!{workspaceRoot}/ci/README.md'],
        },
      }),
      node('seeds', 'libs/seeds'),
    ]),
    dependencies: {
      docs: [{ source: 'docs', target: 'ui', type: 'static' }],
      site: [
        { source: 'site', target: 'ui', type: 'static' },
        { source: 'site', target: 'theme', type: 'static' },
      ],
    },
    externalNodes: {},
  },
  {
    namedInputs: {
      default: ['{projectRoot}/**/*'],
      production: ['default', '!{projectRoot}/**/*.spec.ts'],
      shipped: ['production'],
    },
  },
);

const manifest = (tag: string, replicas: number): string =>
  `replicas: ${replicas}\nimage:\n  tag: ${tag}\n`;

const files = {
  'lanewise.yaml': config,
  'apps/docs/main.ts': '1',
  'apps/docs/main.spec.ts': '1',
  'apps/docs/README.md': '1',
  'apps/site/main.ts': '1',
  'apps/tool/main.ts': '1',
  'libs/ui/index.ts': '1',
  'libs/ui/index.spec.ts': '1',
  'libs/theme/index.ts': '1',
  'libs/seeds/seed.sql': '1',
  'ci/build.sh': '1',
  'ci/README.md': '1',
  'deploy/prod/docs.yaml': manifest('1.0.0', 1),
  'deploy/prod/site.yaml': manifest('1.0.0', 1),
  'deploy/prod/tool.yaml': manifest('1.0.0', 1),
};

async function released(): Promise<MemoryRemote> {
  const remote = makeMemoryRemote();
  const head = remote.commit(files, 'feat: begin');
  const request = { ...first, products: ['docs', 'site', 'tool'].map(product) };
  await release(sourcesAt(remote.open(), head, { config, graph }), request);
  return remote;
}

const planAt = (remote: MemoryRemote, head: CommitId): ReturnType<typeof plan> =>
  plan(sourcesAt(remote.open(), head, { config, graph }));

describe('with a target, the notes of a product', () => {
  it('name commits to what the target counts, and none to what only production counts', async () => {
    const remote = await released();
    remote.commit({ 'libs/ui/index.ts': '2' }, 'feat: not shipped');
    remote.commit({ 'apps/docs/README.md': '2' }, 'feat: nor this');
    remote.commit({ 'apps/docs/main.spec.ts': '2' }, 'fix: its own specs ship');
    remote.commit({ 'libs/seeds/seed.sql': '2' }, 'fix: a project that it names');
    const head = remote.commit({ 'libs/ui/index.spec.ts': '2' }, 'fix: specs of the library ship');
    const found = await planAt(remote, head);
    expect(releaseOf(found, 'docs').notes.map(({ subject }) => subject)).toEqual([
      'specs of the library ship',
      'a project that it names',
      'its own specs ship',
    ]);
    expect(releaseOf(found, 'docs').version).toBe('1.0.1');
    expect(releaseOf(found, 'site').notes.map(({ subject }) => subject)).toEqual(['not shipped']);
  });

  it('are told beside products that count the same project in another way', async () => {
    const remote = await released();
    const head = remote.commit({ 'libs/ui/index.spec.ts': '2' }, 'fix: a spec');
    const found = await planAt(remote, head);
    expect(releaseOf(found, 'docs').notes.map(({ subject }) => subject)).toEqual(['a spec']);
    expect(entryOf(found, 'site').kind).toBe('unaffected');
  });
});

describe('the past of a product', () => {
  it('is judged by its target, by each member’s own globals and by what its inputs name', async () => {
    const remote = makeMemoryRemote();
    const before = remote.commit(files, 'feat: begin');
    const steps: (readonly [string, Readonly<Record<string, string>>, PastAnswer])[] = [
      ['docs', { 'apps/docs/main.spec.ts': '2' }, 'different'],
      ['docs', { 'apps/docs/README.md': '2' }, 'equal'],
      ['docs', { 'libs/ui/index.ts': '2' }, 'equal'],
      ['docs', { 'libs/ui/index.spec.ts': '2' }, 'different'],
      ['docs', { 'libs/seeds/seed.sql': '2' }, 'different'],
      ['site', { 'libs/ui/index.spec.ts': '2' }, 'equal'],
      ['site', { 'libs/ui/index.ts': '2' }, 'different'],
      ['site', { 'ci/build.sh': '2' }, 'different'],
      ['site', { 'ci/README.md': '2' }, 'equal'],
      ['tool', { 'deploy/prod/tool.yaml': manifest('1.0.1', 1) }, 'equal'],
      ['tool', { 'deploy/prod/tool.yaml': manifest('1.0.1', 2) }, 'different'],
      ['site', { 'deploy/prod/site.yaml': manifest('1.0.1', 2) }, 'equal'],
    ];
    const parsed = parseConfig(config, 'lanewise.yaml');
    const products = selectProducts(graph, parsed, []);
    const inputs = products.map((one) => productInputs(graph, one, parsed, products));
    const pins = expandPins(parsed, products, null).flatMap((one) => one.pins);
    for (const [name, changes, expected] of steps) {
      const after = remote.commit(changes, 'change');
      const back = Object.fromEntries(
        Object.keys(changes).map((path) => [path, files[path as keyof typeof files]]),
      );
      const again = remote.commit(back, 'back');
      const repository = remote.open();
      await repository.fetch({ refs: ['refs/heads/main'], depth: 'history' });
      const sources = { repository, graph, config: parsed, pins };
      const past = makePastInputs({ ...sources, inputs, mayShip: () => false });
      const walk = { tip: again, firstParent: false, before: true };
      for await (const commit of repository.readHistory(walk)) past.note(commit);
      const step = { product: product(name), before, after };
      const back2 = { product: product(name), before, after: again };
      expect(await past.compare([step, back2]), JSON.stringify(step)).toEqual([expected, 'equal']);
      const own = inputs.filter((one) => one.product.name === name);
      const base = { ...standIn, product: product(name), commit: before };
      const asked = own.map((one) => ({ inputs: one, base }));
      const answers = await compareInputs({ ...sources, head: after }, asked);
      expect(answers.get(product(name))?.comparison?.kind).toBe(expected);
    }
  });
});

const standIn = {
  kind: 'foreign',
  version: '1.0.0' as never,
  committedAt: 0,
  tag: 'refs/tags/x' as never,
  tagObject: 'a'.repeat(40) as never,
  project: null,
  images: {},
  inputs: null,
  needs: {},
  pinText: null,
} as const satisfies Omit<Release, 'product' | 'commit'>;
