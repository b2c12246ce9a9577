export { detectFormat } from './detect-format.js';
export type { Format, FormatTable, Manifest, PinEdit, PinReading } from './format.js';
export { formats } from './formats/table.js';
export { parsePinPath } from './paths/parse-path.js';
export { holdsValue, readPins } from './read-pins.js';
export { rewritePins } from './rewrite-pins.js';
export type { FoundPin } from './find/found-pin.js';
