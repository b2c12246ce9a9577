import type * as v from 'valibot';
import { configSchema } from './config-schema.js';
import type { ConfigPath, ConfigSource } from './config-source.js';
import { LanewiseError } from './errors.js';
import { show } from './ids.js';
import { didYouMean } from './suggest.js';

type Issue = v.BaseIssue<unknown>;

/** What is wrong with a configuration that does not fit the schema, in words, with the place. */
export function describeIssues(issues: readonly Issue[], source: ConfigSource): LanewiseError {
  return describeIssue(deepest(issues), source);
}

/** Of a union's issues the one that came furthest is what the writer meant. */
function deepest(issues: readonly Issue[]): Issue {
  const all = issues.flatMap((issue) =>
    issue.issues === undefined ? [issue] : [issue, ...issue.issues],
  );
  return all.reduce((best, issue) =>
    (issue.path?.length ?? 0) > (best.path?.length ?? 0) ? issue : best,
  );
}

function describeIssue(issue: Issue, source: ConfigSource): LanewiseError {
  const path: ConfigPath = (issue.path ?? []).map((item) => item.key as string | number);
  const key = path.at(-1);
  const where = path.slice(0, -1).join('.');
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const known = knownKeys(path.slice(0, -1));
    return new LanewiseError(
      'CONFIG_INVALID',
      `${show(String(key))} is no key ${where === '' ? 'of the configuration' : `of '${where}'`}.`,
      {
        place: source.keyPlace(path),
        hint: didYouMean(
          String(key),
          known,
          known.length > 0 ? `Known there: ${known.join(', ')}.` : undefined,
        ),
      },
    );
  }
  return new LanewiseError(
    'CONFIG_INVALID',
    `'${path.join('.')}' is ${issue.received}, where ${expected(issue)} is expected.`,
    {
      place: source.place(path),
      hint: 'docs/configuration.md lists every key with its values.',
    },
  );
}

function expected(issue: Issue): string {
  const words: Record<string, string> = {
    string: 'a text',
    boolean: 'true or false',
    Object: 'a map',
    Array: 'a list',
    number: 'a number',
  };
  const parts = (issue.expected ?? 'something else').replace(/[()]/g, '').split(' | ');
  return [...new Set(parts.map((part) => words[part] ?? part))].join(' or ');
}

/** Keys that the schema knows at a path; the names under `each`, `environments` and the like are free. */
function knownKeys(path: ConfigPath): readonly string[] {
  let schema: unknown = configSchema;
  for (const key of path) {
    schema = step(unwrap(schema), key);
    if (schema === undefined) return [];
  }
  const inner = unwrap(schema) as { entries?: object };
  return inner.entries === undefined ? [] : Object.keys(inner.entries);
}

function unwrap(schema: unknown): unknown {
  const inner = schema as {
    wrapped?: unknown;
    pipe?: readonly unknown[];
    options?: readonly unknown[];
  };
  if (inner.wrapped !== undefined) return unwrap(inner.wrapped);
  if (Array.isArray(inner.options))
    return inner.options.map(unwrap).find((one) => (one as { entries?: object }).entries);
  return Array.isArray(inner.pipe) && inner.pipe[0] !== schema ? unwrap(inner.pipe[0]) : schema;
}

function step(schema: unknown, key: string | number): unknown {
  const inner = schema as
    { entries?: Record<string, unknown>; value?: unknown; item?: unknown } | undefined;
  return inner?.entries?.[key] ?? inner?.value ?? inner?.item;
}
