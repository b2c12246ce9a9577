import { isCanonicalNumber } from '../yaml/scalar-type.js';
import type { ScalarChange, ScalarWrite } from '../yaml/write-scalar.js';

/** Writes a new text into a JSON scalar. A number stays one only where every reader prints it back the same. */
export function writeJson(change: ScalarChange): ScalarWrite {
  const { node, value, typed, text } = change;
  const { start, end } = node;
  if (node.style !== 'double') {
    const number = /^-?\d/.test(node.text) && isCanonicalNumber(value);
    return { kind: 'splice', start, end, insert: typed || number ? value : JSON.stringify(value) };
  }
  // Escapes before the part that changes stay as they are.
  const raw = text.slice(start + 1, end - 1);
  let kept = 0;
  while (kept < raw.length && raw[kept] === value[kept] && raw[kept] !== '\\') kept += 1;
  return {
    kind: 'splice',
    start: start + 1 + kept,
    end: end - 1,
    insert: JSON.stringify(value.slice(kept)).slice(1, -1),
  };
}
