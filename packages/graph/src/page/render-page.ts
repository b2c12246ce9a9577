import type { GraphQuestion } from '../render/graph-view.js';
import { loadArrange } from './arrange.js';
import { pageDocument, pageTitle, type PageAssets } from './document.js';
import { cardSize, heightOf, widthOf } from './drawing.js';
import { drawSvg } from './draw-svg.js';
import { makePageContent, type PageTitle } from './make-content.js';
import { markedEdges } from './marked-edges.js';
import { palettes } from './palette.js';
import { place } from './place.js';

/**
 * The graph as one HTML file for people: search, focus, versions, what is affected and why. The
 * columns are worked out here, so that the page opens at once. Throws PROJECT_UNKNOWN for a focus
 * that is not there.
 */
export async function renderPage(
  question: GraphQuestion,
  title: PageTitle,
  assets: PageAssets,
): Promise<string> {
  return pageDocument(makePageContent(question, title, await loadArrange()), assets);
}

/** The graph as an SVG picture in light colours. Throws PROJECT_UNKNOWN as `renderPage` does. */
export async function renderSvg(question: GraphQuestion, title: PageTitle): Promise<string> {
  const content = makePageContent(question, title, await loadArrange());
  const [view] = content.views;
  const { nodes } = content;
  const edges = content.edges.filter(([, , , implied]) => implied === 0);
  const size = cardSize(nodes.filter(({ kind }) => kind !== 'folder').length);
  return drawSvg({
    title: pageTitle(content),
    nodes,
    size,
    placed: place({
      columns: view?.columns ?? [],
      loose: view?.loose ?? [],
      edges,
      heightOf: (node) => heightOf(nodes[node], size),
      cardWidth: widthOf(
        nodes.filter(({ kind }) => kind !== 'folder'),
        size,
      ),
      aspect: 1.6,
    }),
    edges,
    marked: markedEdges(nodes),
    palette: palettes.light,
  });
}
