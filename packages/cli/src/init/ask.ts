import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Call } from '../command.js';
import { configFileName } from '../context/work-tree-config.js';
import { makePaint } from '../output/paint.js';
import { renderPins, renderUnplaced } from '../render/init.js';
import { showsColour } from '../shell.js';
import type { Inspection } from './inspect.js';

/** What a person said in a terminal. */
export interface Said {
  /** The environments in their order; null: as they were found. */
  readonly environments: string | null;
  readonly write: boolean;
}

/** Shows what was found and asks what only people know; null where there is nothing to ask about. */
export async function askAbout(call: Call, { root, survey }: Inspection): Promise<Said | null> {
  const { shell } = call;
  const { ask } = shell;
  if (ask === undefined || existsSync(join(root, configFileName))) return null;
  const paint = makePaint(showsColour(shell.environment, shell.sayColumns));
  const view = { paint, width: shell.sayColumns, now: shell.now() };
  shell.say(`${renderPins(survey, view)}${renderUnplaced(survey, view)}`);
  const found = survey.environments.map(({ name }) => name).join(', ');
  const order =
    survey.environments.length < 2
      ? ''
      : await ask(`In which order do releases pass the environments? [${found}] `);
  const answer = await ask(`Write ${configFileName}? [Y/n] `);
  return { environments: order === '' ? null : order, write: !/^n/i.test(answer) };
}
