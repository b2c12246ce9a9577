import {
  canonicalJson,
  isLanewiseError,
  oneLine,
  parseCommitId,
  type Version,
} from '@lanewise/model';
import type { NoteLine } from './release-plan.js';
import { isVersion } from './tag-name.js';

/**
 * The notes that a release tag keeps beside its record, for changelogs. They decide nothing: they
 * stand on a line of their own, so that whoever reads records need not read them, and a tag without
 * them is as good a release.
 */
export interface KeptNotes {
  /** The release that the notes begin behind. */
  readonly base: Version | null;
  readonly notes: readonly NoteLine[];
  /** How many more there were. */
  readonly more: number;
}

const field = 'Lanewise-Notes';
const mostNotes = 200;
const longestText = 300;

/** What is kept of notes: so many that a tag stays small. */
export function keepNotes(notes: readonly NoteLine[], base: Version | null): KeptNotes {
  const kept = notes.slice(0, mostNotes).map((note) => ({
    ...note,
    subject: note.subject.slice(0, longestText),
    ...(note.warning !== undefined && { warning: note.warning.slice(0, longestText) }),
  }));
  return { base, notes: kept, more: notes.length - kept.length };
}

/** The line of a tag's message. */
export function notesLine(notes: KeptNotes): string {
  return `${field}: 1 ${Buffer.from(canonicalJson(notes), 'utf8').toString('base64url')}`;
}

/** Reads the notes of a tag's message; null where there are none that can be read. */
export function readKeptNotes(message: string): KeptNotes | null {
  const line = message.split('\n', 20).find((one) => one.startsWith(`${field}: 1 `));
  if (line === undefined) return null;
  try {
    const json: unknown = JSON.parse(
      Buffer.from(line.slice(field.length + 4), 'base64url').toString('utf8'),
    );
    return understand(json as Record<string, unknown> | null);
  } catch (error) {
    if (error instanceof SyntaxError || isLanewiseError(error)) return null;
    throw error;
  }
}

function understand(json: Record<string, unknown> | null): KeptNotes | null {
  if (typeof json !== 'object' || json === null || !Array.isArray(json['notes'])) return null;
  const { base, more } = json;
  return {
    base: typeof base === 'string' && isVersion(base) ? base : null,
    notes: json['notes'].flatMap((note: unknown) => understandNote(note) ?? []),
    more: typeof more === 'number' && Number.isSafeInteger(more) ? Math.max(0, more) : 0,
  };
}

/** A tag may be anybody's: whatever stands in it is shown as one line of text. */
function understandNote(value: unknown): NoteLine | null {
  if (typeof value !== 'object' || value === null) return null;
  const { commit, type, scope, subject, breaking, dependency, warning, references } =
    value as Record<string, unknown>;
  if (typeof commit !== 'string' || typeof subject !== 'string') return null;
  const text = (from: unknown): string | null => (typeof from === 'string' ? oneLine(from) : null);
  const named = Array.isArray(references)
    ? references.filter(
        (one): one is string => typeof one === 'string' && /^[#!]\d{1,9}$/.test(one),
      )
    : [];
  return {
    commit: parseCommitId(commit),
    type: text(type),
    scope: text(scope),
    subject: oneLine(subject),
    breaking: breaking === true,
    dependency: dependency === true,
    ...(typeof warning === 'string' && { warning: oneLine(warning) }),
    ...(named.length > 0 && { references: named }),
  };
}
