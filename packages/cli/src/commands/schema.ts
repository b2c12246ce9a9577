import { readdir, readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { didYouMean, LanewiseError, show } from '@lanewise/model';
import type { CommandModule } from '../command.js';
import { packageFile } from '../package-file.js';

/** Commands that answer in the shape of another. */
const shared: Readonly<Record<string, string>> = Object.fromEntries(
  ['promote', 'rollback', 'apply', 'lock', 'hold', 'reject', 'freeze', 'unlock'].map((name) => [
    name,
    'promotion',
  ]),
);

export const schema: CommandModule = {
  help: {
    about:
      "Editors check lanewise.yaml by the configuration's schema; each answer in JSON names its own.",
    examples: [
      ['lanewise schema config > lanewise.schema.json', 'the schema of lanewise.yaml'],
      ['lanewise schema status', "the schema of 'lanewise status --json'"],
      ['lanewise schema', 'all names'],
    ],
  },
  declare: (command: Command) => {
    command.argument('[name]', "'config', or a command's name; without it all names are listed");
  },
  run: async ({ arguments: [name] }) => {
    const names = await schemaNames();
    if (name === undefined) {
      return {
        exitCode: 0,
        json: { schema: 'lanewise.dev/schemas/1', names },
        text: () => names.map((one) => `${one}\n`).join(''),
      };
    }
    const text = await readSchema(name, names);
    return {
      exitCode: 0,
      json: { schema: 'lanewise.dev/schema/1', name, content: JSON.parse(text) as unknown },
      text: () => text,
    };
  },
};

async function schemaNames(): Promise<string[]> {
  const files = await readdir(packageFile('schemas/'));
  return files
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

async function readSchema(name: string, names: readonly string[]): Promise<string> {
  const file = shared[name] ?? name;
  if (names.includes(file))
    return readFile(new URL(`${file}.json`, packageFile('schemas/')), 'utf8');
  throw new LanewiseError('USAGE', `There is no schema ${show(name)}.`, {
    hint: didYouMean(name, [...names, ...Object.keys(shared)], `Known are: ${names.join(', ')}.`),
  });
}
