import type { Live } from './parts.js';
import { applyTheme } from './theme.js';

const margin = 8;

/**
 * On paper the whole drawing stands on one page, in light colours, whatever of it is seen on the
 * screen. Firefox and Chromium tell before they print and after it; where nobody tells, what is
 * seen is printed.
 */
export function printWhole(live: () => Live): void {
  addEventListener('beforeprint', () => {
    const { stage } = live().parts;
    const { width, height } = live().scene.placed;
    applyTheme('light');
    stage.cull({ x: 0, y: 0, width, height });
    stage.root.classList.remove('far', 'middle');
    stage.world.removeAttribute('transform');
    stage.root.setAttribute(
      'viewBox',
      [-margin, -margin, width + 2 * margin, height + 2 * margin].join(' '),
    );
  });
  addEventListener('afterprint', () => {
    const { parts, theme } = live();
    applyTheme(theme);
    parts.stage.root.removeAttribute('viewBox');
    parts.camera.rest();
  });
}
