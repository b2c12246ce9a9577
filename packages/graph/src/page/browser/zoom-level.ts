/** What of a card can be read: nothing, its name, or all of it. */
export type ZoomLevel = 'far' | 'middle' | 'near';

/** Below these zooms text is too small to read, and only in the way: it is left out. */
export const [farZoom, middleZoom] = [0.42, 0.55];

export function zoomLevel(zoom: number): ZoomLevel {
  return zoom < farZoom ? 'far' : zoom < middleZoom ? 'middle' : 'near';
}
