import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Graphviz } from '@hpcc-js/wasm-graphviz';
import type { ProductName, ProjectName } from '@lanewise/model';
import { renderGraph, renderPage, renderSvg, type GraphQuestion } from '@lanewise/graph';
import { foldersOf } from '../src/page/folders.js';
import { impliedEdges } from '../src/page/implied-edges.js';
import type { PageContent } from '../src/page/page-content.js';
import { palettes } from '../src/page/palette.js';
import { place } from '../src/page/place.js';
import { drawGraph, product } from './graphs.js';

const assets = { script: 'void 0;', style: 'body{margin:0}' };
const title = { title: 'acme', commit: '1a2b3c4d' };

const graph = drawGraph({
  '@acme/web': ['implicit api', '@acme/ui', 'dynamic lazy', '@acme/log'],
  api: ['@acme/log'],
  '@acme/ui': ['@acme/log', '@acme/theme'],
  '@acme/theme': ['@acme/ui'],
  '@acme/log': [],
  lazy: [],
});
const question: GraphQuestion = {
  graph,
  products: [product('web', '@acme/web'), product('api')],
  environments: ['dev', 'prod'],
  running: new Map([
    [
      'web' as ProductName,
      [
        { environment: 'dev', version: '1.4.2', text: '1.4.2' },
        { environment: 'prod', version: null, text: 'abc (no release)' },
      ],
    ],
  ]),
  affected: new Set(['web', '@acme/log'] as (ProductName | ProjectName)[]),
  reasons: new Map([
    [
      'web' as ProductName,
      [
        {
          text: '@acme/log: index.js',
          path: ['@acme/web', '@acme/log'] as ProjectName[],
        },
      ],
    ],
  ]),
};

function contentOf(page: string): PageContent {
  const [, text = ''] =
    /<script type="application\/json" id="content">([^<]*)<\/script>/.exec(page) ?? [];
  return JSON.parse(text) as PageContent;
}

