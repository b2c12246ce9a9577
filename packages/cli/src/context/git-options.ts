import type { GitCommand, PlaceOptions } from '@lanewise/git';
import { redactCredentials } from '@lanewise/model';
import type { Call } from '../command.js';

/** How git is run for a command: in its environment, each process told where --verbose asks for it. */
export function gitOptions(call: Call): PlaceOptions {
  const { environment, clock } = call.shell;
  return { environment, onCommand: verbosely(call), now: clock };
}

/** Tells each git command with its time, where --verbose asks for it. */
function verbosely(call: Call): ((command: GitCommand) => void) | undefined {
  if (!call.global.verbose) return undefined;
  return ({ args, milliseconds, code }) => {
    const outcome = code === 0 ? '' : `, exit code ${String(code)}`;
    const words = redactCredentials(args.join(' '));
    call.note(`git ${words} (${milliseconds.toFixed(0)} ms${outcome})`);
  };
}
