import { select } from 'd3-selection';
import { zoom, zoomIdentity, type ZoomTransform } from 'd3-zoom';
import type { Box, Placed } from '../place.js';
import type { Stage } from './stage.js';
import { middleZoom, zoomLevel } from './zoom-level.js';

/** At this zoom every text of a card can be read; down to the other, names can. */
const [readableZoom, legibleZoom] = [0.75, 0.62];
const margin = 32;
/** The legend's room at the bottom. */
const foot = 40;

/** What of the drawing is seen. All movements but those of the pointer go through here. */
export interface Camera {
  readonly fit: (placed: Placed) => void;
  /** The same, but so that text can be read: what has no room then is left of and right of `centre`. */
  readonly fitAround: (placed: Placed, centre: Box) => void;
  /** Fits again if nobody has moved since: for when the room changes. */
  readonly refit: (placed: Placed) => void;
  /** Brings a node into sight where it is not. */
  readonly reveal: (box: Box) => void;
  readonly centre: (x: number, y: number) => void;
  /** Until `drop`, movements follow each other. */
  readonly drag: () => void;
  readonly drop: () => void;
  /** Puts the drawing where it is to be seen. */
  readonly rest: () => void;
  readonly scaleBy: (factor: number) => void;
  /** The part of the drawing that is seen, and how large it is shown. */
  readonly seen: () => Box & { readonly scale: number };
  readonly aspect: () => number;
}

interface ZoomStep {
  readonly transform: ZoomTransform;
  /** What the pointer did; undefined where the page itself moves the drawing. */
  readonly sourceEvent?: unknown;
}

/** How much of the drawing lies under something else, in pixels. */
export interface Covered {
  readonly right: number;
  readonly bottom: number;
}

export interface CameraEvents {
  /** After each movement, and once in each frame of one that goes on. */
  readonly onMove: () => void;
  /** Where it has come to rest, with the part of the drawing that is on the screen. */
  readonly onRest: (seen: Box) => void;
}

/**
 * Moves the drawing. What a pointer moves is shown as a sketch, once a frame, until it comes to
 * rest; all other movements are done at once.
 */
export function makeCamera(
  { root, world, sketch }: Stage,
  covered: () => Covered,
  { onMove, onRest }: CameraEvents,
): Camera {
  const view = select(root);
  let now: ZoomTransform = zoomIdentity;
  let isFitted = false;
  let isDragged = false;
  let frame = 0;
  const rest = (): void => {
    cancelAnimationFrame(frame);
    frame = 0;
    world.setAttribute('transform', now.toString());
    const level = zoomLevel(now.k);
    root.classList.toggle('far', level === 'far');
    root.classList.toggle('middle', level === 'middle');
    const [x, y] = now.invert([0, 0]);
    onRest({ x, y, width: root.clientWidth / now.k, height: root.clientHeight / now.k });
    onMove();
    sketch.hide();
  };
  const moveOn = (): void => {
    if (frame !== 0) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      sketch.show(now, root.clientWidth, root.clientHeight);
      onMove();
    });
  };
  const behaviour = zoom<SVGSVGElement, unknown>()
    .scaleExtent([0.05, 2.5])
    .clickDistance(4)
    .on('zoom', ({ transform, sourceEvent }: ZoomStep) => {
      now = transform;
      isFitted = false;
      const isByPointer = sourceEvent instanceof Event || isDragged;
      if (!isByPointer || !sketch.isNeeded()) {
        rest();
        return;
      }
      // Under a hand that drags, nobody has to find out which of the cards below it is pointed at.
      if (sourceEvent instanceof MouseEvent && sourceEvent.type === 'mousemove') sketch.cover();
      moveOn();
    })
    .on('end', () => {
      if (!isDragged && (frame !== 0 || sketch.isShown())) rest();
    });
  view.call(behaviour).on('dblclick.zoom', null);

  const room = (): { readonly width: number; readonly height: number } => ({
    width: Math.max(240, root.clientWidth - covered().right),
    height: Math.max(160, root.clientHeight - covered().bottom),
  });
  const go = (transform: ZoomTransform): void => {
    view.call(behaviour.transform, transform);
  };
  const centre = (x: number, y: number): void => {
    const { width, height } = room();
    go(zoomIdentity.translate(width / 2 - now.k * x, height / 2 - now.k * y).scale(now.k));
  };
  const fit = (placed: Placed): void => {
    const { width, height } = room();
    const across = (width - 2 * margin) / Math.max(1, placed.width);
    const along = (height - 2 * margin - foot) / Math.max(1, placed.height);
    const scale = Math.min(1.15, across, along);
    const left = (width - scale * placed.width) / 2;
    const top = (height - foot - scale * placed.height) / 2;
    go(zoomIdentity.translate(left, top).scale(scale));
    isFitted = true;
  };
  const fitAround = (placed: Placed, box: Box): void => {
    fit(placed);
    if (now.k >= legibleZoom) return;
    const { width, height } = room();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    // As near to the middle as it can be without leaving room empty at a side.
    const left = Math.max(
      width / 2 - readableZoom * x,
      width - margin - readableZoom * placed.width,
    );
    const top = (height - foot) / 2 - readableZoom * y;
    go(zoomIdentity.translate(Math.min(left, margin), top).scale(readableZoom));
  };
  return {
    fit,
    fitAround,
    refit: (placed) => {
      if (isFitted) fit(placed);
    },
    reveal: (box) => {
      const { width, height } = room();
      const [left, top] = now.apply([box.x, box.y]);
      const [right, bottom] = now.apply([box.x + box.width, box.y + box.height]);
      const isSeen = left > 8 && top > 8 && right < width - 8 && bottom < height - 8;
      if (!isSeen || now.k < middleZoom) {
        const scale = Math.max(now.k, 0.9);
        const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
        go(zoomIdentity.translate(width / 2 - scale * x, height / 2 - scale * y).scale(scale));
      }
    },
    centre,
    drag: () => {
      isDragged = true;
    },
    drop: () => {
      isDragged = false;
      if (frame !== 0 || sketch.isShown()) rest();
    },
    rest,
    scaleBy: (factor) => {
      const { width, height } = room();
      view.call(behaviour.scaleBy, factor, [width / 2, height / 2]);
    },
    seen: () => {
      const { width, height } = room();
      const [x, y] = now.invert([0, 0]);
      return { x, y, width: width / now.k, height: height / now.k, scale: now.k };
    },
    // Without what is covered: opening the details must not arrange everything anew.
    aspect: () =>
      (root.clientWidth - 2 * margin) / Math.max(120, root.clientHeight - 2 * margin - foot),
  };
}
