import { isAscii } from 'node:buffer';
import {
  canonicalJson,
  LanewiseError,
  oneLine,
  type CommitId,
  type Images,
  type InputsDigest,
  type Need,
  type ProductName,
  type ProjectName,
  type Timestamp,
  type Version,
} from '@lanewise/model';
import { notesLine, type KeptNotes } from './kept-notes.js';
import { readRecord } from './read-record.js';
import { releaseTagName, type NamedVersion } from './tag-name.js';

/** What somebody allowed by name when a release was made; kept so that later runs need not ask again. */
export interface Allowed {
  /** `--max-affected N`. */
  readonly maxAffected?: number;
  /** `--accept-base TAG`. */
  readonly acceptedBase?: string;
  /** Versions on no release branch, higher than the base, that were left behind with it. */
  readonly leftBehind?: readonly Version[];
}

/** The content of a release tag that machines read. */
export interface ReleaseRecord {
  readonly kind: 'own' | 'adopted';
  readonly product: ProductName;
  readonly version: Version;
  readonly commit: CommitId;
  /** Committer date of the source commit. */
  readonly committedAt: Timestamp;
  readonly project: ProjectName | null;
  readonly images: Images;
  readonly inputs: InputsDigest | null;
  readonly needs: Readonly<Record<string, Need>>;
  readonly pinText: string | null;
  readonly allowed: Allowed;
}

/** Number of the record's format. A reader refuses higher ones instead of guessing. */
export const recordVersion = 1;

const field = 'Lanewise-Record';

/** What a tag's message holds beside the record. */
export interface TagText {
  /** For people. */
  readonly lines: readonly string[];
  /** Kept for changelogs; null: none. */
  readonly notes: KeptNotes | null;
}

/**
 * Message of a release tag: a subject, the record in one line of base64url, and text for people,
 * indented so that no line of it can be read as a record.
 */
export function encodeRecord(
  record: ReleaseRecord,
  text: TagText | readonly string[] = [],
): string {
  const { lines, notes } = 'lines' in text ? text : { lines: text, notes: null };
  const json = canonicalJson(record);
  const payload = Buffer.from(json, 'utf8').toString('base64url');
  const shown = lines.map((line) => indented(line));
  return [
    `${record.product} ${record.version}`,
    '',
    `${field}: ${recordVersion} ${payload}`,
    ...(notes === null ? [] : [notesLine(notes)]),
    ...(shown.length > 0 ? ['', ...shown] : []),
    '',
  ].join('\n');
}

/** What the tag that carries a record says of itself: a record must agree with it. */
export interface TagHeader {
  /** The name in the tag's own header. */
  readonly name: string;
  readonly target: string;
  /** The release that a tag of this name is; absent: what `product@version` tells. */
  readonly release?: NamedVersion;
}

/**
 * Reads the record of a tag's message; null where the message has none. Only the record's line is
 * read, and its product, version and commit must be the tag's: text of people decides nothing.
 * Throws RECORD_INVALID.
 */
export function decodeRecord(message: string, header: TagHeader): ReleaseRecord | null {
  const lines = recordLines(message);
  const [line] = lines;
  if (line === undefined) return null;
  if (lines.length > 1) throw invalid(header, `it has ${lines.length} records`);
  const match = /^Lanewise-Record: (\d{1,9}) ([A-Za-z0-9_-]+)$/.exec(line.replace(/\r$/, ''));
  if (match === null) throw invalid(header, 'its record is not written as one');
  const [, version = '', payload = ''] = match;
  if (Number(version) > recordVersion) throw newer(header, version);
  if (Number(version) < 1) throw invalid(header, `there is no record version ${version}`);
  const record = readRecord(parse(payload, header), (what) => invalid(header, what));
  if (!isRecordOf(record, header)) {
    const said = releaseTagName(record.product, record.version);
    throw invalid(header, `its record is that of ${said}`);
  }
  if (record.commit !== header.target) {
    throw invalid(header, `its record names commit ${record.commit}, the tag ${header.target}`);
  }
  return record;
}

function isRecordOf({ product, version }: ReleaseRecord, { name, release }: TagHeader): boolean {
  if (release === undefined) return name === releaseTagName(product, version);
  return product === release.product && version === release.version;
}

/** Lines that say they are a record, in whatever letters. */
function recordLines(message: string): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < message.length;) {
    const end = message.indexOf('\n', at);
    const next = end < 0 ? message.length : end;
    const letter = message.charCodeAt(at) | 32;
    if (letter === 108 /* l */) {
      const line = message.slice(at, next);
      if (/^lanewise-record\b/i.test(line)) lines.push(line);
    }
    at = next + 1;
  }
  return lines;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Where records are decoded, one after the other: thousands of large ones would each get room of their own. */
let room = Buffer.alloc(4096);

function decodeBase64(payload: string): Uint8Array {
  if (payload.length > room.length) room = Buffer.alloc(payload.length * 2);
  return room.subarray(0, room.write(payload, 'base64url'));
}

function parse(payload: string, header: TagHeader): unknown {
  try {
    const bytes = decodeBase64(payload);
    // Mostly there is nothing to decode, and asking for it is much quicker.
    const text = isAscii(bytes) ? room.toString('latin1', 0, bytes.length) : utf8.decode(bytes);
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw invalid(header, 'its record cannot be decoded', cause);
  }
}

function indented(line: string): string {
  const depth = /^ */.exec(line)?.[0].length ?? 0;
  const text = oneLine(line);
  return text === '' ? '' : `  ${' '.repeat(Math.min(depth, 8))}${text}`;
}

function invalid(header: TagHeader, what: string, cause?: unknown): LanewiseError {
  return new LanewiseError(
    'RECORD_INVALID',
    `The tag ${oneLine(header.name)} is no release: ${what}.`,
    {
      hint: 'It is not used. Delete the tag if nobody knows where it comes from.',
      cause,
    },
  );
}

function newer(header: TagHeader, version: string): LanewiseError {
  return new LanewiseError(
    'RECORD_INVALID',
    `The tag ${oneLine(header.name)} has a record of version ${version}, made by a newer Lanewise; this one reads version ${recordVersion}.`,
    { hint: 'Install the newer Lanewise here as well.' },
  );
}
