import { isDeepStrictEqual } from 'node:util';

import {
  isLanewiseError,
  parseImageReference,
  parseRepoPath,
  type PinSelector,
} from '@lanewise/model';
import { makeRandom, type Random, seed } from '@lanewise/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isAlias,
  isMap,
  isScalar,
  parseAllDocuments,
  visit,
  type Document,
  type ParsedNode,
} from 'yaml';

import { readPins, rewritePins } from '../src/index.js';
import { hardTexts, mutate, oddTexts, randomYaml } from './random-yaml.js';

const file = parseRepoPath('values.yaml');

/** A scalar of a text, as the YAML library sees it: the judge here is never our own code. */
interface Target {
  readonly document: number;
  readonly way: readonly (string | number)[];
  readonly start: number;
  readonly end: number;
  /** What the library makes of it as text, its type under YAML 1.2, and how it is written. */
  readonly text: string;
  readonly type: string;
  readonly style: string;
}

function documentsOf(text: string, version: '1.1' | '1.2'): Document.Parsed[] {
  const documents = parseAllDocuments(text, { version, uniqueKeys: false, logLevel: 'silent' });
  return Array.isArray(documents) ? documents : [];
}

function targetsOf(documents: readonly Document.Parsed[]): Target[] {
  return documents.flatMap((document, index) => {
    const targets: Target[] = [];
    visit(document, {
      Scalar(key, node, path) {
        const way = key === 'key' ? null : wayOf(path, key, document);
        if (way === null || !node.range) return;
        const [start, end] = node.range;
        const source = typeof node.source === 'string' ? node.source : String(node.value);
        const text = node.type === 'PLAIN' ? source : String(node.value);
        targets.push({
          document: index,
          way,
          start,
          end,
          text,
          type: typeof node.value,
          style: String(node.type),
        });
      },
    });
    return targets;
  });
}

function wayOf(
  path: readonly unknown[],
  last: unknown,
  document: Document.Parsed,
): (string | number)[] | null {
  const way: (string | number)[] = [];
  const all = [...path, typeof last === 'number' ? { index: last } : null];
  for (const [at, step] of all.entries()) {
    const parent = all[at - 1];
    if (step === null) continue;
    if (isPairLike(step)) {
      if (!isScalar(step.key) || typeof step.key.value === 'object') return null;
      way.push(String(step.key.source ?? step.key.value));
    } else if (isIndex(step)) way.push(step.index);
    else if (parent !== undefined && hasItems(parent) && !isMap(parent)) {
      const index = parent.items.indexOf(step);
      if (index >= 0) way.push(index);
    }
  }
  return document.contents === null || way.length === 0 ? null : way;
}

function isPairLike(step: unknown): step is { key: unknown; value: unknown } {
  return typeof step === 'object' && step !== null && 'key' in step && 'value' in step;
}

function isIndex(step: unknown): step is { index: number } {
  return typeof step === 'object' && step !== null && 'index' in step;
}

function hasItems(step: unknown): step is { items: unknown[] } {
  return typeof step === 'object' && step !== null && 'items' in step;
}

/** Every scalar of all documents in order, as the version reads it, with what no edit may touch. */
function facts(documents: readonly Document.Parsed[]): unknown[] {
  const list: unknown[] = [];
  for (const document of documents) {
    list.push(`document ${document.errors.length}`);
    visit(document, {
      Node(key, node) {
        const decorated = node as ParsedNode & { anchor?: string };
        if (isScalar(node))
          list.push([
            key,
            typeof node.value === 'symbol' ? '<<' : node.value,
            decorated.anchor,
            node.tag,
          ]);
        else if (isAlias(node)) list.push([key, '*', node.source]);
        else list.push([key, isMap(node) ? 'map' : 'list', decorated.anchor, node.tag]);
      },
    });
  }
  return list;
}