describe('a page', () => {
  it('holds products with what runs where, why they are affected, and what changed', async () => {
    const content = contentOf(await renderPage(question, title, assets));
    const web = content.nodes.find(({ label }) => label === 'web');
    expect(web).toMatchObject({
      kind: 'product',
      name: '@acme/web',
      affected: true,
      origin: false,
      versions: [
        { environment: 'dev', text: '1.4.2', isRelease: true },
        { environment: 'prod', text: 'abc (no release)', isRelease: false },
      ],
    });
    const path = web?.reasons[0]?.path.map((number) => content.nodes[number]?.name);
    expect(path).toEqual(['@acme/web', '@acme/log']);
    expect(content.nodes.find(({ name }) => name === '@acme/log')).toMatchObject({
      label: 'log',
      affected: true,
      origin: true,
    });
    expect(content.views.map(({ name }) => name)).toEqual(['all', 'products', 'affected']);
  });

  it('needs nothing else and may ask nobody: one policy, one script, one style', async () => {
    const page = await renderPage(question, title, assets);
    const hash = (text: string): string => createHash('sha256').update(text).digest('base64');
    expect(page).toContain(
      `content="default-src 'none'; script-src 'sha256-${hash(assets.script)}'; style-src 'sha256-${hash(assets.style)}'; base-uri 'none'; form-action 'none'"`,
    );
    expect(page.match(/<(?:script|link|img|iframe|style)\b[^>]*>/g)).toEqual([
      '<style>',
      '<script type="application/json" id="content">',
      '<script>',
    ]);
    expect(page).not.toMatch(/https?:|\bsrc=|\bhref=|@import|url\(/);
  });

  it('lets no name end its place, whatever it is called', async () => {
    const hostile = ['</script><script>alert(1)</script>', '<!--', ']]>', '\u2028', '"\'&<>'];
    const drawn = drawGraph(Object.fromEntries(hostile.map((name) => [name, []])), {
      roots: Object.fromEntries(hostile.map((name, number) => [name, `at/${number}`])),
    });
    const page = await renderPage(
      { graph: drawn, products: [] },
      { ...title, title: '</title><script>' },
      assets,
    );
    expect(page.match(/<\/?(?:script|title)/g)).toHaveLength(6);
    expect(page).not.toContain('<!--');
    expect(page).not.toContain('\u2028');
    const names = contentOf(page).nodes.map(({ name }) => name);
    expect(new Set(names)).toEqual(new Set([...hostile, 'at']));
  });

  it('opens on the focus that was asked for, with only what is around it', async () => {
    const content = contentOf(await renderPage({ ...question, focus: 'api' }, title, assets));
    const { focus } = content.opening;
    expect(content.nodes[focus ?? -1]?.label).toBe('api');
    expect(content.nodes.some(({ name }) => name === 'lazy')).toBe(false);
  });

  it('says a graph without projects too', async () => {
    const content = contentOf(
      await renderPage({ graph: drawGraph({}), products: [] }, title, assets),
    );
    expect(content.nodes).toEqual([]);
  });
});

describe('a picture', () => {
  it('has every node once, and lines for what no other line says', async () => {
    const picture = await renderSvg(question, title);
    expect(picture.match(/<g><title>[^<]*/g)?.sort()).toEqual(
      ['api', 'lazy', 'log', 'theme', 'ui', 'web'].map((name) => `<g><title>${name}`),
    );
    expect(picture).toContain('>1.4.2</tspan> dev<');
    expect(picture).not.toMatch(/<(?:script|style|image)|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
  });
});

describe('an edge is implied', () => {
  const naive = (count: number, edges: readonly (readonly [number, number])[]): boolean[] => {
    const reaches = (from: number, to: number, without: readonly [number, number]): boolean => {
      const seen = new Set([from]);
      for (const node of seen) {
        for (const edge of edges) if (edge[0] === node && edge !== without) seen.add(edge[1]);
      }
      return seen.has(to);
    };
    return edges.map((edge) => reaches(edge[0], edge[1], edge));
  };

  it('exactly where a longer way leads to the same, in every graph without cycles', () => {
    const anyEdges = fc
      .uniqueArray(fc.tuple(fc.nat(39), fc.nat(39)), { maxLength: 120, selector: String })
      .map((pairs) => pairs.filter(([from, to]) => from < to));
    fc.assert(
      fc.property(anyEdges, (edges) => {
        expect(impliedEdges(40, edges)).toEqual(naive(40, edges));
      }),
      { numRuns: 200 },
    );
  });

  it('never on a cycle or before one, where leaving out one could leave out the other', () => {
    const edges: [number, number][] = [
      [0, 1],
      [1, 2],
      [2, 1],
      [0, 2],
      [2, 3],
      [1, 3],
    ];
    expect(impliedEdges(4, edges)).toEqual([false, false, false, false, false, false]);
  });
});

describe('places', () => {
  it('never overlap and keep the order of each column, however many there are', () => {
    const anyColumns = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(anyColumns, fc.nat(40), fc.infiniteStream(fc.nat()), (lengths, more, random) => {
        let next = 0;
        const columns = lengths.map((length) => Array.from({ length }, () => next++));
        const loose = Array.from({ length: more }, () => next++);
        const draw = (): number => Number(random.next().value);
        const edges = columns.slice(1).flatMap((column, number) =>
          column.map((target): [number, number] => {
            const before = columns[number] ?? [];
            return [before[draw() % before.length] ?? 0, target];
          }),
        );
        const heightOf = (node: number): number => 26 + (node % 4) * 15;
        const cardWidth = 164 + (draw() % 73);
        const { boxes } = place({ columns, loose, edges, heightOf, cardWidth, aspect: 1.6 });
        expect(boxes.size).toBe(next);
        const all = [...boxes].sort(([, a], [, b]) => a.x - b.x);
        for (const [at, [one, box]] of all.entries()) {
          for (const [other, beside] of all.slice(at + 1)) {
            if (beside.x >= box.x + box.width) break;
            const apart = beside.y >= box.y + box.height || box.y >= beside.y + beside.height;
            expect(apart, `${one} and ${other}`).toBe(true);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('folders', () => {
  it('are as deep as can still be read at once', () => {
    const roots = Array.from({ length: 400 }, (_, number) => `libs/area-${number % 9}/${number}`);
    expect(new Set(foldersOf([...roots, 'apps/web', ''])).size).toBe(11);
    expect(foldersOf(['libs/a/b/c', 'apps/web', ''])).toEqual(['libs/a/b', 'apps', '.']);
  });
});

describe('colours', () => {
  const luminance = (colour: string): number => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((from) => {
      const part = Number.parseInt(colour.slice(from, from + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one: string, other: string): number => {
    const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };

  it.each(['light', 'dark'] as const)('of text stand out by 4.5 at least, %s', (theme) => {
    const colours = palettes[theme];
    const pairs = [
      [colours.text, colours.node],
      [colours.text, colours.page],
      [colours.quiet, colours.node],
      [colours.quiet, colours.page],
      [colours.affectedText, colours.affected],
      [colours.down, colours.node],
      [colours.down, colours.page],
      [colours.page, colours.product],
    ] as const;
    for (const [text, ground] of pairs) {
      expect(contrast(text, ground), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  });
});

describe('formats at 2,000 projects', () => {
  const names = Array.from({ length: 2000 }, (_, number) => `@acme/"p${number}"\\<b>`);
  const big = drawGraph(
    Object.fromEntries(
      names.map((name, number) => [name, [1, 7, 40].flatMap((step) => names[number + step] ?? [])]),
    ),
    { roots: Object.fromEntries(names.map((name, number) => [name, `libs/${number}`])) },
  );
  const everything: GraphQuestion = { graph: big, products: [] };

  it('hold every node and edge', () => {
    const edges = big.edges.length;
    expect(renderGraph(everything, 'dot').match(/^ {2}n\d+ \[/gm)).toHaveLength(2000);
    expect(renderGraph(everything, 'dot').match(/ -> /g)).toHaveLength(edges);
    expect(renderGraph(everything, 'mermaid').match(/^ {2}n\d+\(/gm)).toHaveLength(2000);
    expect(renderGraph(everything, 'mermaid').match(/ --> /g)).toHaveLength(edges);
    const tree = renderGraph(everything, 'tree').split('\n');
    for (const name of names) expect(tree.some((line) => line.includes(name))).toBe(true);
  });

  it('are DOT that Graphviz reads as the same names', async () => {
    const few = drawGraph(
      { 'a"b\\': ['<b>x</b>'], '<b>x</b>': ['\\N\\G{|}'], '\\N\\G{|}': [] },
      {
        roots: { 'a"b\\': 'a', '<b>x</b>': 'b', '\\N\\G{|}': 'c' },
      },
    );
    const graphviz = await Graphviz.load();
    const picture = graphviz.layout(renderGraph({ graph: few, products: [] }, 'dot'), 'svg', 'dot');
    const drawn = [...picture.matchAll(/<text[^>]*>([^<]*)/g)].map(([, text = '']) =>
      text
        .replace(/&#(\d+);/g, (_entity, code: string) => String.fromCodePoint(Number(code)))
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&quot;', '"')
        .replaceAll('&amp;', '&'),
    );
    expect(new Set(drawn)).toEqual(new Set(['a"b\\', '<b>x</b>', '\\N\\G{|}']));
  });
});
