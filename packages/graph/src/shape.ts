import { LanewiseError, show } from '@lanewise/model';
import { isRecord } from './canonical.js';

/** An object, or GRAPH_INVALID with the path. */
export function record(value: unknown, path: string): Record<string, unknown> {
  if (!isRecord(value)) throw invalid(path, 'an object', value);
  return value;
}

/** A list; nothing is an empty one. */
export function list(value: unknown, path: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalid(path, 'a list', value);
  return value;
}

export function text(value: unknown, path: string): string {
  if (typeof value !== 'string') throw invalid(path, 'a text', value);
  return value;
}

function invalid(path: string, wanted: string, value: unknown): LanewiseError {
  const where = path === '' ? 'The graph' : `The graph's ${show(path)}`;
  const found = value === undefined ? 'is missing' : `is ${show(JSON.stringify(value))}`;
  return new LanewiseError('GRAPH_INVALID', `${where} ${found}, where ${wanted} belongs.`, {
    hint: "Write the file with 'nx graph --file=graph.json' or 'lanewise graph --format json'.",
  });
}
