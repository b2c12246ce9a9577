import { chmod, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LanewiseError, show } from '@lanewise/model';
import type { EditedFile } from './edit-file.js';

/**
 * Puts the new content in the place of the old in one step: who reads meanwhile sees either, and a
 * crash leaves the old. The file's mode stays. Nothing is done where nothing changed.
 */
export async function writeFileInPlace(
  { file, bytes }: EditedFile,
  random: () => number,
): Promise<boolean> {
  if (Buffer.compare(bytes, file.bytes) === 0) return false;
  const unique = Math.floor(random() * 2 ** 48).toString(36);
  const temporary = join(dirname(file.path), `.${basename(file.path)}.${process.pid}-${unique}`);
  try {
    const handle = await open(temporary, 'wx', file.mode);
    try {
      await handle.writeFile(bytes);
    } finally {
      await handle.close();
    }
    await chmod(temporary, file.mode);
    await rename(temporary, file.path);
    return true;
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new LanewiseError(
      'PIN_REFUSED',
      `${show(file.name)} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}.`,
      { cause, hint: 'It is as it was. Look at its rights and at the room on the disk.' },
    );
  }
}
