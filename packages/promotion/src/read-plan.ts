import {
  isLanewiseError,
  parseCommitId,
  parseEnvironmentName,
  parseProductName,
  type LanewiseError,
} from '@lanewise/model';
import { isVersion } from '@lanewise/release';
import { parseGateName } from './gates/table.js';
import type { PromotionPlan } from './plan.js';

type Fail = (what: string) => LanewiseError;
type Check = (value: unknown, path: string, fail: Fail) => void;

/** Validates the parts of a plan that are used when it is carried out: the request and the intents. */
export function readPlan(value: unknown, fail: Fail): PromotionPlan {
  record({
    schema: literal('lanewise.promotion-plan/1'),
    request,
    intents: list(intent),
    decisions: list(anyRecord),
    records: list(anyRecord),
  })(value, 'the plan', fail);
  return value as PromotionPlan;
}

const text: Check = (value, path, fail) => {
  if (typeof value !== 'string' || value.length > 4096) throw fail(`${path} is no text`);
};
const truth: Check = (value, path, fail) => {
  if (typeof value !== 'boolean') throw fail(`${path} is neither true nor false`);
};
const number: Check = (value, path, fail) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw fail(`${path} is no number`);
};
const scalar: Check = (value, path, fail) => {
  if (!['string', 'number', 'boolean'].includes(typeof value)) throw fail(`${path} is no value`);
};
const anyRecord: Check = (value, path, fail) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw fail(`${path} is no object`);
};

function literal(...allowed: readonly string[]): Check {
  return (value, path, fail) => {
    if (typeof value !== 'string' || !allowed.includes(value))
      throw fail(`${path} is not ${allowed.join(' or ')}`);
  };
}

function nullOr(check: Check): Check {
  return (value, path, fail) => {
    if (value !== null) check(value, path, fail);
  };
}

function optional(check: Check): Check {
  return (value, path, fail) => {
    if (value !== undefined) check(value, path, fail);
  };
}

function mapOf(check: Check): Check {
  return (value, path, fail) => {
    anyRecord(value, path, fail);
    for (const [key, one] of Object.entries(value as object)) check(one, `${path}.${key}`, fail);
  };
}

function list(check: Check): Check {
  return (value, path, fail) => {
    if (!Array.isArray(value)) throw fail(`${path} is no list`);
    value.forEach((one, at) => check(one, `${path}[${at}]`, fail));
  };
}

function record(fields: Readonly<Record<string, Check>>): Check {
  return (value, path, fail) => {
    anyRecord(value, path, fail);
    const given = value as Readonly<Record<string, unknown>>;
    const unknown = Object.keys(given).find((key) => !Object.hasOwn(fields, key));
    if (unknown !== undefined) throw fail(`${path} has the unknown key '${unknown}'`);
    for (const [key, check] of Object.entries(fields)) check(given[key], `${path}.${key}`, fail);
  };
}

/** A text that one of the model's parsers takes. */
function parsed(parse: (text: string) => unknown): Check {
  return (value, path, fail) => {
    text(value, path, fail);
    try {
      parse(value as string);
    } catch (error) {
      if (isLanewiseError(error)) throw fail(`${path}: ${error.message.replace(/\.$/, '')}`);
      throw error;
    }
  };
}

const product = parsed(parseProductName);
const environment = parsed(parseEnvironmentName);
const commit = parsed(parseCommitId);
const version: Check = (value, path, fail) => {
  if (typeof value !== 'string' || !isVersion(value)) throw fail(`${path} is no version`);
};
const gate: Check = (value, path, fail) => {
  if (typeof value !== 'string' || parseGateName(value) === null) throw fail(`${path} is no gate`);
};
const force = list(record({ gate, reason: text }));

const images: Check = (value, path, fail) => {
  anyRecord(value, path, fail);
  for (const image of Object.values(value as object)) {
    anyRecord(image, `${path} image`, fail);
    for (const part of Object.values(image as object)) text(part, `${path} image`, fail);
  }
};

const place = record({ environment: nullOr(environment), product: nullOr(product) });
const entry = record({
  reason: text,
  by: nullOr(text),
  until: nullOr(number),
  not: nullOr(list(text)),
  only: nullOr(list(text)),
  rolledBackFrom: nullOr(text),
  bindsRollbacks: truth,
});

const lockChange: Check = (value, path, fail) => {
  const kind = kindOf(value, path, fail);
  if (kind === 'settle') record({ kind: text, where: place, note: text })(value, path, fail);
  else record({ kind: literal('append', 'remove'), where: place, entry })(value, path, fail);
};

const intent: Check = (value, path, fail) => {
  byKind(intents, value, path, fail);
};

const intents: Readonly<Record<string, Check>> = {
  promote: record({
    kind: text,
    product,
    environment,
    origin: literal('name', 'automation', 'request', 'rollback', 'again'),
    to: version,
    source: commit,
    from: nullOr(version),
    fromValues: list(nullOr(text)),
    values: list(scalar),
    images: nullOr(images),
    builtFrom: nullOr(commit),
    forced: force,
    reason: nullOr(text),
    locks: list(lockChange),
    request: nullOr(text),
  }),
  lock: record({
    kind: text,
    word: literal('lock', 'hold', 'reject', 'freeze', 'unlock'),
    product: nullOr(product),
    environment: nullOr(environment),
    locks: list(lockChange),
    reason: nullOr(text),
  }),
};

const request: Check = (value, path, fail) => {
  byKind(requests, value, path, fail);
};

const requests: Readonly<Record<string, Check>> = {
  name: record({
    kind: text,
    promotions: list(
      record({ product, version: nullOr(text), images: nullOr(images), builtFrom: nullOr(commit) }),
    ),
    to: text,
    force,
    reason: nullOr(text),
    again: truth,
  }),
  ready: record({ kind: text, products: nullOr(list(product)), released: nullOr(list(product)) }),
  tag: record({ kind: text, tags: list(text) }),
  rollback: record({
    kind: text,
    product,
    environment: text,
    to: nullOr(text),
    leave: optional(mapOf(text)),
    force,
    reason: nullOr(text),
    by: text,
  }),
  lock: record({
    kind: text,
    word: literal('lock', 'hold', 'reject', 'freeze'),
    product: nullOr(product),
    environment: nullOr(text),
    version: nullOr(text),
    reason: text,
    by: text,
    until: nullOr(number),
    bindsRollbacks: truth,
  }),
  unlock: record({
    kind: text,
    product: nullOr(product),
    environment: nullOr(text),
    version: nullOr(text),
    reason: nullOr(text),
    by: text,
  }),
};

function kindOf(value: unknown, path: string, fail: Fail): string {
  anyRecord(value, path, fail);
  const { kind } = value as { readonly kind?: unknown };
  if (typeof kind !== 'string') throw fail(`${path}.kind is not known`);
  return kind;
}

function byKind(
  shapes: Readonly<Record<string, Check>>,
  value: unknown,
  path: string,
  fail: Fail,
): void {
  const kind = kindOf(value, path, fail);
  const shape = Object.hasOwn(shapes, kind) ? shapes[kind] : undefined;
  if (shape === undefined) throw fail(`${path}.kind is not known`);
  shape(value, path, fail);
}
