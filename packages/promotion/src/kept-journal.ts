import { createHash, randomUUID } from 'node:crypto';
import { appendFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** From so many parts on a journal is better written anew, as one. */
export const mostParts = 200;

/**
 * Files that only save time and that grow: parts of text, each behind its digest and length, so that
 * a torn or edited one reads as none. What a run learns is appended, so that a small step does not
 * cost the whole file. They stand in a folder that one process at a time uses.
 */
export async function readJournal(file: string): Promise<readonly string[] | null> {
  const bytes = await readFile(file).catch(() => null);
  if (bytes === null) return null;
  const parts: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(10, at);
    const [sum, length] = bytes.toString('latin1', at, Math.max(at, end)).split(' ');
    const body = bytes.subarray(end + 1, end + 1 + Number(length));
    if (end < 0 || body.length !== Number(length) || digest(body) !== sum) return null;
    parts.push(body.toString());
    at = end + 1 + body.length;
  }
  return parts;
}

/** Adds a part. A disk that is full or read-only stops nothing: the next run reads what it can. */
export async function appendToJournal(file: string, part: string): Promise<void> {
  await appendFile(file, sealed(part)).catch(() => undefined);
}

/** Begins such a file anew with one part, in place of what was there. */
export async function beginJournal(file: string, part: string): Promise<void> {
  const scratch = `${file}.${randomUUID()}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(scratch, sealed(part));
    await rename(scratch, file);
  } catch {
    await rm(scratch, { force: true }).catch(() => undefined);
  }
}

function sealed(part: string): Buffer {
  const body = Buffer.from(part);
  return Buffer.concat([Buffer.from(`${digest(body)} ${body.length}\n`), body]);
}

function digest(body: Uint8Array): string {
  return createHash('sha1').update(body).digest('hex');
}
