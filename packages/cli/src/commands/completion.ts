import { Argument, Command } from 'commander';
import { commands } from '../commands.js';
import type { CommandModule } from '../command.js';
import { renderCompletion, type CompletedCommand } from '../render/completion.js';

export const completion: CommandModule = {
  help: {
    about: 'The script completes the names of commands and their options.',
    examples: [
      ['source <(lanewise completion bash)', 'for this session of bash; put it into ~/.bashrc'],
      ['lanewise completion zsh > ~/.zfunc/_lanewise', 'for zsh, in a directory of its fpath'],
      [
        'lanewise completion fish > ~/.config/fish/completions/lanewise.fish',
        'for every session of fish',
      ],
    ],
  },
  declare: (command) => {
    command.addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']));
  },
  run: async ({ arguments: [shell = 'bash'] }) => {
    const text = renderCompletion(shell as 'bash' | 'zsh' | 'fish', await allCommands());
    return {
      exitCode: 0,
      json: { schema: 'lanewise.dev/completion/1', shell, script: text },
      text: () => text,
    };
  },
};

async function allCommands(): Promise<CompletedCommand[]> {
  return Promise.all(
    commands.map(async ({ name, aliases, summary, load }) => {
      const command = new Command(name);
      (await load()).declare(command);
      const options = command.options.flatMap(({ long, description }) =>
        long === undefined || long === null ? [] : [{ name: long, meaning: description }],
      );
      return { names: [name, ...(aliases ?? [])], meaning: summary, options };
    }),
  );
}
