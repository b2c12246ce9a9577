import { Command, CommanderError, Help, type HelpConfiguration } from 'commander';
import { resolve } from 'node:path';
import { collect } from './collect.js';
import type { CommandEntry, CommandModule, GlobalOptions } from './command.js';
import { commands } from './commands.js';
import { makePaint } from './output/paint.js';
import { version } from './version.js';

/** What happens with a command that was parsed. */
export type Dispatch = (
  module: CommandModule,
  typed: {
    readonly name: string;
    readonly arguments: readonly string[];
    readonly options: Readonly<Record<string, unknown>>;
  },
) => Promise<void>;

export interface ProgramView {
  readonly colour: boolean;
  readonly columns: number | null;
  readonly write: (text: string) => void;
}

const widestHelp = 100;

/**
 * The command line as commander reads it: all commands by name and summary, and those of `loaded`
 * with their arguments and options. Parsing throws CommanderError; nothing is printed but help.
 */
export function makeProgram(
  loaded: ReadonlyMap<string, CommandModule>,
  view: ProgramView,
  dispatch: Dispatch,
): Command {
  const program = new Command('lanewise');
  prepare(program, view);
  program
    .description(
      'Releases and promotes the products of a monorepo one by one, through the manifests of a GitOps repository.',
    )
    .option('-V, --version', 'print the version')
    .helpOption('-h, --help', 'explain the command')
    .helpCommand(false)
    .usage('[options] <command>')
    .allowExcessArguments(false);
  declareGlobals(program);
  program.addHelpText('after', () => topExamples(view));
  for (const entry of commands) addCommand(program, entry, loaded.get(entry.name), view, dispatch);
  program.action(() => {
    if (program.opts<{ version?: boolean }>().version === true) {
      view.write(`${version()}\n`);
      return;
    }
    throw new CommanderError(2, 'lanewise.noCommand', 'no command');
  });
  return program;
}

/** The first word of a command line that is no option: the command; null for none. */
export function commandAskedFor(argv: readonly string[]): string | null {
  const probe = new Command('lanewise').allowUnknownOption().helpOption(false).exitOverride();
  probe.configureOutput({ writeErr: () => undefined, outputError: () => undefined });
  declareGlobals(probe);
  try {
    return probe.parseOptions([...argv]).operands[0] ?? null;
  } catch {
    // An option without its value: the program itself says so.
    return null;
  }
}

/** Reads the options that every command takes. */
export function readGlobals(program: Command, directory: string): GlobalOptions {
  const options = program.opts<{
    directory?: readonly string[];
    json?: boolean;
    verbose?: boolean;
    config?: string;
  }>();
  return {
    directory: resolve(directory, ...(options.directory ?? [])),
    json: options.json === true,
    verbose: options.verbose === true,
    config: options.config ?? null,
  };
}

function declareGlobals(program: Command): void {
  program
    .option('-C, --directory <dir>', 'work in this directory; may be repeated', collect)
    .option('--config <file>', 'configuration file; default lanewise.yaml')
    .option('--json', 'answer in JSON, by a published schema')
    .option('--verbose', 'show git commands with times, and stacks of errors')
    .option('--no-color', 'no colours; NO_COLOR says the same');
}

function addCommand(
  program: Command,
  entry: CommandEntry,
  module: CommandModule | undefined,
  view: ProgramView,
  dispatch: Dispatch,
): void {
  const command = program.command(entry.name).summary(entry.summary).helpGroup(entry.group);
  prepare(command, view);
  command.aliases([...(entry.aliases ?? [])]).helpOption('-h, --help', 'explain this command');
  if (module === undefined) {
    command.allowUnknownOption().allowExcessArguments();
    return;
  }
  const also = entry.aliases === undefined ? '' : ` Also called ${entry.aliases.join(', ')}.`;
  command
    .description(`${entry.summary}.${also}\n\n${module.help.about}`)
    .allowExcessArguments(false);
  module.declare(command);
  command.addHelpText('after', () => examplesText(module, view));
  command.action(() =>
    dispatch(module, { name: entry.name, arguments: command.args, options: command.opts() }),
  );
}

function prepare(command: Command, view: ProgramView): void {
  command.exitOverride().configureHelp(helpLook(view));
  command.configureOutput({
    writeOut: view.write,
    writeErr: () => undefined,
    outputError: () => undefined,
    getOutHelpWidth: () => Math.min(view.columns ?? 80, widestHelp),
    getOutHasColors: () => view.colour,
  });
}

function helpLook({ colour }: ProgramView): HelpConfiguration {
  const paint = makePaint(colour);
  return {
    styleTitle: (title) => paint.title(title),
    styleCommandText: (text) => paint.name(text),
    styleOptionTerm: (term) => paint.id(term),
    styleSubcommandTerm: (term) => paint.name(term),
    styleArgumentTerm: (term) => paint.id(term),
    subcommandTerm: (command) => command.name(),
    subcommandDescription: (command) => command.summary(),
    visibleOptions: (command) => {
      const options = new Help().visibleOptions(command);
      return [
        ...options.filter(({ long }) => long !== '--help'),
        ...options.filter(({ long }) => long === '--help'),
      ];
    },
  };
}

function examplesText(module: CommandModule, { colour }: ProgramView): string {
  const paint = makePaint(colour);
  const lines = module.help.examples.map(
    ([command, meaning]) => `  ${paint.quiet(`# ${meaning}`)}\n  ${command}`,
  );
  const globals = paint.quiet(
    'Every command also takes -C DIR, --config FILE, --json, --verbose, --no-color.',
  );
  return `\n${paint.title('Examples:')}\n${lines.join('\n')}\n\n${globals}`;
}

function topExamples({ colour }: ProgramView): string {
  const paint = makePaint(colour);
  const examples = [
    ['lanewise init', 'write a first lanewise.yaml'],
    ['lanewise affected', 'what changed since its last release'],
    ['lanewise promote docs@1.4.2 --to prod', 'bring one product to one environment'],
  ] as const;
  const lines = examples.map(
    ([command, meaning]) => `  ${command.padEnd(39)}${paint.quiet(meaning)}`,
  );
  return `\n${paint.title('Examples:')}\n${lines.join('\n')}\n\n'lanewise <command> --help' explains a command with examples.`;
}
