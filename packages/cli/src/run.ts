import { CommanderError, type Command } from 'commander';
import { didYouMean, LanewiseError, nearest, show, type ExitCode } from '@lanewise/model';
import type { Answer, CommandEntry, CommandModule, GlobalOptions, View } from './command.js';
import { commands } from './commands.js';
import { jsonError, renderError, tellError } from './errors.js';
import { writeGithubOutputs } from './output/github.js';
import { makePaint } from './output/paint.js';
import { wrapText } from './output/text-width.js';
import { commandAskedFor, makeProgram, readGlobals, type ProgramView } from './program.js';
import { showsColour, type Shell } from './shell.js';

/** Runs one command line: parses, calls, prints. Never throws; gives the exit code. */
export async function run(typed: readonly string[], shell: Shell): Promise<ExitCode> {
  // 'lanewise help promote' means what 'lanewise promote --help' does.
  const argv = typed[0] === 'help' ? [...typed.slice(1), '--help'] : typed;
  const wantsColour = !argv.includes('--no-color');
  const look = {
    colour: wantsColour && showsColour(shell.environment, shell.answerColumns),
    sayColour: wantsColour && showsColour(shell.environment, shell.sayColumns),
  };
  try {
    return await runCommand(argv, shell, look);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const told = tellError(error, commandAskedFor(argv));
    if (argv.includes('--json')) shell.answer(toJson(jsonError(told)));
    const view = { paint: makePaint(look.sayColour), width: shell.sayColumns };
    shell.say(renderError(told, { ...view, verbose: argv.includes('--verbose') }));
    return told.exitCode;
  }
}

interface Look {
  readonly colour: boolean;
  readonly sayColour: boolean;
}

async function runCommand(argv: readonly string[], shell: Shell, look: Look): Promise<ExitCode> {
  const view: ProgramView = {
    colour: look.colour,
    columns: shell.answerColumns,
    write: shell.answer,
  };
  const asked = commandAskedFor(argv);
  const entry = findCommand(asked);
  const loaded = new Map<string, CommandModule>();
  if (entry !== undefined) loaded.set(entry.name, await entry.load());
  let exitCode: ExitCode = 0;
  const program = makeProgram(loaded, view, async (module, typed) => {
    const global = readGlobals(program, shell.directory);
    const note = noteTo(shell, look);
    const answer = await module.run({ ...typed, global, shell, note });
    exitCode = answer.exitCode;
    await printAnswer(answer, global, shell, look);
  });
  if (argv.length === 0) {
    program.outputHelp();
    return 2;
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    throw withSuggestion(error, program, entry);
  }
  return exitCode;
}

/** Commander suggests what is misspelt; this also suggests what is cut short, as --dry for --dry-run. */
function withSuggestion(
  error: unknown,
  program: Command,
  entry: CommandEntry | undefined,
): unknown {
  if (!(error instanceof CommanderError) || error.code !== 'commander.unknownOption') return error;
  if (error.message.includes('(Did you mean')) return error;
  const typed = /'(--[^'=]{2,})/.exec(error.message)?.[1];
  const command = program.commands.find((one) => one.name() === entry?.name);
  const known = [...program.options, ...(command?.options ?? [])].flatMap(({ long }) => long ?? []);
  const near = typed === undefined ? [] : nearest(typed, known);
  return near.length === 0
    ? error
    : new CommanderError(
        error.exitCode,
        error.code,
        `${error.message}\n(Did you mean one of ${near.join(', ')}?)`,
      );
}

/** The command of a name or alias; undefined where none is asked for. Throws USAGE for an unknown one. */
function findCommand(asked: string | null): CommandEntry | undefined {
  if (asked === null) return undefined;
  const entry = commands.find(
    ({ name, aliases }) => name === asked || aliases?.includes(asked) === true,
  );
  if (entry !== undefined) return entry;
  const names = commands.flatMap(({ name, aliases }) => [name, ...(aliases ?? [])]);
  throw new LanewiseError('USAGE', `There is no command ${show(asked)}.`, {
    hint: `${didYouMean(asked, names)} 'lanewise --help' lists the commands.`.trim(),
  });
}

async function printAnswer(
  answer: Answer,
  global: GlobalOptions,
  shell: Shell,
  look: Look,
): Promise<void> {
  const view = (colour: boolean, width: number | null): View => ({
    paint: makePaint(colour),
    width,
    now: shell.now(),
  });
  if (global.json) shell.answer(toJson(answer.json));
  else shell.answer(answer.text(view(look.colour, shell.answerColumns)));
  if (answer.remarks !== undefined)
    shell.say(answer.remarks(view(look.sayColour, shell.sayColumns)));
  await writeGithubOutputs(answer, shell.environment);
}

function noteTo(shell: Shell, look: Look): (sentence: string) => void {
  const paint = makePaint(look.sayColour);
  return (sentence) => {
    const room =
      shell.sayColumns === null ? Infinity : Math.max(40, Math.min(shell.sayColumns, 100) - 6);
    shell.say(`${paint.quiet('note:')} ${wrapText(sentence, room).join('\n      ')}\n`);
  };
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
