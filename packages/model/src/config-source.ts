import { isScalar, LineCounter, parseDocument, isMap, type Document } from 'yaml';
import { LanewiseError, type Place } from './errors.js';

export type ConfigPath = readonly (string | number)[];

/** A parsed YAML text that can say where each of its values stands. */
export interface ConfigSource {
  readonly file: string;
  readonly value: unknown;
  /** Place of the value at a path, or of the nearest one above it that is written. */
  place(path: ConfigPath): Place;
  /** Place of a key, for messages about the key itself. */
  keyPlace(path: ConfigPath): Place;
}

/** Parses YAML for people: syntax errors come as CONFIG_INVALID with file, line, column and the line itself. */
export function parseSource(text: string, file: string): ConfigSource {
  const counter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: counter,
    merge: false,
    maxAliasCount: 0,
  } as never);
  const lines = text.split(/\r?\n/);
  const at = (offset: number): Place => {
    const { line, col } = counter.linePos(offset);
    return { file, line, column: col, text: lines[line - 1] ?? '' };
  };
  const error = document.errors[0];
  if (error !== undefined) {
    throw new LanewiseError(
      'CONFIG_INVALID',
      `${file} is no valid YAML: ${sentence(error.message)}`,
      {
        place: at(error.pos[0]),
        hint: 'Mend the line and run the command again.',
      },
    );
  }
  return {
    file,
    value: toValue(document, file),
    place: (path) => at(offsetOf(document, path, 'value')),
    keyPlace: (path) => at(offsetOf(document, path, 'key')),
  };
}

/** Runs a parser and gives its error the place it lacks. */
export function placed<T>(source: ConfigSource, path: ConfigPath, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof LanewiseError) || error.place !== undefined) throw error;
    throw new LanewiseError(error.code, error.message, {
      hint: error.hint,
      place: source.keyPlace(path),
      cause: error,
    });
  }
}

function toValue(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (cause) {
    throw new LanewiseError('CONFIG_INVALID', `${file} repeats aliases too often to be read.`, {
      cause,
    });
  }
}

function offsetOf(document: Document.Parsed, path: ConfigPath, what: 'key' | 'value'): number {
  for (let length = path.length; length > 0; length--) {
    const steps = path.slice(0, length);
    if (what === 'key' || length < path.length) {
      const key = keyOffset(document, steps);
      if (key !== undefined) return key;
    }
    const node = document.getIn(steps, true) as { range?: [number, number, number] } | undefined;
    if (node?.range !== undefined && node.range !== null) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

function keyOffset(document: Document.Parsed, path: ConfigPath): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find(
    (item) => isScalar(item.key) && String(item.key.value) === String(path.at(-1)),
  );
  return isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
}

function sentence(message: string): string {
  const first = message.split(/ at line \d+|\n/)[0] ?? message;
  return first.endsWith('.') ? first : `${first}.`;
}
