import { readJsonc } from '../config-files/jsonc.js';

/**
 * An object from a file that Nx reads: strict JSON, which nearly all are, at JSON's speed, else
 * with comments as Nx allows them. null where it is neither.
 */
export function parseLooseJson(source: string): Readonly<Record<string, unknown>> | null {
  try {
    return asRecord(JSON.parse(source));
  } catch {
    return parseWithComments(source);
  }
}

function parseWithComments(source: string): Readonly<Record<string, unknown>> | null {
  try {
    return asRecord(readJsonc(source));
  } catch {
    return null;
  }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}
