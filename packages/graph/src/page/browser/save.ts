import { drawSvg } from '../draw-svg.js';
import { markedEdges } from '../marked-edges.js';
import { palettes, type Theme } from '../palette.js';
import type { Book } from './content.js';
import { html } from './element.js';
import type { Scene } from './scene.js';

/** Saves what is shown, whole and at full size, as a picture that stands alone. */
export function saveSvg(book: Book, scene: Scene, theme: Theme, name: string): void {
  const text = drawSvg({
    title: name,
    nodes: book.nodes,
    placed: scene.placed,
    size: scene.size,
    edges: scene.drawn,
    marked: markedEdges(book.nodes),
    palette: palettes[theme],
  });
  const address = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  const link = html('a', { href: address, download: `${fileName(name)}.svg` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

function fileName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[-.]+|-+$/g, '') || 'graph';
}