function pointer(way: readonly (string | number)[]): string {
  return way.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

interface Outcome {
  readonly refused: string | null;
}

function editOnce(dice: Random, size: number): Outcome | null {
  const whole = randomYaml(dice, size);
  const text = dice.chance(0.25) ? mutate(whole, dice) : whole;
  const before = documentsOf(text, '1.2');
  if (before.some(({ errors }) => errors.length > 0)) return null;
  const targets = targetsOf(before);
  const [first] = targets;
  if (first === undefined) return null;
  const target = targets[dice.below(targets.length)] ?? first;
  const value = dice.chance(0.75) ? dice.pick(oddTexts) : dice.pick(hardTexts);
  const selector: PinSelector = {
    format: 'yaml',
    path: pointer(target.way),
    ...(before.length > 1 && { document: { kind: `Doc${target.document}` } }),
  };
  const bytes = new TextEncoder().encode(text);
  const what = (): string => `\n${JSON.stringify({ text, path: selector.path, value })}`;
  let result: string;
  try {
    const rewritten = rewritePins({ file, bytes }, [{ selector, value }]);
    result = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(rewritten);
    const [reading] = readPins({ file, bytes: rewritten }, [selector]);
    if (reading?.kind !== 'value')
      throw new Error(`It reads as ${reading?.error.message}${what()}`);
    if (
      !isDeepStrictEqual(rewritePins({ file, bytes: rewritten }, [{ selector, value }]), rewritten)
    )
      throw new Error(`Writing twice changes more${what()}`);
  } catch (error) {
    // A sign put in anywhere may double a key, or change what the document is chosen by.
    const missing = text !== whole && isLanewiseError(error, 'PIN_MISSING', 'PIN_UNREADABLE');
    if (missing || isLanewiseError(error, 'PIN_REFUSED', 'PIN_AMBIGUOUS'))
      return { refused: error instanceof Error ? error.message : '' };
    throw error instanceof Error ? new Error(`${error.message}${what()}`, { cause: error }) : error;
  }
  checkBytes(text, result, target, what);
  // One version each, as reading the files is what takes the time.
  const version = dice.chance(0.5) ? '1.1' : '1.2';
  const old = version === '1.2' ? before : documentsOf(text, version);
  checkMeaning(old, documentsOf(result, version), { target, value, what });
  return { refused: null };
}

function checkBytes(
  text: string,
  result: string,
  { start, end }: Target,
  what: () => string,
): void {
  const tail = text.slice(end);
  // An empty value may be given the spaces it needs to stand apart.
  const head = start === end ? text.slice(0, start).trimEnd() : text.slice(0, start);
  if (!result.startsWith(head) || !result.endsWith(tail))
    throw new Error(`Bytes outside the value changed: ${JSON.stringify(result)}${what()}`);
}

interface Change {
  readonly target: Target;
  readonly value: string;
  readonly what: () => string;
}

function checkMeaning(
  before: readonly Document.Parsed[],
  after: readonly Document.Parsed[],
  { target, value, what }: Change,
): void {
  const [old, now] = [facts(before), facts(after)];
  if (old.length !== now.length) throw new Error(`The structure changed${what()}`);
  const changed = old.flatMap((fact, index) =>
    isDeepStrictEqual(fact, now[index]) ? [] : [now[index]],
  );
  if (changed.length > 1)
    throw new Error(`${changed.length} values changed: ${JSON.stringify(changed)}${what()}`);
  const [fact] = changed;
  if (fact === undefined) return;
  const read = (fact as [unknown, unknown])[1];
  const expected = expectedText(target, value);
  // Text reads back as text; a number may stay one where it prints as it was written.
  const same =
    typeof read === 'string'
      ? read === expected
      : typeof read === 'number' && target.type === 'number' && String(read) === value;
  if (!same)
    throw new Error(
      `It reads back as ${JSON.stringify(read)}, not ${JSON.stringify(expected)}${what()}`,
    );
}

/** What the whole scalar must say: the value, behind an image's name where the old text has one, with a block's line ends. */
function expectedText(target: Target, value: string): string {
  const ending = target.style.startsWith('BLOCK') ? (/\n*$/.exec(target.text)?.[0] ?? '') : '';
  const content = target.style.startsWith('BLOCK') ? target.text.replace(/\n+$/, '') : target.text;
  const name = imageName(content, target.way.at(-1));
  const isTag = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(value);
  return (name !== null && isTag ? `${name}:${value}` : value) + ending;
}

/** The image that a text names; without a tag it names one only under a key that says so. */
function imageName(text: string, key: string | number | undefined): string | null {
  try {
    const { repository, tag } = parseImageReference(text);
    return tag === undefined && !/image$/i.test(String(key)) ? null : repository;
  } catch {
    return null;
  }
}

const runs = Number(process.env['LANEWISE_RUNS'] ?? 26_000);

describe('a random pin in a random file', () => {
  it(`changes the scalar's bytes and meaning, and nothing else (seed ${seed})`, () => {
    const counts = { edited: 0, refused: 0 };
    const reasons = new Map<string, number>();
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 8 }), (number, size) => {
        const outcome = editOnce(makeRandom(number), size);
        if (outcome === null) return;
        counts[outcome.refused === null ? 'edited' : 'refused'] += 1;
        const reason = outcome.refused?.replace(/'[^']*'/g, '…') ?? '';
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      }),
      { seed, numRuns: runs },
    );
    console.log(`edited ${counts.edited}, refused ${counts.refused} (seed ${seed})`);
    if (process.env['LANEWISE_SHOW']) console.log([...reasons].sort((a, b) => b[1] - a[1]));
    expect(counts.edited).toBeGreaterThan(counts.refused * 3);
    // Files in which nothing can be pinned are passed over: the rest is judged.
    expect(counts.edited + counts.refused).toBeGreaterThan(runs * 0.75);
  }, 180_000);
});
