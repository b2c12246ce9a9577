import type { Book } from './content.js';
import { html, svg } from './element.js';
import type { Camera } from './camera.js';
import type { Scene } from './scene.js';

const [width, height] = [190, 120];

/** The whole drawing, small, with a frame around what is seen; shown only where not all is seen. */
export function makeMinimap(book: Book, camera: () => Camera) {
  const blocks = svg('path', { class: 'blocks' });
  const affected = svg('path', { class: 'blocks affected' });
  const picture = svg('svg', { 'aria-hidden': 'true' }, blocks, affected);
  // Not part of the picture: what moves is not painted together with what does not.
  const frame = html('div', { class: 'frame' });
  const root = html('div', { id: 'minimap', 'aria-hidden': 'true' }, picture, frame);
  let scene: Scene | null = null;
  let scale = 1;

  root.addEventListener('pointerdown', (event) => {
    root.setPointerCapture(event.pointerId);
    camera().drag();
    follow(event);
  });
  root.addEventListener('lostpointercapture', () => camera().drop());
  root.addEventListener('pointermove', (event) => {
    if (root.hasPointerCapture(event.pointerId)) follow(event);
  });
  const follow = (event: PointerEvent): void => {
    const { left, top } = root.getBoundingClientRect();
    camera().centre((event.clientX - left) / scale, (event.clientY - top) / scale);
  };

  return {
    root,
    draw: (next: Scene): void => {
      scene = next;
      const { placed } = next;
      scale = Math.min(width / Math.max(1, placed.width), height / Math.max(1, placed.height));
      picture.setAttribute('width', String(Math.max(40, placed.width * scale)));
      picture.setAttribute('height', String(Math.max(40, placed.height * scale)));
      const paths = { plain: '', affected: '' };
      for (const [node, box] of placed.boxes) {
        const [x, y, w, h] = [box.x, box.y, box.width, box.height].map((one) =>
          (one * scale).toFixed(1),
        );
        paths[book.nodes[node]?.affected === true ? 'affected' : 'plain'] +=
          `M${x} ${y}h${w}v${h}h-${w}z`;
      }
      blocks.setAttribute('d', paths.plain);
      affected.setAttribute('d', paths.affected);
    },
    follow: (): void => {
      if (scene === null) return;
      const seen = camera().seen();
      const { placed } = scene;
      const whole = seen.width >= placed.width * 0.98 && seen.height >= placed.height * 0.98;
      root.classList.toggle('hidden', whole);
      frame.style.transform = `translate(${seen.x * scale}px, ${seen.y * scale}px)`;
      frame.style.width = `${seen.width * scale}px`;
      frame.style.height = `${seen.height * scale}px`;
    },
  };
}
