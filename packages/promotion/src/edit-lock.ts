import { isDeepStrictEqual } from 'node:util';
import { isSeq, parseDocument } from 'yaml';
import { LanewiseError, oneLine, type RepoPath } from '@lanewise/model';
import type { LockChange, LockEntry } from './lock.js';
import { lockPath } from './lock-places.js';
import { readEntries } from './parse-lock.js';

/**
 * A lock file's text after one change; null: the file goes. Only the entry's own lines change, and
 * the result is read again before it is given out. An entry to be removed that is gone by now is
 * no error. Throws PROMOTION_REFUSED where the file is written in a way that cannot be changed so.
 */
export function changeLock(text: string | null, change: LockChange): string | null {
  const file = lockPath(change.where);
  const before = text === null ? [] : readEntries(text, file);
  switch (change.kind) {
    case 'append':
      return checked(append(text ?? '', change.entry, file), [...before, change.entry], file);
    case 'remove': {
      const index = before.findIndex((entry) => isDeepStrictEqual(entry, change.entry));
      if (text === null || index < 0) return text;
      const rest = before.filter((_, at) => at !== index);
      const changed = checked(remove(text, index, file), rest, file);
      return changed.trim() === '' ? null : changed;
    }
    case 'settle':
      return checked(settle(text ?? '', change.note), before, file);
    default:
      return change satisfies never;
  }
}

function append(text: string, entry: LockEntry, file: RepoPath): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const { contents } = parseDocument(text);
  if (contents === null) return withEnd(text, eol) + renderEntry(entry, '', eol);
  if (!isSeq(contents) || contents.range === undefined || contents.range === null)
    throw unchangeable(file);
  if (contents.flow === true) {
    if (contents.items.length > 0) throw unchangeable(file);
    const [start, end] = contents.range;
    if (start > 0 && text.charAt(start - 1) !== '\n') throw unchangeable(file);
    return (
      text.slice(0, start) + renderEntry(entry, '', eol).trimEnd() + withEnd(text.slice(end), eol)
    );
  }
  const start = contents.range[0];
  const indent = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  if (indent.trim() !== '') throw unchangeable(file);
  return withEnd(text, eol) + renderEntry(entry, indent, eol);
}

/** Takes an entry's lines out, from its dash to the end of its last line. */
function remove(text: string, index: number, file: RepoPath): string {
  const { contents } = parseDocument(text);
  if (!isSeq(contents) || contents.flow === true) throw unchangeable(file);
  const range = (contents.items[index] as { range?: readonly number[] | null }).range;
  const [start, end] = range ?? [];
  if (start === undefined || end === undefined) throw unchangeable(file);
  const dash = text.lastIndexOf('-', start - 1);
  const from = text.lastIndexOf('\n', dash) + 1;
  if (dash < 0 || text.slice(from, dash).trim() !== '') throw unchangeable(file);
  const lineEnd = text.charAt(end - 1) === '\n' ? end - 1 : text.indexOf('\n', end);
  return text.slice(0, from) + (lineEnd < 0 ? '' : text.slice(lineEnd + 1));
}

function settle(text: string, note: string): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const list = parseDocument(text).contents === null ? `[]${eol}` : '';
  return `${withEnd(text, eol)}# ${oneLine(note)}${eol}${list}`;
}

/** Texts are written as JSON strings, which YAML reads as they are, whatever stands in them. */
function renderEntry(entry: LockEntry, indent: string, eol: string): string {
  const list = (texts: readonly string[]): string =>
    `[${texts.map((text) => quote(text)).join(', ')}]`;
  const lines = [
    `reason: ${quote(entry.reason)}`,
    ...(entry.by === null ? [] : [`by: ${quote(entry.by)}`]),
    ...(entry.until === null ? [] : [`until: ${quote(isoTime(entry.until))}`]),
    ...(entry.not === null ? [] : [`not: ${list(entry.not)}`]),
    ...(entry.only === null ? [] : [`only: ${list(entry.only)}`]),
    ...(entry.rolledBackFrom === null ? [] : [`rolledBackFrom: ${quote(entry.rolledBackFrom)}`]),
    ...(entry.bindsRollbacks ? ['bindsRollbacks: true'] : []),
  ];
  return lines.map((line, at) => `${indent}${at === 0 ? '- ' : '  '}${line}${eol}`).join('');
}

function quote(text: string): string {
  return JSON.stringify(text);
}

/** A point in time as lock files write it. */
function isoTime(at: number): string {
  return new Date(at * 1000).toISOString().replace('.000Z', 'Z');
}

function withEnd(text: string, eol: string): string {
  return text === '' || text.endsWith('\n') ? text : text + eol;
}

function checked(text: string, expected: readonly LockEntry[], file: RepoPath): string {
  if (!isDeepStrictEqual(readEntries(text, file), expected)) throw unchangeable(file);
  return text;
}

function unchangeable(file: RepoPath): LanewiseError {
  return new LanewiseError(
    'PROMOTION_REFUSED',
    `The lock file ${file} is written in a way that cannot be changed safely.`,
    {
      place: { file },
      hint: "Write it as a plain list, each entry on lines of its own that begin with '- ', and try again.",
    },
  );
}
