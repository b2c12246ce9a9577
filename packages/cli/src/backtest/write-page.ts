import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { LanewiseError } from '@lanewise/model';
import type { Call } from '../command.js';
import { renderBacktestPage } from '../render/backtest-page.js';
import type { Backtest } from './answer.js';

/** Writes the page into a file. Throws USAGE where it cannot be written. */
export async function writePage(call: Call, file: string, found: Backtest): Promise<void> {
  try {
    await writeFile(resolve(call.global.directory, file), renderBacktestPage(found));
  } catch (cause) {
    throw new LanewiseError('USAGE', `The page ${file} cannot be written.`, {
      cause,
      hint: 'Name a file in a folder that is there, with --html FILE.',
    });
  }
  call.note(`The page ${file} was written.`);
}
