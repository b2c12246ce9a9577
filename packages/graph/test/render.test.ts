import { describe, expect, it } from 'vitest';
import type { ProductName, ProjectName } from '@lanewise/model';
import { readGraphFile, renderGraph, viewGraph, type GraphQuestion } from '@lanewise/graph';
import { drawGraph, product } from './graphs.js';

const graph = drawGraph({
  '@acme/web': ['implicit api', 'ui', 'dynamic lazy'],
  api: ['log'],
  ui: ['log', 'theme'],
  theme: ['ui'],
  log: [],
  lazy: [],
  tool: ['log'],
});
const products = [product('web', '@acme/web'), product('api')];
const question: GraphQuestion = { graph, products };

describe('a graph as a tree', () => {
  it('begins with the products and names each project once with what it needs', () => {
    const affected = new Set(['log', 'api'] as (ProductName | ProjectName)[]);
    expect(renderGraph({ ...question, affected }, 'tree')).toBe(`api  [affected]
└─ log  [affected]
web (@acme/web)
├─ api  [needs, affected] …
├─ lazy  [loaded when needed]
└─ ui
   ├─ log  [affected]
   └─ theme
      └─ ui …

in no product
tool
└─ log  [affected]

cycles
  theme → ui → theme
`);
  });

  it('shows with a focus what it depends on and what depends on it', () => {
    expect(renderGraph({ ...question, focus: 'log' }, 'tree')).toBe(`log

needed by
├─ api
│  └─ web (@acme/web)  [needs]
├─ tool
└─ ui
   ├─ web (@acme/web)
   └─ theme
      └─ ui …

cycles
  theme → ui → theme
`);
  });

  it('refuses a focus that is not there, with the nearest name', () => {
    expect(() => renderGraph({ ...question, focus: 'wbe' }, 'tree')).toThrow(
      expect.objectContaining({
        code: 'PROJECT_UNKNOWN',
        hint: expect.stringContaining("'web'") as string,
      }),
    );
  });
});

describe('a graph of products only', () => {
  it('has an edge where a way leads from one to the other past no third', () => {
    const view = viewGraph({ ...question, onlyProducts: true });
    expect(view.nodes.map(({ product: name }) => name)).toEqual(['api', 'web']);
    expect(view.edges).toEqual([{ source: '@acme/web', target: 'api', type: 'implicit' }]);
  });

  it('says build edge where code leads there', () => {
    const built = drawGraph({ web: ['client'], client: ['api'], api: ['db'], db: [] });
    const named = ['web', 'api', 'db'].map((name) => product(name));
    expect(viewGraph({ graph: built, products: named, onlyProducts: true }).edges).toEqual([
      { source: 'api', target: 'db', type: 'static' },
      { source: 'web', target: 'api', type: 'static' },
    ]);
  });
});

describe('a graph for machines', () => {
  it('is Mermaid with classes for products and what is affected', () => {
    const small = drawGraph({
      web: ['ui', 'implicit api', 'dynamic lazy'],
      api: [],
      ui: [],
      lazy: [],
    });
    const affected = new Set(['ui' as ProjectName]);
    expect(
      renderGraph(
        { graph: small, products: [product('web'), product('api')], affected },
        'mermaid',
      ),
    ).toBe(
      `flowchart LR
  n0["api"]
  n1["web"]
  n2("lazy")
  n3("ui")
  n1 -. needs .-> n0
  n1 -.-> n2
  n1 --> n3
  classDef product stroke-width:3px
  class n0,n1 product
  classDef affected fill:#ffe08a,color:#000
  class n3 affected
`,
    );
  });

  it('lets no name end a label or begin something else', () => {
    const hostile = 'a"]; click n0 "javascript:x" <b> `#35;` \\';
    const odd = drawGraph({ [hostile]: [] }, { roots: { [hostile]: 'x' } });
    const mermaid = renderGraph({ graph: odd, products: [] }, 'mermaid');
    expect(mermaid.split('\n')[1]).toMatch(/^ {2}n0\("[\w\s.:#;/-]*"\)$/);
    expect(mermaid.split('\n')[1]?.replace(/#\d+;/g, '')).not.toMatch(/[<>`#\\\]]/);
    const dot = renderGraph({ graph: odd, products: [] }, 'dot');
    expect(dot.split('\n')[3]).toBe(
      '  n0 [label="a\\"]; click n0 \\"javascript:x\\" <b> `#35;` \\\\", style="rounded"];',
    );
  });

  it('is DOT with styles for the types of edges', () => {
    const lines = renderGraph(question, 'dot').split('\n');
    expect(lines[0]).toBe('digraph workspace {');
    expect(lines).toContain('  n1 -> n0 [style=dotted, label="needs"];');
    expect(lines).toContain('  n1 -> n2 [style=dashed];');
  });

  it('is JSON that can be read again as the same graph', () => {
    const text = renderGraph(question, 'json');
    expect(JSON.parse(text)).toMatchObject({
      schema: 'lanewise.dev/graph/1',
      products: [
        { name: 'api', project: 'api', affected: false },
        { name: 'web', project: '@acme/web', affected: false },
      ],
    });
    const again = readGraphFile(text, { file: 'graph.json' });
    const byName = (one: typeof graph) =>
      [...one.projects.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(byName(again).map(({ name, filter }) => ({ name, filter }))).toEqual(
      byName(graph).map(({ name, filter }) => ({ name, filter })),
    );
    expect(new Set(again.edges)).toEqual(new Set(graph.edges));
    expect(again.cycles).toEqual(graph.cycles);
  });

  it('is refused as JSON of another version', () => {
    expect(() => readGraphFile('{"schema":"lanewise.dev/graph/9"}', { file: 'g' })).toThrow(
      expect.objectContaining({ code: 'GRAPH_INVALID' }),
    );
  });
});
