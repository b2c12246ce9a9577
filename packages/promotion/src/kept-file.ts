import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Files that only save time: each begins with a digest of the rest, so that a torn or edited one
 * reads as none, and each is replaced as a whole, so that two processes never mix theirs.
 */
export async function readKept(file: string): Promise<unknown> {
  try {
    const text = await readFile(file, 'utf8');
    const end = text.indexOf('\n');
    const body = text.slice(end + 1);
    if (end < 0 || text.slice(0, end) !== digest(body)) return null;
    return JSON.parse(body) as unknown;
  } catch {
    return null;
  }
}

/** Writes such a file. A disk that is full or read-only stops nothing. */
export async function writeKept(file: string, value: unknown): Promise<void> {
  const body = JSON.stringify(value);
  const scratch = `${file}.${randomUUID()}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(scratch, `${digest(body)}\n${body}`);
    await rename(scratch, file);
  } catch {
    await rm(scratch, { force: true }).catch(() => undefined);
  }
}

function digest(body: string): string {
  return createHash('sha1').update(body).digest('hex');
}
